//! How far read models are, as whoever runs the engine asks for it, and what is done about one that has stopped.

use booking_http::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Executor;
use uuid::Uuid;

use crate::support::process::Caller;
use crate::support::roles::{Engine, eventually};

const PATH: &str = "/api/v1/admin/projections";

/// The flights' rows are gone, and nobody knows.
const LOSE_FLIGHTS: &str = "delete from read.flight_v1; delete from read.seat_map_v1";

#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_that_has_stopped_says_where_and_why_and_a_rebuild_heals_it() {
    let engine = Engine::with_flights().await;
    let (_relay, mut projections) = (engine.relay().await, engine.projections().await);
    let (commands, queries) = (engine.command_api().await, engine.query_api().await);
    let head = engine.head().await;
    queries.await_shown(head).await;
    let [platform, owner] = [Role::SuperAdmin, Role::Owner].map(|role| queries.as_user(role, Uuid::new_v4()));
    for model in ["booking_v1", "flight_v1"] {
        let said = of(&platform, model).await;
        let lag = json!({"events": 0, "seconds": 0.0});
        assert_eq!(
            (&said["state"], &said["version"], &said["lag"]),
            (&json!("running"), &json!(1), &lag),
            "{said}"
        );
        assert_eq!(said["position"], format!("1.{head}"));
        assert_eq!((&said["stopped"], &said["rebuild"]), (&Value::Null, &Value::Null));
    }
    assert_eq!(owner.get(PATH).await.status, StatusCode::FORBIDDEN);
    assert_eq!(platform.get(&format!("{PATH}?page=2")).await.status, StatusCode::BAD_REQUEST);

    let flights = owner.get("/api/v1/flights?limit=1").await.is(200);
    projections.kill().await;
    engine.owner().await.execute(LOSE_FLIGHTS).await.unwrap();
    eventually("nobody does its work", async || {
        (of(&platform, "flight_v1").await["state"] == "idle").then_some(())
    })
    .await;
    projections.restart().await;
    let person = json!({"first_name": "Ada", "last_name": "Lovelace"});
    let order = json!({"flight_id": flights.body["data"][0]["flight_id"], "passengers": [person]});
    commands.as_user(Role::Customer, Uuid::new_v4()).post("/api/v1/bookings", order).await.is(201);

    let stopped = eventually("the worker has stopped", async || {
        let said = of(&platform, "flight_v1").await;
        (said["state"] == "stopped").then_some(said)
    })
    .await;
    assert_eq!(stopped["stopped"]["position"], head + 1, "{stopped}");
    assert!(stopped["stopped"]["reason"].as_str().unwrap().contains("does not fit"), "{stopped}");
    assert!(stopped["position"] == format!("1.{head}") && stopped["lag"]["events"] != 0, "{stopped}");
    let health: Value =
        reqwest::get(format!("{}/health", projections.url)).await.unwrap().json().await.unwrap();
    assert_eq!(health["parts"]["flight_v1"]["position"], head + 1, "{health}");
    assert_eq!(health["parts"]["booking_v1"]["status"], "up", "{health}");
    let later = format!("1.{}", head + 1);
    let named = owner.call(Method::GET, "/api/v1/flights", None, &[("booking-min-position", &later)]).await;
    assert_eq!(named.body["code"], "PROJECTION_LAGGING", "what is missing is not passed over in silence");

    engine.run(&["rebuild", "flight_v1"]).await.succeeded();
    eventually("the worker goes on in the new tables", async || {
        let said = of(&platform, "flight_v1").await;
        (said["state"] == "running" && said["lag"]["events"] == 0).then_some(())
    })
    .await;
    queries.await_shown(engine.head().await).await;
    projections.await_ready().await;
    engine.run(&["verify"]).await.succeeded();
}

/// What is said of one read model.
pub async fn of(platform: &Caller, model: &str) -> Value {
    let said = platform.get(PATH).await.is(200);
    let all = said.body["data"].as_array().unwrap();
    all.iter().find(|one| one["name"] == model).unwrap().clone()
}
