//! Departures that are cancelled, moved, and get a smaller aircraft, while bookings go on and the reactors are killed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};

use super::house::House;
use crate::support::roles::eventually;

/// Bookings on the flight that is cancelled.
const CANCELLED: usize = 180;
/// Bookings on the flight that is moved before that happens, and so many on the one that gets a smaller aircraft.
const OTHERS: usize = 100;
/// Orders under way at once.
const AT_ONCE: usize = 16;
/// How often the reactors are killed at their work.
const KILLS: usize = 5;
/// What a seat in economy costs.
const FARE: usize = 29_999;

#[tokio::test(flavor = "multi_thread")]
async fn each_passenger_of_a_disrupted_flight_is_seen_to_once_though_the_reactors_are_killed() {
    let house = House::open().await;
    let departs = Utc::now() + TimeDelta::days(10);
    let flights = futures::future::join_all((0..3).map(|_| schedule(&house, departs))).await;
    let [cancelled, moved, smaller] = [0, 1, 2].map(|index: usize| flights[index].as_str());
    for (flight, count) in [(cancelled, CANCELLED), (moved, OTHERS), (smaller, OTHERS)] {
        let orders = (0..count).map(|number| book(&house, flight, number % 2 == 0));
        futures::stream::iter(orders).for_each_concurrent(AT_ONCE, |order| order).await;
    }

    let (stop, late) = (AtomicBool::new(false), AtomicUsize::new(0));
    let going_on = async {
        while !stop.load(Ordering::Relaxed) {
            let answer = house.order(moved, None).await;
            late.fetch_add(usize::from(answer.status == 201), Ordering::Relaxed);
            house.order(cancelled, None).await;
        }
    };
    let later = departs + TimeDelta::days(1);
    let disturbed = async {
        let changes = disturb(&house, [cancelled, moved, smaller], later).await;
        kill_at_work(&house).await;
        let mut reactors = house.engine.reactors("0").await;
        settled(&house, [cancelled, moved, smaller]).await;
        stop.store(true, Ordering::Relaxed);
        (changes, reactors.stop().await)
    };
    let (_, (affected, exit)) = futures::future::join(going_on, disturbed).await;

    assert_eq!(exit, Some(0));
    assert!(0 < late.load(Ordering::Relaxed), "bookings went on");
    assert!(CANCELLED <= affected[0] && OTHERS <= affected[1] && affected[2] == OTHERS, "{affected:?}");
    house.query_api.await_shown(house.engine.head().await).await;
    all_of_it_came_back(&house, cancelled, affected[0]).await;
    all_have_the_new_time(&house, moved, &seconds(later), affected[1]).await;
    everyone_is_seated_or_listed(&house, smaller).await;
    assert_eq!(house.count("select count(*) from react.dead_letter").await, 0);
    house.engine.run(&["verify"]).await.succeeded();
}

async fn schedule(house: &House, departs: DateTime<Utc>) -> String {
    let flight = json!({
        "flight_number": "AA100", "airline": "American Airlines", "origin": "JFK", "destination": "LAX",
        "departure": seconds(departs), "arrival": seconds(departs + TimeDelta::hours(6)), "cabins": cabins("10-44"),
    });
    let answer = house.staff().post("/api/v1/flights", flight).await.is(201);
    answer.text("flight_id").to_owned()
}

/// 8 seats in business, 6 in each row of economy.
fn cabins(rows: &str) -> Value {
    let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
    json!([
        {"class": "business", "rows": [1, 2], "letters": "AC DF", "price": usd("899.00")},
        {"class": "economy", "rows": rows, "letters": "ABC DEF", "price": usd("299.99")},
    ])
}

async fn book(house: &House, flight: &str, is_paid: bool) {
    let placed = house.place(flight, None).await;
    if is_paid {
        let confirm = format!("{}/confirm", placed.header("location"));
        house.staff().post(&confirm, json!({})).await.is(200);
    }
}

/// How many bookings each change says that it affects.
async fn disturb(house: &House, [cancelled, moved, smaller]: [&str; 3], later: DateTime<Utc>) -> [usize; 3] {
    let staff = house.staff();
    let map = json!({"cabins": cabins("10-19")});
    let path = |flight: &str, verb: &str| format!("/api/v1/flights/{flight}{verb}");
    let answers = [
        staff.post(&path(cancelled, "/cancel"), json!({"reason": "weather"})).await,
        staff.patch(&path(moved, ""), json!({"departure": seconds(later)})).await,
        staff.call(Method::PUT, &path(smaller, "/seat-map"), Some(map.to_string()), &[]).await,
    ];
    answers.map(|answer| {
        let answer = answer.is(200);
        let count = answer.body["affected_bookings"]["count"].as_u64().unwrap();
        assert_eq!(answer.body["affected_bookings"]["first"].as_array().unwrap().len(), 100);
        usize::try_from(count).unwrap()
    })
}

/// Whenever a batch has landed, the next process starts.
async fn kill_at_work(house: &House) {
    for kill in 1..=KILLS {
        let mut reactors = house.engine.unready_role(&["reactors"], &[]);
        eventually("a batch is stored", async || {
            (kill <= house.events("departure.bookings_settled").await).then_some(())
        })
        .await;
        reactors.kill().await;
    }
}

async fn settled(house: &House, flights: [&str; 3]) {
    for flight in flights {
        eventually("the flight is settled", async || {
            let path = format!("/api/v1/flights/{flight}/disruption");
            let staff = house.query_api.as_user(booking_http::Role::Owner, uuid::Uuid::new_v4());
            let answer = staff.get(&path).await;
            (answer.status == 200 && answer.body["done"] == true).then_some(())
        })
        .await;
    }
    eventually("nothing is left to be settled", async || {
        let due = "select count(*) from react.timer where reactor = 'disruption'";
        (house.count(due).await == 0).then_some(())
    })
    .await;
}

async fn all_of_it_came_back(house: &House, flight: &str, affected: usize) {
    assert_eq!(house.events("booking.cancelled").await, affected);
    let distinct =
        "select count(distinct aggregate_id) from journal.event where event_type = 'booking.cancelled'";
    assert_eq!(house.count(distinct).await, affected);
    let back = "select sum((payload -> 'estimated_refund_amount' ->> 'amount_minor')::bigint)::bigint
                from journal.event where event_type = 'booking.cancelled'";
    assert_eq!(house.count(back).await, CANCELLED / 2 * FARE, "what was paid, and nothing else");
    let held = format!("select count(*) from read.seat_claim_v1 where flight_id = '{flight}'");
    assert_eq!(house.count(&held).await, 0);
}

async fn all_have_the_new_time(house: &House, flight: &str, departure: &str, affected: usize) {
    let moves = format!(
        "select count(*) from journal.event where event_type = 'booking.item_moved'
         and payload -> 'flight' ->> 'flight_id' = '{flight}'"
    );
    assert_eq!(house.count(&moves).await, affected, "each once; who booked later was right already");
    let wrong = format!(
        "select count(*) from read.booking_v1 where flight_id = '{flight}' and start_time <> '{departure}'"
    );
    assert_eq!(house.count(&wrong).await, 0);
}

/// 60 seats are left in economy, and 8 in business.
async fn everyone_is_seated_or_listed(house: &House, flight: &str) {
    let moves = format!(
        "select count(*) from journal.event where event_type = 'booking.item_moved'
         and payload -> 'flight' ->> 'flight_id' = '{flight}'"
    );
    let staff = house.query_api.as_user(booking_http::Role::Owner, uuid::Uuid::new_v4());
    let progress = staff.get(&format!("/api/v1/flights/{flight}/disruption")).await.is(200).body;
    assert_eq!(
        (&progress["affected"], &progress["changed"], &progress["displaced_count"]),
        (&json!(OTHERS), &json!(8), &json!(OTHERS - 68))
    );
    assert_eq!(house.count(&moves).await, 8);
    let seats = staff.get(&format!("/api/v1/flights/{flight}/seats")).await.is(200).body;
    let seats = seats["seats"].as_array().unwrap();
    assert_eq!(seats.len(), 68);
    assert!(seats.iter().all(|seat| seat["status"] == "taken"));
    let dearer = format!(
        "select count(*) from read.booking_v1 where flight_id = '{flight}'
         and (document::jsonb -> 'total_price' ->> 'amount_minor')::bigint <> {FARE}"
    );
    assert_eq!(house.count(&dearer).await, 0, "at the price agreed");
}

fn seconds(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
