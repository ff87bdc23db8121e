//! Which seats an order gets.

use serde_json::{Value, json};

use crate::api::stage::{Stage, dollars, order, people};

#[tokio::test]
async fn a_wish_that_is_taken_is_replaced() {
    let stage = Stage::shared();
    let flight = stage.flight().await;
    stage.dev.new_customer().post("/api/v1/bookings", order(&flight, &["20A"])).await.is(201);
    let body = wishes(&flight, &["20A", "20B"]);

    let placed = stage.dev.new_customer().post("/api/v1/bookings", body).await.is(201);

    let seats: Vec<&str> = placed.body["allocated_seats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|seat| seat.as_str().unwrap())
        .collect();
    assert_eq!(seats.len(), 2);
    assert!(seats.contains(&"20B") && !seats.contains(&"20A"), "{seats:?}");
    assert_eq!(placed.body["total_price"], dollars(2 * 29_999), "all of one class");
}

#[tokio::test]
async fn wishes_that_are_free_are_granted() {
    let stage = Stage::shared();
    let body = wishes(&stage.flight().await, &["20C", "20D"]);

    let placed = stage.dev.new_customer().post("/api/v1/bookings", body).await.is(201);

    assert_eq!(placed.body["allocated_seats"], json!(["20C", "20D"]));
}

#[tokio::test]
async fn a_class_alone_gets_the_best_seats_together() {
    let stage = Stage::shared();
    let flight = stage.flight().await;
    stage.dev.new_customer().post("/api/v1/bookings", order(&flight, &["1A"])).await.is(201);
    let body = json!({"flight_id": flight, "class": "business", "passengers": people(2)});

    let placed = stage.dev.new_customer().post("/api/v1/bookings", body).await.is(201);

    assert_eq!(placed.body["allocated_seats"], json!(["1D", "1F"]));
    assert_eq!(placed.body["total_price"], dollars(2 * 89_900));
}

#[tokio::test]
async fn without_class_and_wishes_it_is_the_cheapest_that_fits() {
    let stage = Stage::shared();
    let body = json!({"flight_id": stage.flight().await, "passengers": people(1)});

    let placed = stage.dev.new_customer().post("/api/v1/bookings", body).await.is(201);

    assert_eq!(placed.body["items"][0]["class"], "standby");
    assert_eq!(placed.body["total_price"], dollars(9_999));
}

#[tokio::test]
async fn exactly_these_seats_or_none() {
    let stage = Stage::shared();
    let flight = stage.flight().await;
    stage.dev.new_customer().post("/api/v1/bookings", order(&flight, &["20B"])).await.is(201);
    let customer = stage.dev.new_customer();

    let refused = customer.post("/api/v1/bookings", order(&flight, &["20A", "20B"])).await.is(409);

    assert_eq!(refused.text("code"), "SEAT_TAKEN");
    assert_eq!(refused.body["details"]["taken"][0]["seat_number"], "20B");
    assert_eq!(stage.taken(&flight, refused.position()).await, ["20B"]);
    let offers = refused.body["alternatives"].as_array().unwrap();
    let offered: Vec<Value> = offers.iter().map(|offer| offer["seat_number"].clone()).collect();
    let placed = customer.post("/api/v1/bookings", seats(&flight, &offered[..2])).await.is(201);
    assert_eq!(placed.body["allocated_seats"], json!(offered[..2]));
}

#[tokio::test]
async fn a_flight_that_is_too_full_says_how_many_seats_it_has() {
    let stage = Stage::shared();
    let flight = stage.flight().await;
    let seven = ["1A", "1C", "1D", "1F", "2A", "2C", "2D"];
    stage.dev.new_customer().post("/api/v1/bookings", order(&flight, &seven)).await.is(201);
    let body = json!({"flight_id": flight, "class": "business", "passengers": people(2)});

    let refused = stage.dev.new_customer().post("/api/v1/bookings", body).await.is(409);

    assert_eq!(refused.text("code"), "FLIGHT_UNAVAILABLE");
    assert_eq!(refused.text("details"), "Flight AA100 has only 1 seat available but 2 passengers requested");
}

fn wishes(flight: &str, seats: &[&str]) -> Value {
    json!({"flight_id": flight, "seat_preferences": seats, "passengers": people(seats.len())})
}

fn seats(flight: &str, seats: &[Value]) -> Value {
    json!({"flight_id": flight, "seats": seats, "passengers": people(seats.len())})
}
