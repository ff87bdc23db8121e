//! A request that comes twice is one.

use chrono::TimeDelta;
use serde_json::json;

use crate::api::stage::{Stage, flight, order, standby};

#[tokio::test]
async fn the_same_key_gets_the_same_answer() {
    let stage = Stage::shared();
    let (customer, body) = (stage.dev.new_customer(), order(&stage.flight().await, &["12A", "12B"]));

    let first = customer.post_with_key("/api/v1/bookings", &body, "my-order").await.is(201);
    let again = customer.post_with_key("/api/v1/bookings", &body, "my-order").await.is(201);

    assert_eq!(again.body, first.body);
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
    for header in ["location", "etag", "booking-position"] {
        assert_eq!(again.header(header), first.header(header), "{header}");
    }
}

#[tokio::test]
async fn a_repeat_is_answered_as_it_was_whatever_has_happened_since() {
    let stage = Stage::shared();
    let (customer, body) = (stage.dev.new_customer(), order(&stage.flight().await, &["12A"]));
    let first = customer.post_with_key("/api/v1/bookings", &body, "my-order").await.is(201);
    let cancelled = customer.delete(first.header("location")).await.is(200);

    let again = customer.post_with_key("/api/v1/bookings", &body, "my-order").await.is(201);

    assert_eq!(again.body, first.body);
    let now = customer.get_at(first.header("location"), cancelled.position()).await.is(200);
    assert_eq!(now.text("status"), "cancelled", "it is an old answer, not a new booking");
}

#[tokio::test]
async fn a_refusal_is_repeated_even_when_its_cause_has_gone() {
    let stage = Stage::shared();
    let flight = stage.flight().await;
    let taker = stage.dev.new_customer();
    let taken = taker.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    let (customer, body) = (stage.dev.new_customer(), order(&flight, &["12A"]));
    let first = customer.post_with_key("/api/v1/bookings", &body, "my-order").await.is(409);
    taker.delete(taken.header("location")).await.is(200);

    let again = customer.post_with_key("/api/v1/bookings", &body, "my-order").await.is(409);

    assert_eq!((first.text("code"), again.text("code")), ("SEAT_TAKEN", "SEAT_TAKEN"));
    assert_eq!(again.header("idempotent-replayed"), "true");
    customer.post_with_key("/api/v1/bookings", &body, "my-second-order").await.is(201);
}

#[tokio::test]
async fn a_key_is_its_callers_own() {
    let stage = Stage::shared();
    let body = standby(&stage.flight().await, 1);

    let one = stage.dev.new_customer().post_with_key("/api/v1/bookings", &body, "order-1").await.is(201);
    let other = stage.dev.new_customer().post_with_key("/api/v1/bookings", &body, "order-1").await.is(201);

    assert_ne!(one.text("booking_id"), other.text("booking_id"));
    assert_eq!(other.header("idempotent-replayed"), "");
}

#[tokio::test]
async fn a_key_stands_for_one_body_however_it_is_written() {
    let stage = Stage::shared();
    let (customer, flight) = (stage.dev.new_customer(), stage.flight().await);
    let first = customer.post_with_key("/api/v1/bookings", &standby(&flight, 1), "order").await.is(201);
    let rewritten = format!(
        r#"{{ "passengers": [{{"last_name": "Lovelace 0", "first_name": "Ada"}}], "class": "standby",
              "flight_id": "{flight}" }}"#
    );

    let key = [("idempotency-key", "order")];
    let again = customer.call(reqwest::Method::POST, "/api/v1/bookings", Some(rewritten), &key).await.is(201);
    let other = customer.post_with_key("/api/v1/bookings", &standby(&flight, 2), "order").await.is(422);

    assert_eq!(again.body, first.body);
    assert_eq!(other.text("code"), "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test]
async fn without_a_key_the_same_order_twice_is_one_booking() {
    let stage = Stage::shared();
    let (customer, flight) = (stage.dev.new_customer(), stage.flight().await);

    let first = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    let again = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    let other = customer.post("/api/v1/bookings", standby(&flight, 2)).await.is(201);

    assert_eq!(again.body, first.body);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_ne!(other.text("booking_reference"), first.text("booking_reference"));
    let all = customer.get_at("/api/v1/bookings", other.position()).await.is(200);
    assert_eq!(all.body["pagination"]["total"], 2);
}

#[tokio::test]
async fn every_command_can_be_repeated_under_its_key() {
    let stage = Stage::shared();
    let (owner, body) = (stage.dev.owner(), flight(TimeDelta::days(9)));
    let key = format!("flight {}", uuid::Uuid::now_v7()).replace(' ', "-");

    let first = owner.post_with_key("/api/v1/flights", &body, &key).await.is(201);
    let again = owner.post_with_key("/api/v1/flights", &body, &key).await.is(201);
    let close = format!("/api/v1/flights/{}/close", first.text("flight_id"));
    let closed = owner.post_with_key(&close, &json!({}), &format!("{key}-close")).await.is(200);
    let closed_again = owner.post_with_key(&close, &json!({}), &format!("{key}-close")).await.is(200);

    assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, "true"));
    assert_eq!((&closed_again.body, closed_again.header("idempotent-replayed")), (&closed.body, "true"));
}
