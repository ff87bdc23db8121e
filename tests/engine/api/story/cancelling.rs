//! Giving a booking up.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::api::stage::{Stage, dollars, order, standby};

#[tokio::test]
async fn cancelling_frees_the_seats() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let placed = customer.post("/api/v1/bookings", order(&flight, &["12A", "12B"])).await.is(201);

    let cancelled = customer.delete(placed.header("location")).await.is(200);

    assert_eq!(stage.taken(&flight, cancelled.position()).await, Vec::<String>::new());
    assert_eq!(
        (cancelled.text("status"), cancelled.text("cancellation_reason")),
        ("cancelled", "user_requested")
    );
    assert_eq!(
        (cancelled.text("refund_status"), cancelled.header("etag")),
        ("not_due", "\"2\""),
        "nothing was paid"
    );
    assert_eq!(cancelled.body["cancelled_at"], cancelled.body["updated_at"]);
    assert_eq!(cancelled.body["items"][1]["status"], "cancelled");
    assert_eq!(cancelled.body["next_steps"], json!([]));
    let read = customer.get_at(placed.header("location"), cancelled.position()).await.is(200);
    assert_eq!((&read.body["status"], &read.body["version"]), (&json!("cancelled"), &json!(2)));
    stage.dev.new_customer().post("/api/v1/bookings", order(&flight, &["12A", "12B"])).await.is(201);
}

#[tokio::test]
async fn cancelling_gives_the_places_of_a_pool_back() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let placed = customer.post("/api/v1/bookings", standby(&flight, 4)).await.is(201);

    let cancelled = customer.delete(placed.header("location")).await.is(200);

    let map = customer.get_at(&format!("/api/v1/flights/{flight}/seats"), cancelled.position()).await.is(200);
    assert_eq!((&map.body["pools"][0]["claimed"], &map.body["pools"][0]["left"]), (&json!(0), &json!(500)));
}

#[tokio::test]
async fn cancelling_again_changes_nothing() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let placed = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    let cancelled = customer.delete(placed.header("location")).await.is(200);
    let next = stage.dev.new_customer().post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);

    let again = customer.delete(placed.header("location")).await.is(200);

    assert_eq!(again.body, cancelled.body);
    assert_eq!(stage.taken(&flight, next.position()).await, ["12A"], "the next one's seat stays taken");
}

#[tokio::test]
async fn what_was_paid_comes_back_when_it_is_cancelled_in_time() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let placed = customer.post("/api/v1/bookings", order(&stage.flight().await, &["12A"])).await.is(201);
    let path = placed.header("location").to_owned();
    stage.dev.owner().post(&format!("{path}/confirm"), json!({})).await.is(200);

    let body = json!({"cancellation_reason": "schedule_change", "comments": "see you next year"});
    let cancelled = customer.post(&format!("{path}/cancel"), body).await.is(200);

    assert_eq!(cancelled.text("cancellation_reason"), "schedule_change");
    assert_eq!(cancelled.text("refund_status"), "initiated");
    assert_eq!(cancelled.body["estimated_refund_amount"], dollars(29_999));
    assert_eq!(cancelled.text("refund_processing_time"), "5-7 business days");
    let reference = placed.text("booking_reference");
    let message = format!("Booking {reference} cancelled successfully. Refund will be processed shortly.");
    assert_eq!(cancelled.text("message"), message);
}

#[tokio::test]
async fn within_a_day_of_the_departure_only_staff_may_cancel() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight_in(TimeDelta::hours(5)).await, stage.dev.new_customer());
    let placed = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    let path = placed.header("location");

    let refused = customer.delete(path).await.is(409);
    let cancelled = stage.clerk().delete(path).await.is(200);

    assert_eq!(refused.text("code"), "CANNOT_CANCEL_BOOKING");
    assert_eq!(
        (cancelled.text("status"), cancelled.text("cancellation_reason")),
        ("cancelled", "staff_requested")
    );
    assert_eq!(stage.taken(&flight, cancelled.position()).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_earliest_of_several_flights_decides_whether_it_is_too_late() {
    let stage = Stage::shared();
    let (soon, later) = (stage.flight_in(TimeDelta::hours(5)).await, stage.flight().await);
    let customer = stage.dev.new_customer();
    let items: Vec<Value> = [&later, &soon].map(|id| json!({"flight_id": id, "seats": ["12A"]})).into();
    let body = json!({"items": items, "passengers": [{"first_name": "Ada", "last_name": "Lovelace"}]});
    let placed = customer.post("/api/v1/bookings", body).await.is(201);

    let refused = customer.delete(placed.header("location")).await.is(409);

    assert_eq!(refused.text("code"), "CANNOT_CANCEL_BOOKING");
    assert_eq!(stage.taken(&later, refused.position()).await, ["12A"]);
}
