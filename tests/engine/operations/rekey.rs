//! Another master key.

use booking_http::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::process::Caller;
use crate::support::roles::{Engine, RoleProcess, eventually};

/// 32 bytes.
const OLD: &str = "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMDA=";
const NEW: &str = "b3RoZXItZm9yLXRlc3RzLW90aGVyLWZvci10ZXN0LTE=";
const OTHER: &str = "dGhpcmQtZm9yLXRlc3RzLXRoaXJkLWZvci10ZXN0LTI=";

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery";

const AT_WORK: &str = "select count(*) from pg_stat_activity where application_name like 'booking\\_%'";

/// What is read under which key.
async fn name_of(role: &RoleProcess, path: &str) -> (u16, Value) {
    let owner = role.as_user(Role::Owner, Uuid::new_v4());
    let read = owner.get(path).await;
    (read.status.as_u16(), read.body["passengers"][0]["first_name"].clone())
}

async fn restarted(role: &mut RoleProcess, master_key: &str) {
    role.tell("MASTER_KEY", master_key);
    role.restart().await;
}

async fn placed(
    commands: &RoleProcess,
    queries: &RoleProcess,
    engine: &Engine,
    notes: Option<&str>,
) -> String {
    let owner = queries.as_user(Role::Owner, Uuid::new_v4());
    let flights = owner.get("/api/v1/flights?limit=1").await.is(200);
    let order = json!({"flight_id": flights.body["data"][0]["flight_id"], "notes": notes,
        "passengers": [{"first_name": "Ada", "last_name": "Lovelace"}]});
    let customer = commands.as_user(Role::Customer, Uuid::new_v4());
    let placed = customer.post("/api/v1/bookings", order).await.is(201);
    queries.await_shown(engine.head().await).await;
    placed.header("location").to_owned()
}

async fn log_in(guest: &Caller) -> u16 {
    let login = json!({"email": EMAIL, "password": PASSWORD, "subdomain": "acme"});
    guest.post("/api/v1/auth/login", login).await.status.as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_keys_are_wrapped_anew_and_one_that_was_cut_short_goes_on() {
    let engine = Engine::with_flights().await;
    let (mut commands, mut queries) = (engine.command_api().await, engine.query_api().await);
    let mut projections = engine.projections().await;
    queries.await_shown(engine.head().await).await;
    let guest = commands.as_user(Role::Customer, Uuid::new_v4()).with_token("");
    let newcomer =
        json!({"email": EMAIL, "password": PASSWORD, "full_name": "Ada Lovelace", "subdomain": "acme"});
    let session = guest.post("/api/v1/auth/register", newcomer).await.is(201);
    let path = placed(&commands, &queries, &engine, Some("by the window")).await;

    let keys = [("MASTER_KEY_OLD", OLD), ("MASTER_KEY", NEW)];
    let refused = engine.run_with(&keys, &["rekey"]).await.ended_with(2);
    assert!(refused.stderr.contains("stop all roles first"), "{refused:?}");
    for role in [&mut commands, &mut queries, &mut projections] {
        role.kill().await;
    }
    let done = rekey(&engine, &keys).await;
    assert_eq!((&done["rewrapped"], &done["rehashed"]), (&done["keys"], &json!(1)));
    assert_eq!(done["keys"], 4, "the account's, the customer's of it, who booked, and who travels");

    commands.start();
    restarted(&mut queries, OLD).await;
    assert_eq!(name_of(&queries, &path).await, (500, Value::Null), "the old key opens nothing any more");
    restarted(&mut queries, NEW).await;
    assert_eq!(name_of(&queries, &path).await, (200, json!("Ada")));

    // As if it had been cut short: a passenger is still sealed under the old key. The customer needs none.
    commands.await_ready().await;
    projections.restart().await;
    let later = placed(&commands, &queries, &engine, None).await;
    for role in [&mut commands, &mut queries, &mut projections] {
        role.kill().await;
    }
    let mut wrong = keys;
    wrong[0].1 = OTHER;
    let refused = engine.run_with(&wrong, &["rekey"]).await.ended_with(2);
    assert!(refused.stderr.contains("opens a key"), "{refused:?}");
    let again = rekey(&engine, &keys).await;
    assert_eq!((&again["keys"], &again["rewrapped"], &again["rehashed"]), (&json!(5), &json!(1), &json!(0)));

    restarted(&mut queries, NEW).await;
    restarted(&mut commands, NEW).await;
    for path in [&path, &later] {
        assert_eq!(name_of(&queries, path).await, (200, json!("Ada")));
    }
    assert_eq!(log_in(&guest).await, 200);
    let refresh = json!({"refresh_token": session.text("refresh_token")});
    guest.post("/api/v1/auth/refresh", refresh).await.is(401);
}

async fn rekey(engine: &Engine, keys: &[(&str, &str)]) -> Value {
    let owner = engine.owner().await;
    eventually("Postgres has noticed that the roles are gone", async || {
        let left: i64 = sqlx::query_scalar(AT_WORK).fetch_one(&owner).await.unwrap();
        (left == 0).then_some(())
    })
    .await;
    engine.run_with(keys, &["rekey", "--json"]).await.succeeded().json()
}
