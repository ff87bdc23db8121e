//! What a reader is promised when the newest commits of a read model are gone.

use booking_http::Role;
use reqwest::{Method, StatusCode};
use sqlx::Executor;
use uuid::Uuid;

use crate::support::roles::Engine;

const ONE_BACK: &str = "update read.checkpoint set position = position - 1";
const ONE_ON: &str = "update read.checkpoint set position = position + 1";

/// Projections do not wait for the disk: a crash of Postgres takes back what was already told.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_names_a_position_sees_it_though_the_read_models_went_back() {
    let engine = Engine::with_flights().await;
    let (_relay, mut projections) = (engine.relay().await, engine.projections().await);
    let query_api = engine.query_api().await;
    let head = engine.head().await;
    query_api.await_shown(head).await;
    projections.kill().await;
    let (reader, owner) = (query_api.as_user(Role::Customer, Uuid::new_v4()), engine.owner().await);
    let at_least = format!("1.{head}");
    let headers = [("booking-min-position", at_least.as_str())];

    owner.execute(ONE_BACK).await.unwrap();
    for path in ["/api/v1/flights", "/api/v1/bookings"] {
        let answer = reader.call(Method::GET, path, None, &headers).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
        assert_eq!(answer.body["code"], "PROJECTION_LAGGING");
    }

    owner.execute(ONE_ON).await.unwrap();
    query_api.await_shown(head).await;
}
