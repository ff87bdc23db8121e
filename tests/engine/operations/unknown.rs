//! An event of a newer program: an older one stops before it, says so, and never skips it.

use booking_http::Role;
use reqwest::StatusCode;
use serde_json::json;
use sqlx::Executor;
use uuid::Uuid;

use super::projections::of;
use crate::support::roles::{Engine, eventually};

/// A booking does what no booking of this program can.
const LEVITATED: &str = r#"
    insert into journal.event (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                               position, event_id, tenant_id, recorded_at)
    select 'booking', gen_random_uuid(), 1, 'booking.levitated', '1', '{"event_type": "booking.levitated"}', metadata,
           position + 1, gen_random_uuid(), tenant_id, recorded_at
    from journal.event order by position desc limit 1"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_the_journal_stops_before_an_event_that_it_does_not_know_and_says_so() {
    let engine = Engine::with_flights().await;
    let (relay, projections) = (engine.relay().await, engine.projections().await);
    let (reactors, queries) = (engine.reactors("0").await, engine.query_api().await);
    let commands = engine.command_api().await;
    let head = engine.head().await;
    queries.await_shown(head).await;
    let flights = queries.as_user(Role::Owner, Uuid::new_v4()).get("/api/v1/flights?limit=1").await.is(200);

    engine.owner().await.execute(LEVITATED).await.unwrap();

    for (role, name) in [(&projections, "projection booking_v1"), (&reactors, "reactor expiry")] {
        role.await_unready().await;
        eventually(&format!("{name} says what it does not know"), async || {
            let says = |line: &str| {
                line.contains("ERROR") && line.contains(name) && line.contains("booking.levitated")
            };
            role.log().lines().any(says).then_some(())
        })
        .await;
    }
    let shown = reqwest::get(format!("{}/metrics", queries.url)).await.unwrap().text().await.unwrap();
    let stands = format!("booking_projection_position{{projection=\"booking_v1\"}} {head}\n");
    assert!(shown.contains(&stands), "it was not skipped: {shown}");
    let said = of(&queries.as_user(Role::SuperAdmin, Uuid::new_v4()), "booking_v1").await;
    assert_eq!(
        (&said["state"], &said["stopped"]["position"]),
        (&json!("stopped"), &json!(head + 1)),
        "{said}"
    );
    assert!(said["stopped"]["reason"].as_str().unwrap().contains("booking.levitated"), "{said}");
    engine.run(&["verify", "--journal-only"]).await.ended_with(3);

    // Whoever does not need to understand it goes on: other bookings are placed, and the stream has all.
    let person = json!({"first_name": "Ada", "last_name": "Lovelace"});
    let order = json!({"flight_id": flights.body["data"][0]["flight_id"], "passengers": [person]});
    let customer = commands.as_user(Role::Customer, Uuid::new_v4());
    eventually("other bookings are placed", async || {
        let placed = customer.post_with_key("/api/v1/bookings", &order, "once").await;
        (placed.status == StatusCode::CREATED).then_some(())
    })
    .await;
    assert!(relay.is_ready().await);
}
