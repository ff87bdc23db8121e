//! Staff make a booking firm.

use serde_json::{Value, json};

use crate::api::stage::{Stage, order};

#[tokio::test]
async fn the_owner_confirms_a_booking() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let placed = customer.post("/api/v1/bookings", order(&stage.flight().await, &["12A"])).await.is(201);
    let confirm = format!("{}/confirm", placed.header("location"));

    let confirmed = stage.dev.owner().post(&confirm, json!({})).await.is(200);

    let mut expected = placed.body.clone();
    for (member, value) in [
        ("status", json!("confirmed")),
        ("awaiting", Value::Null),
        ("payment_status", json!("captured")),
        ("payment_due_at", Value::Null),
        ("amount_paid", placed.body["total_price"].clone()),
        ("confirmed_at", confirmed.body["confirmed_at"].clone()),
        ("updated_at", confirmed.body["confirmed_at"].clone()),
        ("version", json!(2)),
        ("message", json!(format!("Booking {} is confirmed.", placed.text("booking_reference")))),
        ("next_steps", json!(["check_in"])),
    ] {
        expected[member] = value;
    }
    assert_eq!(confirmed.body, expected);
    assert!(confirmed.text("confirmed_at").ends_with('Z'));
    assert_eq!(confirmed.header("etag"), "\"2\"");
    let read = customer.get_at(placed.header("location"), confirmed.position()).await.is(200);
    assert_eq!((&read.body["status"], read.header("etag")), (&json!("confirmed"), "\"2\""));
}

#[tokio::test]
async fn confirming_again_changes_nothing() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let placed = customer.post("/api/v1/bookings", order(&stage.flight().await, &["12A"])).await.is(201);
    let confirm = format!("{}/confirm", placed.header("location"));

    let once = stage.clerk().post(&confirm, json!({})).await.is(200);
    let twice = stage.clerk().post(&confirm, json!({})).await.is(200);

    assert_eq!((twice.body, twice.headers["etag"].clone()), (once.body, once.headers["etag"].clone()));
}

#[tokio::test]
async fn what_was_cancelled_cannot_be_confirmed() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let placed = customer.post("/api/v1/bookings", order(&stage.flight().await, &["12A"])).await.is(201);
    customer.delete(placed.header("location")).await.is(200);

    let confirm = format!("{}/confirm", placed.header("location"));
    let refused = stage.dev.owner().post(&confirm, json!({})).await.is(409);

    assert_eq!(refused.text("code"), "BOOKING_ENDED");
}
