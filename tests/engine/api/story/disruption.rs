//! Flights that do not stay as they were sold, and what becomes of who is on them.

use chrono::{TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use super::flights::done;
use crate::api::stage::{Stage, instant, order, usd};
use crate::support::process::{Answer, Caller};

#[tokio::test]
async fn a_flight_that_is_moved_takes_its_bookings_along() {
    let stage = Stage::shared();
    let (flight, owner, customer) = (stage.flight().await, stage.dev.owner(), stage.dev.new_customer());
    let placed = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    let path = format!("/api/v1/flights/{flight}");
    let later = Utc::now() + TimeDelta::days(11);

    let moved = owner.patch(&path, json!({"departure": instant(later)})).await.is(200);
    let progress = done(&owner, &path).await;
    let read = customer.get_at(placed.header("location"), progress.position()).await.is(200);

    assert_eq!(
        (moved.text("departure"), &moved.body["affected_bookings"]["count"]),
        (&*instant(later), &json!(1))
    );
    assert_eq!(moved.text("arrival"), instant(later + TimeDelta::hours(6)));
    assert_eq!((&progress.body["cause"], &progress.body["changed"]), (&json!("rescheduled"), &json!(1)));
    assert_eq!(read.text("start_time"), instant(later));
    assert_eq!(read.body["flight_details"]["departure"], json!(instant(later)));
    assert_eq!(read.body["total_price"], placed.body["total_price"]);
    let history = format!("{}/history", placed.header("location"));
    let told = customer.get_at(&history, progress.position()).await.is(200).body.to_string();
    assert!(told.contains("The engine gave seat 12A the new time of AA100, which leaves at"), "{told}");
    let past = owner.patch(&path, json!({"departure": "2020-01-01T00:00:00Z"})).await.is(422);
    assert_eq!(past.text("code"), "FLIGHT_DEPARTS_IN_THE_PAST");
}

#[tokio::test]
async fn who_loses_a_seat_gets_one_as_good_or_is_listed() {
    let stage = Stage::shared();
    let (flight, owner, customer) = (stage.flight().await, stage.dev.owner(), stage.dev.new_customer());
    let path = format!("/api/v1/flights/{flight}");
    customer.post("/api/v1/bookings", order(&flight, &["10A", "10B"])).await.is(201);
    let party = customer.post("/api/v1/bookings", order(&flight, &["39A", "39B"])).await.is(201);
    let single = stage.dev.new_customer().post("/api/v1/bookings", order(&flight, &["39F"])).await.is(201);

    let map = json!({"cabins": [{"class": "economy", "rows": "10-10", "letters": "AB CD", "price": usd("299.99")}]});
    let changed = put(&owner, &format!("{path}/seat-map"), &map).await.is(200);
    let progress = done(&owner, &path).await;
    let read = customer.get_at(party.header("location"), progress.position()).await.is(200);

    assert_eq!(changed.body["affected_bookings"]["count"], json!(3));
    assert_eq!(read.body["allocated_seats"], json!(["10C", "10D"]));
    assert_eq!(read.body["total_price"], party.body["total_price"]);
    assert_eq!(progress.body["displaced_count"], json!(1));
    let displaced = &progress.body["displaced"][0];
    assert_eq!(
        (&displaced["booking_id"], &displaced["seat_number"]),
        (&single.body["booking_id"], &json!("39F"))
    );
    assert_eq!(stage.taken(&flight, progress.position()).await, ["10A", "10B", "10C", "10D"]);
    owner.post(&format!("{}/cancel", single.header("location")), json!({})).await.is(200);
    let back = put(&owner, &format!("{path}/seat-map"), &wide()).await.is(200);
    assert_eq!(stage.taken(&flight, back.position()).await, ["10A", "10B", "10C", "10D"]);
}

#[tokio::test]
async fn bookings_are_moved_to_another_flight() {
    let stage = Stage::shared();
    let (flight, other, owner) = (stage.flight().await, stage.flight().await, stage.dev.owner());
    let customer = stage.dev.new_customer();
    let placed = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    let stays = customer.post("/api/v1/bookings", order(&flight, &["12B"])).await.is(201);
    let path = format!("/api/v1/flights/{flight}");

    let wish = json!({"to_flight_id": other, "bookings": [placed.body["booking_id"]]});
    owner.post(&format!("{path}/rebook"), wish).await.is(200);
    let progress = done(&owner, &path).await;
    let read = customer.get_at(placed.header("location"), progress.position()).await.is(200);

    assert_eq!((read.text("flight_id"), &read.body["total_price"]), (&*other, &placed.body["total_price"]));
    let stays = customer.get_at(stays.header("location"), progress.position()).await.is(200);
    assert_eq!(stays.text("flight_id"), flight);
    let neither = owner.post(&format!("{path}/rebook"), json!({"to_flight_id": other})).await.is(422);
    assert_eq!(neither.body["errors"][0]["pointer"], json!("/bookings"));
    let itself =
        owner.post(&format!("{path}/rebook"), json!({"to_flight_id": flight, "all": true})).await.is(422);
    assert_eq!(itself.text("code"), "REBOOKED_TO_ITSELF");
}

#[tokio::test]
async fn a_seat_is_taken_out_of_sale_and_put_back() {
    let stage = Stage::shared();
    let (flight, owner, customer) = (stage.flight().await, stage.dev.owner(), stage.dev.new_customer());
    let path = format!("/api/v1/flights/{flight}/seats/12a");

    owner.post(&format!("{path}/block"), json!({})).await.is(200);
    let refused = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(409);
    owner.post(&format!("{path}/unblock"), json!({})).await.is(200);
    customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);

    assert_eq!(refused.text("code"), "SEAT_TAKEN");
    let taken = owner.post(&format!("{path}/block"), json!({})).await.is(409);
    assert_eq!(taken.text("code"), "SEAT_TAKEN");
}

#[tokio::test]
async fn a_flight_leaves_at_its_time_and_not_before() {
    let stage = Stage::shared();
    let (soon, owner) = (stage.flight_in(TimeDelta::minutes(30)).await, stage.dev.owner());
    let flight = stage.flight().await;

    let left = owner.post(&format!("/api/v1/flights/{soon}/depart"), json!({})).await.is(200);
    let early = owner.post(&format!("/api/v1/flights/{flight}/depart"), json!({})).await.is(409);
    let refused = stage.dev.new_customer().post("/api/v1/bookings", order(&soon, &["12A"])).await.is(409);

    assert_eq!((left.text("status"), early.text("code")), ("departed", "FLIGHT_NOT_DUE"));
    assert_eq!(refused.text("details"), "flight AA100 has departed");
    let undisturbed =
        owner.get_at(&format!("/api/v1/flights/{flight}/disruption"), left.position()).await.is(404);
    assert_eq!(undisturbed.text("code"), "FLIGHT_UNDISTURBED");
}

#[tokio::test]
async fn only_an_owner_of_the_business_changes_its_flights() {
    let stage = Stage::shared();
    let flight = stage.flight().await;
    let path = format!("/api/v1/flights/{flight}");
    let commands = [
        (Method::PATCH, path.clone(), json!({"departure": instant(Utc::now() + TimeDelta::days(12))})),
        (Method::PUT, format!("{path}/seat-map"), wide()),
        (Method::POST, format!("{path}/rebook"), json!({"to_flight_id": stage.flight().await, "all": true})),
        (Method::POST, format!("{path}/depart"), json!({})),
        (Method::POST, format!("{path}/seats/12A/block"), json!({})),
    ];
    for (method, path, body) in commands {
        for (caller, status) in
            [(stage.dev.new_customer(), 403), (stage.clerk(), 403), (stage.dev.stranger(), 404)]
        {
            caller.call(method.clone(), &path, Some(body.to_string()), &[]).await.is(status);
        }
    }
    let progress = format!("{path}/disruption");
    stage.dev.new_customer().get(&progress).await.is(403);
    stage.dev.stranger().get(&progress).await.is(404);
}

async fn put(caller: &Caller, path: &str, body: &Value) -> Answer {
    caller.call(Method::PUT, path, Some(body.to_string()), &[]).await
}

/// Economy as it was.
fn wide() -> Value {
    json!({"cabins": [{"class": "economy", "rows": "10-39", "letters": "ABC DEF", "price": usd("299.99")}]})
}
