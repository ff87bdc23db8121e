//! Check-in, completion and no-show.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::stage::{Stage, bare, order};
use crate::support::process::Caller;

/// A confirmed booking on a flight that departs so soon.
async fn firm(stage: &Stage, customer: &Caller, departs_in: TimeDelta, seats: &[&str]) -> (String, Value) {
    let flight = stage.flight_in(departs_in).await;
    let placed = customer.post("/api/v1/bookings", order(&flight, seats)).await.is(201);
    let path = placed.header("location").to_owned();
    stage.dev.owner().post(&format!("{path}/confirm"), json!({})).await.is(200);
    (path, placed.body)
}

#[tokio::test]
async fn passengers_check_in_a_day_before_and_staff_can_undo_it() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let (path, placed) = firm(stage, &customer, TimeDelta::hours(20), &["12A", "12B"]).await;

    let item = placed["items"][0]["item_id"].as_str().unwrap();
    let one = customer.post(&format!("{path}/items/{item}/check-in"), json!({})).await.is(200);
    assert_eq!((one.text("status"), &one.body["items"][0]["status"]), ("confirmed", &json!("checked_in")));
    let all = customer.post(&format!("{path}/check-in"), json!({})).await.is(200);
    assert_eq!((all.text("status"), &all.body["next_steps"]), ("checked_in", &json!([])));

    assert_eq!(
        bare(&customer, Method::DELETE, &format!("{path}/check-in")).await.is(403).text("code"),
        "FORBIDDEN"
    );
    let undone = bare(&stage.clerk(), Method::DELETE, &format!("{path}/check-in")).await.is(200);
    assert_eq!(undone.text("status"), "confirmed");
}

#[tokio::test]
async fn check_in_is_closed_too_early_and_before_it_is_confirmed() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let (path, _) = firm(stage, &customer, TimeDelta::days(3), &["12A"]).await;
    let early = customer.post(&format!("{path}/check-in"), json!({})).await.is(409);
    assert_eq!(early.text("code"), "CHECK_IN_CLOSED");

    let unpaid = customer.post("/api/v1/bookings", order(&stage.flight().await, &["12A"])).await.is(201);
    let path = unpaid.header("location");
    let refused = customer.post(&format!("{path}/check-in"), json!({})).await.is(409);
    assert_eq!(refused.text("code"), "BOOKING_NOT_CONFIRMED");
}

#[tokio::test]
async fn what_has_not_started_is_neither_completed_nor_missed_nor_put_away() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let (path, _) = firm(stage, &customer, TimeDelta::hours(20), &["12A"]).await;
    let clerk = stage.clerk();
    for verb in ["complete", "no-show"] {
        let refused = clerk.post(&format!("{path}/{verb}"), json!({})).await.is(409);
        assert_eq!(refused.text("code"), "ITEM_NOT_STARTED", "{verb}");
        assert_eq!(
            customer.post(&format!("{path}/{verb}"), json!({})).await.is(403).text("code"),
            "FORBIDDEN"
        );
    }
    let refused = stage.dev.owner().post(&format!("{path}/archive"), json!({})).await.is(409);
    assert_eq!(refused.text("code"), "BOOKING_NOT_OVER");
}

#[tokio::test]
async fn what_is_put_away_leaves_the_lists_but_can_be_read() {
    let stage = Stage::shared();
    let (customer, owner) = (stage.dev.new_customer(), stage.dev.owner());
    let placed = customer.post("/api/v1/bookings", order(&stage.flight().await, &["12A"])).await.is(201);
    let path = placed.header("location");
    customer.delete(path).await.is(200);
    assert_eq!(
        stage.clerk().post(&format!("{path}/archive"), json!({})).await.is(403).text("code"),
        "FORBIDDEN"
    );

    let archived = owner.post(&format!("{path}/archive"), json!({})).await.is(200);

    assert_eq!(archived.body["archived"], true);
    let listed = |list: Value| list["data"].as_array().unwrap().len();
    let (all, position) = ("/api/v1/bookings", archived.position());
    assert_eq!(listed(customer.get_at(all, position).await.is(200).body), 0);
    let with = customer.get_at("/api/v1/bookings?archived=true", position).await.is(200);
    assert_eq!(listed(with.body), 1);
    customer.get_at(path, position).await.is(200);
}

#[tokio::test]
async fn a_status_can_be_wished_for_by_whoever_may_do_what_it_takes() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let placed = customer.post("/api/v1/bookings", order(&stage.flight().await, &["12A"])).await.is(201);
    let path = format!("{}/status", placed.header("location"));
    let wish = |status: &str| json!({"status": status});

    assert_eq!(customer.patch(&path, wish("confirmed")).await.is(403).text("code"), "FORBIDDEN");
    let confirmed = stage.clerk().patch(&path, wish("CONFIRMED")).await.is(200);
    assert_eq!(confirmed.text("status"), "confirmed");
    assert_eq!(customer.patch(&path, wish("lost")).await.is(422).text("code"), "VALIDATION_FAILED");
    let cancelled = customer.patch(&path, wish("cancelled")).await.is(200);
    assert_eq!(cancelled.text("status"), "cancelled");
    let late = stage.clerk().patch(&path, wish("declined")).await.is(409);
    assert_eq!(late.text("code"), "BOOKING_ENDED");
}
