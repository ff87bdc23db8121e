//! `booking dev` as whoever tries the engine meets it.

use std::net::TcpListener;

use serde_json::json;

use crate::api::stage::{Stage, standby};
use crate::support::process::Dev;
use crate::support::roles::eventually;

#[tokio::test]
async fn both_demo_businesses_have_tokens_and_each_sees_its_own() {
    let stage = Stage::shared();
    let tenants = stage.dev.banner["tenants"].as_array().unwrap();
    let names: Vec<_> = tenants.iter().map(|tenant| tenant["subdomain"].as_str().unwrap()).collect();
    assert_eq!(names, ["acme", "steppe"]);

    let (owner, stranger) = (stage.dev.owner(), stage.dev.stranger());
    let placed =
        stage.dev.customer().post("/api/v1/bookings", standby(&stage.flight().await, 1)).await.is(201);
    let sample = format!("/api/v1/flights/{}", stage.dev.flight());

    owner.get_at(placed.header("location"), placed.position()).await.is(200);
    stranger.get(placed.header("location")).await.is(404);
    owner.get(&sample).await.is(200);
    stranger.get(&sample).await.is(404);
    let theirs = stranger.get("/api/v1/flights?origin=JFK&destination=LAX").await.is(200);
    assert!(0 < theirs.body["pagination"]["total"].as_u64().unwrap(), "the other business has flights, too");
}

#[tokio::test]
async fn two_seats_of_the_sample_flight_can_be_booked() {
    let stage = Stage::shared();
    let people =
        json!([{"first_name": "Ada", "last_name": "Lovelace"}, {"first_name": "C", "last_name": "B"}]);
    let body = json!({"flight_id": stage.dev.flight(), "passengers": people});

    let placed = stage.dev.customer().post("/api/v1/bookings", body).await.is(201);

    assert_eq!(placed.body["allocated_seats"].as_array().unwrap().len(), 2);
    let cancelled = stage.dev.customer().delete(placed.header("location")).await.is(200);
    assert_eq!(cancelled.text("status"), "cancelled", "there is time enough to cancel it");
}

#[tokio::test]
async fn a_kill_leaves_no_server_behind_and_the_next_start_has_every_booking_on_the_next_free_port() {
    let mut first = Dev::start();
    let placed = first.customer().post("/api/v1/bookings", one_seat_of_the_sample(&first)).await.is(201);
    assert!(["url", "database_url", "nats_url"].iter().all(|server| first.is_served(server)));
    let folder = first.kill_and_await_the_end();

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut second = Dev::start_in(folder, &["--port", &port.to_string()]);

    let its_port: u16 = second.url().rsplit(':').next().unwrap().parse().unwrap();
    assert!(port < its_port && its_port <= port + 100, "{port} is taken, and it listens on {its_port}");
    let read = second.customer().get_at(placed.header("location"), placed.position()).await.is(200);
    assert_eq!(read.body["passengers"], placed.body["passengers"], "the key that opens them was kept");
    assert_eq!(read.body["booking_reference"], placed.body["booking_reference"]);
    // The token of the first run is as good as ever.
    let owner = first.owner().at(&second.url());
    let confirm = format!("{}/confirm", placed.header("location"));
    owner.post(&confirm, json!({})).await.is(200);
    drop(second.kill_and_await_the_end());
}

#[tokio::test]
async fn asked_to_stop_it_ends_in_good_order_with_its_servers() {
    let mut dev = Dev::start();
    dev.customer().post("/api/v1/bookings", one_seat_of_the_sample(&dev)).await.is(201);

    let status = dev.stop();

    assert!(status.success(), "{status}");
    assert!(["url", "database_url", "nats_url"].iter().all(|server| !dev.is_served(server)));
}

#[tokio::test]
async fn what_was_left_unpaid_has_expired_when_the_clock_is_an_hour_on() {
    let mut first = Dev::start();
    let placed = first.customer().post("/api/v1/bookings", one_seat_of_the_sample(&first)).await.is(201);
    let folder = first.kill_and_await_the_end();

    let mut second = Dev::start_in(folder, &["--clock-ahead-minutes", "60"]);
    let ended = eventually("the booking expires", async || {
        let answer = second.customer().get(placed.header("location")).await;
        (answer.status == 200 && answer.text("status") == "expired").then_some(answer)
    })
    .await;

    assert_eq!(ended.text("booking_reference"), placed.text("booking_reference"));
    drop(second.kill_and_await_the_end());
}

fn one_seat_of_the_sample(dev: &Dev) -> serde_json::Value {
    json!({"flight_id": dev.flight(), "passengers": [{"first_name": "Ada", "last_name": "Lovelace"}]})
}
