//! Dry runs, and writes that are meant for one version only.

use reqwest::Method;
use serde_json::json;

use crate::api::stage::{Stage, dollars, order};

#[tokio::test]
async fn a_dry_run_says_what_would_be_and_stores_nothing() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());

    let body = order(&flight, &["12A", "12B"]);
    let would = customer.post_with_key("/api/v1/bookings?dry_run=true", &body, "mine").await.is(200);
    assert_eq!((would.text("status"), &would.body["total_price"]), ("created", &dollars(59_998)));
    assert_eq!(would.body["passengers"][0]["first_name"], "Ada");
    let absent = format!("/api/v1/bookings/{}", would.text("booking_id"));
    assert_eq!(customer.get(&absent).await.is(404).text("code"), "BOOKING_NOT_FOUND");

    let placed = customer.post_with_key("/api/v1/bookings", &body, "mine").await.is(201);
    assert_eq!(placed.body["booking_reference"].as_str().map(str::len), Some(18));
    let taken =
        stage.dev.new_customer().post("/api/v1/bookings?dry_run=true", order(&flight, &["12A"])).await;
    assert_eq!(taken.is(409).text("code"), "SEAT_TAKEN");

    let path = placed.header("location");
    let would = customer.call(Method::DELETE, &format!("{path}?dry_run=true"), None, &[]).await.is(200);
    assert_eq!((would.text("status"), would.text("refund_status")), ("cancelled", "not_due"));
    let read = customer.get_at(path, placed.position()).await.is(200);
    assert_eq!(read.text("status"), "created");
    assert_eq!(stage.taken(&flight, placed.position()).await, ["12A", "12B"]);
}

#[tokio::test]
async fn a_write_for_another_version_is_refused() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let placed = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    let (path, etag) = (placed.header("location"), placed.header("etag"));
    let notes = |text: &str| Some(json!({"notes": text}).to_string());

    let first = customer.call(Method::PATCH, path, notes("one"), &[("if-match", etag)]).await.is(200);
    let stale = customer.call(Method::PATCH, path, notes("two"), &[("if-match", etag)]).await.is(412);
    assert_eq!(stale.text("code"), "VERSION_CONFLICT");
    let both = format!("{etag}, {}", first.header("etag"));
    customer.call(Method::PATCH, path, notes("three"), &[("if-match", &both)]).await.is(200);
    customer.call(Method::DELETE, path, None, &[("if-match", "*")]).await.is(200);
}
