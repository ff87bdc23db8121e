//! What a seed has scheduled is taken back, unless someone relies on it.

use booking_http::Role;
use chrono::{Days, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::process::{Answer, Caller};
use crate::support::roles::Engine;
use crate::support::said::Said;

const DAYS_AHEAD: u64 = 9;

async fn seed(engine: &Engine, more: &[&str]) -> Said {
    let from = (Utc::now().date_naive() + Days::new(DAYS_AHEAD)).to_string();
    engine.run(&[&["seed", "--days", "1", "--from", &from], more].concat()).await
}

async fn place(customer: &Caller, flight: &str) -> Answer {
    let person = json!({"first_name": "Ada", "last_name": "Lovelace"});
    customer.post("/api/v1/bookings", json!({"flight_id": flight, "passengers": [person]})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_is_undone_unless_bookings_stand_on_it() {
    let engine = Engine::start().await;
    let seeded = seed(&engine, &[]).await.succeeded().json();
    let (_relay, _projections) = (engine.relay().await, engine.projections().await);
    let (commands, queries) = (engine.command_api().await, engine.query_api().await);
    queries.await_shown(engine.head().await).await;
    let flights = queries.as_user(Role::Owner, Uuid::new_v4()).get("/api/v1/flights?limit=1").await.is(200);
    let flight = flights.body["data"][0]["flight_id"].as_str().unwrap();
    let (one, other) =
        (commands.as_user(Role::Customer, Uuid::new_v4()), commands.as_user(Role::Customer, Uuid::new_v4()));
    let placed = place(&one, flight).await.is(201);

    let refused = seed(&engine, &["--undo"]).await.ended_with(2);
    assert!(refused.stderr.contains("bookings stand on 1 of the flights"), "{refused:?}");
    let second = place(&other, flight).await.is(201);

    for (customer, placed) in [(&one, &placed), (&other, &second)] {
        customer.delete(&format!("/api/v1/bookings/{}", placed.text("booking_id"))).await.is(200);
    }
    let undone: Value = seed(&engine, &["--undo"]).await.succeeded().json();
    assert_eq!(undone["cancelled"], seeded["scheduled"]);
    // Neither of the two: without a key, their orders would be repeats.
    place(&commands.as_user(Role::Customer, Uuid::new_v4()), flight).await.is(409);
    let again: Value = seed(&engine, &["--undo"]).await.succeeded().json();
    assert_eq!((&again["cancelled"], &again["absent"]), (&json!(0), &seeded["scheduled"]));
    engine.run(&["verify"]).await.succeeded();
}
