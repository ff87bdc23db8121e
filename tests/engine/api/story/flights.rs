//! Departures: on the timetable, on sale, off sale, off the timetable.

use chrono::{Days, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::api::stage::{Stage, dollars, flight, order, standby, usd};
use crate::support::process::{Answer, Caller};
use crate::support::roles::eventually;

#[tokio::test]
async fn a_flight_is_scheduled_and_read() {
    let stage = Stage::shared();
    let body = flight(TimeDelta::days(10));

    let scheduled = stage.dev.owner().post("/api/v1/flights", body.clone()).await.is(201);
    let read = stage.dev.customer().get_at(scheduled.header("location"), scheduled.position()).await.is(200);

    let cabins = |with_free: bool| {
        let mut cabins = json!([
            {"class": "business", "rows": [1, 2], "letters": "AC DF", "price": dollars(89_900), "seats_total": 8},
            {"class": "economy", "rows": [10, 39], "letters": "ABC DEF", "price": dollars(29_999),
             "seats_total": 180},
            {"class": "standby", "count": 500, "overbooking_limit": 0, "price": dollars(9_999),
             "seats_total": 500},
        ]);
        for cabin in cabins.as_array_mut().unwrap().iter_mut().filter(|_| with_free) {
            cabin["seats_free"] = cabin["seats_total"].clone();
        }
        cabins
    };
    let mut expected = json!({
        "flight_id": scheduled.body["flight_id"], "flight_number": "AA100", "airline": "American Airlines",
        "origin": "JFK", "destination": "LAX", "departure": body["departure"], "arrival": body["arrival"],
        "departure_local": scheduled.body["departure_local"], "arrival_local": scheduled.body["arrival_local"],
        "origin_time_zone": "America/New_York", "destination_time_zone": "America/Los_Angeles",
        "status": "scheduled", "sales_open": true, "cabins": cabins(false), "version": 1,
    });
    assert_eq!(scheduled.body, expected);
    assert_eq!(scheduled.header("location"), format!("/api/v1/flights/{}", scheduled.text("flight_id")));
    assert_eq!(scheduled.header("etag"), "\"1\"");
    expected["cabins"] = cabins(true);
    assert_eq!(read.body, expected);
    assert_eq!(read.header("etag"), "\"1\"");
}

#[tokio::test]
async fn times_without_a_zone_are_those_on_the_wall_of_the_place() {
    let mut body = flight(TimeDelta::days(10));
    (body["departure"], body["arrival"]) = (json!("2100-01-20T09:30"), json!("2100-01-20T13:00"));

    let scheduled = Stage::shared().dev.owner().post("/api/v1/flights", body).await.is(201);

    assert_eq!(scheduled.text("departure"), "2100-01-20T14:30:00Z");
    assert_eq!(scheduled.text("arrival"), "2100-01-20T21:00:00Z");
}

#[tokio::test]
async fn flights_are_found_by_origin_destination_and_day() {
    let stage = Stage::shared();
    let mut body = flight(TimeDelta::days(10));
    // Places of its own, so that no other test's flight is among those found.
    for (field, value) in [
        ("origin", "ZZOUT"),
        ("destination", "ZZBACK"),
        ("origin_time_zone", "Asia/Almaty"),
        ("destination_time_zone", "Europe/Berlin"),
    ] {
        body[field] = json!(value);
    }
    let day = Utc::now().date_naive() + Days::new(40);
    let mut flights = vec![];
    for (days, hour) in [(1, 8), (0, 20), (0, 1)] {
        let date = day + Days::new(days);
        body["departure"] = json!(format!("{date}T{hour:02}:00"));
        body["arrival"] = json!(format!("{}T{hour:02}:00", date + Days::new(1)));
        flights.push(stage.dev.owner().post("/api/v1/flights", body.clone()).await.is(201));
    }
    let position = flights[2].position();
    let customer = stage.dev.customer();

    for (query, found) in [
        ("origin=zzout&destination=ZZBACK".to_owned(), vec![2, 1, 0]),
        (format!("origin=ZZOUT&date={day}"), vec![2, 1]),
        (format!("destination=ZZBACK&date={}", day + Days::new(1)), vec![0]),
        (format!("origin=ZZOUT&date={}", day + Days::new(2)), vec![]),
        ("origin=ZZBACK".to_owned(), vec![]),
        ("origin=ZZOUT&sort=-departure".to_owned(), vec![0, 1, 2]),
        ("origin=ZZOUT&status=Scheduled".to_owned(), vec![2, 1, 0]),
        ("origin=ZZOUT&status=cancelled".to_owned(), vec![]),
        ("origin=ZZOUT&limit=2&page=2".to_owned(), vec![0]),
    ] {
        let list = customer.get_at(&format!("/api/v1/flights?{query}"), position).await.is(200);
        assert_eq!(numbers(&list, &flights), found, "{query}");
    }
}

/// Which of these flights a list shows, in its order.
fn numbers(list: &Answer, flights: &[Answer]) -> Vec<usize> {
    let number =
        |row: &Value| flights.iter().position(|one| one.body["flight_id"] == row["flight_id"]).unwrap();
    list.body["data"].as_array().unwrap().iter().map(number).collect()
}

#[tokio::test]
async fn a_flight_off_sale_cannot_be_booked_until_it_is_opened_again() {
    let stage = Stage::shared();
    let (flight, owner, customer) = (stage.flight().await, stage.dev.owner(), stage.dev.new_customer());
    let path = format!("/api/v1/flights/{flight}");

    let closed = owner.post(&format!("{path}/close"), json!({})).await.is(200);
    let refused = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(409);
    let opened = owner.post(&format!("{path}/open"), json!({})).await.is(200);
    customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);

    assert_eq!((&closed.body["sales_open"], closed.header("etag")), (&json!(false), "\"2\""));
    assert_eq!(refused.text("code"), "FLIGHT_UNAVAILABLE");
    assert_eq!(refused.text("message"), "Flight is not available or has insufficient seats");
    assert_eq!(refused.text("details"), "flight AA100 is not on sale");
    assert_eq!((&opened.body["sales_open"], opened.header("etag")), (&json!(true), "\"3\""));
}

#[tokio::test]
async fn a_cancelled_flight_takes_no_more_and_its_bookings_are_cancelled() {
    let stage = Stage::shared();
    let (flight, owner, customer) = (stage.flight().await, stage.dev.owner(), stage.dev.new_customer());
    let placed = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    let path = format!("/api/v1/flights/{flight}");

    let cancelled = owner.post(&format!("{path}/cancel"), json!({"reason": "fog"})).await.is(200);
    let again = owner.post(&format!("{path}/cancel"), json!({"reason": "fog"})).await.is(200);
    let refused = customer.post("/api/v1/bookings", standby(&flight, 1)).await.is(409);
    let opened = owner.post(&format!("{path}/open"), json!({})).await.is(409);

    assert_eq!((cancelled.text("status"), again.text("status")), ("cancelled", "cancelled"));
    assert_eq!(refused.text("details"), "flight AA100 was cancelled");
    assert_eq!(opened.text("code"), "FLIGHT_CANCELLED");
    let read = customer.get_at(&path, cancelled.position()).await.is(200);
    assert_eq!(read.text("status"), "cancelled");
    let affected = json!({"count": 1, "first": [{
        "booking_id": placed.body["booking_id"], "booking_reference": placed.body["booking_reference"],
    }]});
    assert_eq!(cancelled.body["affected_bookings"], affected);
    let progress = done(&stage.dev.owner(), &path).await;
    let ended = customer.get_at(placed.header("location"), progress.position()).await.is(200);
    let expected = ("cancelled", &json!("flight_cancelled"));
    assert_eq!((ended.text("status"), &ended.body["cancellation_reason"]), expected);
    assert!(stage.taken(&flight, progress.position()).await.is_empty());
}

#[tokio::test]
async fn a_flight_is_not_on_sale_when_it_is_scheduled_so() {
    let stage = Stage::shared();
    let mut body = flight(TimeDelta::days(10));
    body["sales_open"] = json!(false);
    body["cabins"] = json!([{"class": "deck", "count": 10, "overbooking_limit": 1, "price": usd("5")}]);
    let scheduled = stage.dev.owner().post("/api/v1/flights", body).await.is(201);
    let flight = scheduled.text("flight_id");
    let order = json!({"flight_id": flight, "passengers": [{"first_name": "A", "last_name": "B"}]});

    let refused = stage.dev.new_customer().post("/api/v1/bookings", order).await.is(409);

    assert_eq!((refused.text("code"), &scheduled.body["sales_open"]), ("FLIGHT_UNAVAILABLE", &json!(false)));
}

#[tokio::test]
async fn a_timetable_can_be_imported_again_and_again() {
    let stage = Stage::shared();
    let day = Utc::now().date_naive() + Days::new(300);
    let body = json!({"tables": "openflights", "from": day.to_string(), "days": 1});
    let owner = stage.dev.owner();

    let first = owner.post("/api/v1/flights/import", body.clone()).await.is(200);
    let again = owner.post("/api/v1/flights/import", body).await.is(200);

    let count = |answer: &Answer, name: &str| answer.body[name].as_u64().unwrap();
    let departures = count(&first, "departures");
    assert!(0 < departures);
    assert_eq!((count(&first, "scheduled"), count(&first, "refused")), (departures, 0));
    assert_eq!((count(&again, "scheduled"), count(&again, "already_scheduled")), (0, departures));
    let list = format!("/api/v1/flights?date={day}&limit=1");
    let found = stage.dev.customer().get_at(&list, first.position()).await.is(200);
    assert_eq!(found.body["pagination"]["total"], departures);
    let one = &found.body["data"][0];
    let body = json!({"flight_id": one["flight_id"], "passengers": [{"first_name": "A", "last_name": "B"}]});
    stage.dev.new_customer().post("/api/v1/bookings", body).await.is(201);
}

/// How the engine fared with the bookings of a flight, as soon as it is done.
pub async fn done(owner: &Caller, path: &str) -> Answer {
    eventually("the flight's bookings are settled", async || {
        let progress = owner.get(&format!("{path}/disruption")).await;
        (progress.status == 200 && progress.body["done"] == true).then_some(progress)
    })
    .await
}
