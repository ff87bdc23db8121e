//! Keys of programs.

use booking_http::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use super::people::in_the_tables;
use crate::api::bad_input::assert_problem;
use crate::api::stage::{Stage, flight, standby};
use crate::support::process::{Answer, Caller};

async fn made(stage: &Stage, scopes: &[&str]) -> (Answer, Caller) {
    let body = json!({"name": "a kiosk", "scopes": scopes});
    let made = stage.dev.owner().post("/api/v1/api-keys", body).await.is(201);
    let program = Caller::new(&stage.dev.url(), made.text("key"));
    (made, program)
}

#[tokio::test]
async fn a_key_may_what_its_scopes_name_and_nothing_else() {
    let stage = Stage::shared();
    let flight_id = stage.flight().await;
    let booking = stage.dev.customer().post("/api/v1/bookings", standby(&flight_id, 1)).await.is(201);
    let (path, confirm) = (booking.header("location"), format!("{}/confirm", booking.header("location")));
    let seats = format!("/api/v1/flights/{flight_id}/seats");

    let (_, program) = made(stage, &["bookings:read"]).await;
    program.get_at(path, booking.position()).await.is(200);
    for refused in [
        program.get(&seats).await,
        program.post_with_key("/api/v1/bookings", &standby(&flight_id, 1), "one").await,
        program.post(&confirm, json!({})).await,
        program.get("/api/v1/users").await,
        program.get("/api/v1/users/me").await,
        program.get("/api/v1/api-keys").await,
        program.post("/api/v1/flights", flight(chrono::TimeDelta::days(10))).await,
    ] {
        assert_problem("another scope", &refused, 403, "FORBIDDEN");
    }

    let (_, program) = made(stage, &["bookings:write", "flights:read", "flights:write", "users:read"]).await;
    program.get(&seats).await.is(200);
    program.get("/api/v1/users").await.is(200);
    program.post("/api/v1/flights", flight(chrono::TimeDelta::days(10))).await.is(201);
    program.post(&confirm, json!({})).await.is(200);
    assert_problem("bookings:read", &program.get(path).await, 403, "FORBIDDEN");
    let unnamed = program.post("/api/v1/bookings", standby(&flight_id, 1)).await;
    assert_problem("an order without a name", &unnamed, 400, "INVALID_IDEMPOTENCY_KEY");
    let held = program.post("/api/v1/holds", json!({"flight_id": flight_id, "passengers_count": 1})).await;
    assert_problem("a hold without a name", &held, 400, "INVALID_IDEMPOTENCY_KEY");
    program.post_with_key("/api/v1/bookings", &standby(&flight_id, 1), "one").await.is(201);
    let colleague = json!({"email": "a@example.com", "password": "long enough", "full_name": "A", "roles": [{"role": "owner"}]});
    assert_problem("users", &program.post("/api/v1/users", colleague).await, 403, "FORBIDDEN");
    let another = program.post("/api/v1/api-keys", json!({"name": "b", "scopes": ["users:read"]})).await;
    assert_problem("keys", &another, 403, "FORBIDDEN");
}

#[tokio::test]
async fn a_key_is_told_once_and_kept_as_a_hash() {
    let stage = Stage::shared();
    let (made, _) = made(stage, &["flights:read"]).await;
    assert_eq!((&made.body["name"], &made.body["scopes"]), (&json!("a kiosk"), &json!(["flights:read"])));
    assert_eq!(made.header("cache-control"), "no-store");

    let listed = stage.dev.owner().get("/api/v1/api-keys").await.is(200);

    let all = listed.body["data"].as_array().unwrap();
    let one = all.iter().find(|key| key["api_key_id"] == made.body["api_key_id"]).unwrap();
    assert_eq!(one.get("key"), None);
    assert!(!listed.body.to_string().contains(made.text("key")));
    let key = made.text("key").trim_start_matches("bk_");
    let clear = format!("select 1 from identity.api_key as kept where kept::text like '%{key}%'");
    assert_eq!(in_the_tables(stage, &clear).await, 0);
}

#[tokio::test]
async fn a_revoked_key_is_nobodys() {
    let stage = Stage::shared();
    let (made, program) = made(stage, &["flights:read"]).await;
    program.get("/api/v1/flights").await.is(200);
    let path = made.header("location").to_owned();

    assert_problem("another business", &stage.dev.stranger().delete(&path).await, 404, "API_KEY_NOT_FOUND");
    program.get("/api/v1/flights").await.is(200);
    for _ in 0..2 {
        stage.dev.owner().delete(&path).await.is(204);
    }

    assert_problem("revoked", &program.get("/api/v1/flights").await, 401, "UNAUTHORIZED");
    let flipped = format!("{}A", &made.text("key")[..made.text("key").len() - 1]);
    for key in ["bk_", "bk_whatever", flipped.as_str()] {
        let stranger = Caller::new(&stage.dev.url(), key);
        assert_problem(key, &stranger.get("/api/v1/flights").await, 401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn the_same_request_under_one_name_is_one_key() {
    let stage = Stage::shared();
    let body = json!({"name": "a kiosk", "scopes": ["flights:read"]});
    let name = Uuid::now_v7().to_string();
    let owner = stage.dev.owner();
    let first = owner.post_with_key("/api/v1/api-keys", &body, &name).await.is(201);
    let again = owner.post_with_key("/api/v1/api-keys", &body, &name).await.is(201);
    assert_eq!(again.body, first.body);
    Caller::new(&stage.dev.url(), again.text("key")).get("/api/v1/flights").await.is(200);
}

#[tokio::test]
async fn only_owners_make_keys_and_only_sound_ones() {
    let stage = Stage::shared();
    let body = json!({"name": "a kiosk", "scopes": ["flights:read"]});
    for role in [Role::Customer, Role::Provider, Role::Manager, Role::Service] {
        let someone = stage.dev.someone(role, Uuid::now_v7().into());
        assert_problem("making", &someone.post("/api/v1/api-keys", body.clone()).await, 403, "FORBIDDEN");
        assert_problem("listing", &someone.get("/api/v1/api-keys").await, 403, "FORBIDDEN");
    }
    for (what, body) in [
        ("empty", json!({})),
        ("no scope", json!({"name": "a", "scopes": []})),
        ("no such scope", json!({"name": "a", "scopes": ["everything"]})),
        ("no name", json!({"name": " ", "scopes": ["flights:read"]})),
        ("a key of their own", json!({"name": "a", "scopes": ["flights:read"], "key": "bk_1"})),
    ] {
        let refused = stage.dev.owner().post("/api/v1/api-keys", body).await;
        assert_problem(what, &refused, 422, "VALIDATION_FAILED");
    }
    let absent = stage.dev.owner().delete(&format!("/api/v1/api-keys/{}", Uuid::now_v7())).await;
    assert_problem("absent", &absent, 404, "API_KEY_NOT_FOUND");
    assert_eq!(
        stage.dev.owner().delete("/api/v1/api-keys/12").await.body["code"],
        Value::from("API_KEY_NOT_FOUND")
    );
}
