//! What each role shows at `/metrics`.

use booking_http::Role;
use serde_json::json;
use uuid::Uuid;

use crate::support::process::Caller;
use crate::support::roles::{Engine, RoleProcess, eventually};

/// What a role shows now.
async fn shown(role: &RoleProcess) -> String {
    reqwest::get(format!("{}/metrics", role.url)).await.unwrap().text().await.unwrap()
}

/// The value of a row, `None` when there is no such row.
fn value(text: &str, row: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(row)?.strip_prefix(' ')?.parse().ok())
}

/// Waits until a row has a value.
async fn await_value(role: &RoleProcess, row: &str, wanted: impl Fn(f64) -> bool) {
    eventually(row, async || value(&shown(role).await, row).filter(|found| wanted(*found)).map(|_| ())).await;
}

/// An order for one person, under a key.
async fn place(customer: &Caller, flight: &str, key: &str) {
    let order = json!({"flight_id": flight, "passengers": [{"first_name": "Ada", "last_name": "Lovelace"}]});
    customer.post_with_key("/api/v1/bookings", &order, key).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_shows_what_it_does_and_how_far_it_is() {
    let engine = Engine::with_flights().await;
    let (relay, mut projections) = (engine.relay().await, engine.projections().await);
    let (commands, queries) = (engine.command_api().await, engine.query_api().await);
    let reactors = engine.reactors("0").await;
    queries.await_shown(engine.head().await).await;
    let flights = queries.as_user(Role::Owner, Uuid::new_v4()).get("/api/v1/flights?limit=1").await.is(200);
    let flight = flights.body["data"][0]["flight_id"].as_str().unwrap().to_owned();
    let customer = commands.as_user(Role::Customer, Uuid::new_v4());

    place(&customer, &flight, "once").await;
    place(&customer, &flight, "once").await;
    let head = engine.head().await as f64;

    let text = shown(&commands).await;
    let placed = r#"booking_http_requests_total{method="POST",route="/api/v1/bookings",status="201"}"#;
    assert_eq!(value(&text, placed), Some(2.0), "{text}");
    for (row, least) in [
        ("booking_journal_flushes_total", 1.0),
        ("booking_journal_batch_requests_count", 1.0),
        ("booking_journal_repeats_total", 1.0),
        ("booking_journal_events_total", 2.0),
        ("booking_world_families", 2.0),
        ("booking_world_families_loaded_total", 2.0),
        (r#"booking_pool_connections{pool="command"}"#, 1.0),
        (r#"booking_part_up{part="writer"}"#, 1.0),
    ] {
        assert!(value(&text, row).is_some_and(|found| least <= found), "{row} in {text}");
    }
    assert!(!text.contains("Lovelace") && !text.contains(&flight), "no person and no id");

    await_value(&relay, "booking_relay_position", |found| found == head).await;
    await_value(&relay, "booking_relay_lag_events", |found| found == 0.0).await;
    await_value(&relay, "booking_relay_leads", |found| found == 1.0).await;
    await_value(&reactors, r#"booking_reactor_timers{reactor="expiry"}"#, |found| found == 1.0).await;
    await_value(&reactors, r#"booking_reactor_dead_letters{reactor="expiry"}"#, |found| found == 0.0).await;
    await_value(&reactors, r#"booking_reactor_position{reactor="expiry"}"#, |found| found == head).await;
    for model in ["booking_v1", "flight_v1"] {
        let row = |name: &str| format!("booking_projection_{name}{{projection=\"{model}\"}}");
        await_value(&projections, &row("position"), |found| found == head).await;
        await_value(&queries, &row("lag_events"), |found| found == 0.0).await;
    }

    projections.kill().await;
    place(&customer, &flight, "later").await;
    await_value(&queries, r#"booking_projection_lag_events{projection="booking_v1"}"#, |found| 0.0 < found)
        .await;
    await_value(&queries, r#"booking_projection_lag_seconds{projection="booking_v1"}"#, |found| 0.0 < found)
        .await;
}

/// Lags are not told as they were when nobody can know them.
#[tokio::test(flavor = "multi_thread")]
async fn what_postgres_cannot_be_asked_is_left_out_and_said() {
    let mut engine = Engine::start().await;
    let projections = engine.projections().await;
    let row = r#"booking_projection_position{projection="booking_v1"}"#;
    await_value(&projections, row, |found| 0.0 <= found).await;

    engine.kill_postgres();

    await_value(&projections, "booking_scrape_failed", |found| found == 1.0).await;
    assert_eq!(value(&shown(&projections).await, row), None);
}
