//! Read models that are made anew.

use booking_http::Role;
use serde_json::{Value, json};
use sqlx::{Executor, PgPool};
use uuid::Uuid;

use crate::support::roles::Engine;

const MODELS: [&str; 2] = ["booking_v1", "flight_v1"];

/// What no event has said: a row that is wrong, one that is missing, one too many.
const DAMAGE: [&str; 3] = [
    "update read.booking_v1 set status = 'confirmed'",
    "delete from read.seat_claim_v1
     where ctid = (select ctid from read.seat_claim_v1 order by seat_number limit 1)",
    "insert into read.seat_claim_v1 select tenant_id, flight_id, '99Z', booking_id, claimed_at
     from read.seat_claim_v1 limit 1",
];

/// All that migrations say of the tables, in one text.
const SHAPE: &str = "
    select string_agg(line, e'\\n' order by line) from (
        select indexdef as line from pg_indexes where schemaname = 'read'
        union all select format('%s %s %s', relname, reloptions, relacl)
          from pg_class where relnamespace = 'read'::regnamespace
        union all select format('%s %s %s', tablename, policyname, roles) from pg_policies where schemaname = 'read'
        union all select nspname from pg_namespace where nspname like 'rebuild%'
    ) as shape";

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_says_what_the_journal_says_and_puts_right_what_was_damaged() {
    let engine = Engine::with_flights().await;
    let (_relay, mut projections) = (engine.relay().await, engine.projections().await);
    let (commands, queries) = (engine.command_api().await, engine.query_api().await);
    queries.await_shown(engine.head().await).await;
    let flights = queries.as_user(Role::Owner, Uuid::new_v4()).get("/api/v1/flights?limit=1").await.is(200);
    let person = |name: &str| json!({"first_name": "Ada", "last_name": name});
    let order = json!({
        "flight_id": flights.body["data"][0]["flight_id"],
        "class": "economy",
        "passengers": [person("Lovelace"), person("Byron")],
    });
    let customer = commands.as_user(Role::Customer, Uuid::new_v4());
    let placed = customer.post("/api/v1/bookings", order).await.is(201);
    queries.await_shown(engine.head().await).await;

    let said = engine.run(&["rebuild", "booking_v1"]).await.ended_with(2);
    assert!(said.stderr.contains("stop the role projections"), "{said:?}");
    projections.kill().await;
    let (owner, head) = (engine.owner().await, engine.head().await);
    let shape = shape(&owner).await;
    assert_eq!(rebuilt(&engine, head).await, [(0, 0), (0, 0)], "what is right is not touched");

    for damage in DAMAGE {
        owner.execute(damage).await.unwrap();
    }
    engine.run(&["verify"]).await.ended_with(3);
    assert_eq!(
        rebuilt(&engine, head).await,
        [(1, 1), (1, 1)],
        "one was wrong; one was missing, another surplus"
    );

    engine.run(&["verify"]).await.succeeded();
    let booking = format!("/api/v1/bookings/{}", placed.text("booking_id"));
    let shown = customer.at(&queries.url).get(&booking).await.is(200);
    assert_eq!(shown.text("status"), "created");
    assert_eq!(self::shape(&owner).await, shape, "tables are as migrations made them");
}

/// Everything is made of the journal alone, and a worker goes on from there.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_that_was_lost_comes_back_and_is_kept_in_step() {
    let engine = Engine::with_flights().await;
    let head = engine.head().await;

    let changed = rebuilt(&engine, head).await;

    assert_eq!(changed[0], (0, 0), "nobody has booked");
    assert!(changed[1].0 == 0 && 0 < changed[1].1, "{changed:?}");
    engine.run(&["verify"]).await.succeeded();
    let (_relay, _projections) = (engine.relay().await, engine.projections().await);
    let queries = engine.query_api().await;
    engine.seed(1, 1).await;
    assert!(head < engine.head().await);
    queries.await_shown(engine.head().await).await;
    engine.run(&["verify"]).await.succeeded();
}

/// How many rows of tables were removed and written, by model.
async fn rebuilt(engine: &Engine, head: i64) -> Vec<(u64, u64)> {
    let mut changed = vec![];
    for model in MODELS {
        let said: Value = engine.run(&["rebuild", model, "--json"]).await.succeeded().json();
        assert_eq!((&said["name"], &said["position"]), (&json!(model), &json!(head)));
        changed.push((said["removed"].as_u64().unwrap(), said["written"].as_u64().unwrap()));
    }
    changed
}

async fn shape(owner: &PgPool) -> String {
    sqlx::query_scalar(SHAPE).fetch_one(owner).await.unwrap()
}
