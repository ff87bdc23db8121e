//! Read models that are made anew while their workers go on.

use booking_http::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{Executor, PgConnection, PgPool};
use uuid::Uuid;

use crate::operations::projections::of;
use crate::support::process::Caller;
use crate::support::roles::{Engine, RoleProcess, eventually};

const MODELS: [&str; 2] = ["booking_v1", "flight_v1"];

/// What no event has said: a row that is wrong, one that is missing, one too many.
const DAMAGE: [&str; 3] = [
    "update read.booking_v1 set status = 'confirmed'",
    "delete from read.seat_claim_v1
     where ctid = (select ctid from read.seat_claim_v1 order by seat_number limit 1)",
    "insert into read.seat_claim_v1 select tenant_id, flight_id, '99Z', booking_id, claimed_at
     from read.seat_claim_v1 limit 1",
];

/// A seat that no flight has is taken out of sale, on all flights.
const STAIN: &str = "update read.seat_map_v1 set blocked = blocked || '\\x80'::bytea";

/// The worker is made to believe that its tables are still there.
const DECEIVE: &str = "update read.checkpoint set generation = 0 where name = 'flight_v1'";

/// All that migrations say of the tables, in one text.
const SHAPE: &str = "
    select string_agg(line, e'\\n' order by line) from (
        select indexdef as line from pg_indexes where schemaname = 'read'
        union all select format('%s %s %s %s %s %s', relname, reloptions, relacl, relpersistence, relrowsecurity,
                                relforcerowsecurity)
          from pg_class where relnamespace = 'read'::regnamespace
        union all select format('%s %s %s %s %s', tablename, policyname, roles, qual, with_check)
          from pg_policies where schemaname = 'read'
        union all select format('%s %s', conname, pg_get_constraintdef(oid))
          from pg_constraint where connamespace = 'read'::regnamespace
        union all select format('%s %s %s %s %s %s', attrelid::regclass, attnum, attname, attstorage, attnotnull, attcollation)
          from pg_attribute join pg_class on pg_class.oid = attrelid
          where relnamespace = 'read'::regnamespace and 0 < attnum and not attisdropped
        union all select nspname from pg_namespace where nspname like 'rebuild%'
    ) as shape";

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_says_what_the_journal_says_and_puts_right_what_was_damaged() {
    let engine = Engine::with_flights().await;
    let (_relay, _projections) = (engine.relay().await, engine.projections().await);
    let (commands, queries) = (engine.command_api().await, engine.query_api().await);
    let customer = commands.as_user(Role::Customer, Uuid::new_v4());
    let placed = book(&engine, &queries, &customer).await;
    let (owner, head) = (engine.owner().await, engine.head().await);
    let shape = shape(&owner).await;

    for damage in DAMAGE {
        owner.execute(damage).await.unwrap();
    }
    engine.run(&["verify"]).await.ended_with(3);
    assert_eq!(rebuilt(&engine, head).await[0], 1, "one booking");

    engine.run(&["verify"]).await.succeeded();
    let shown = customer.at(&queries.url).get(&placed).await.is(200);
    assert_eq!(shown.text("status"), "created");
    assert_eq!(self::shape(&owner).await, shape, "tables are as migrations made them");
    book(&engine, &queries, &customer).await;
    engine.run(&["verify"]).await.succeeded();
}

/// Everything is made of the journal alone, and a worker goes on from there.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_model_that_was_lost_comes_back_and_is_kept_in_step() {
    let engine = Engine::with_flights().await;
    let head = engine.head().await;

    let rows = rebuilt(&engine, head).await;

    assert!(rows[0] == 0 && 0 < rows[1], "nobody has booked: {rows:?}");
    engine.run(&["verify"]).await.succeeded();
    let (_relay, _projections) = (engine.relay().await, engine.projections().await);
    let queries = engine.query_api().await;
    engine.seed(1, 1).await;
    assert!(head < engine.head().await);
    queries.await_shown(engine.head().await).await;
    engine.run(&["verify"]).await.succeeded();
}

/// A worker keeps rows in memory. Those of tables that are gone it forgets; and would it not, they would come back.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_remembers_of_tables_that_are_gone_is_not_stored() {
    let engine = Engine::with_flights().await;
    let (_relay, mut projections) = (engine.relay().await, engine.projections().await);
    let (commands, queries) = (engine.command_api().await, engine.query_api().await);
    let customer = commands.as_user(Role::Customer, Uuid::new_v4());
    book(&engine, &queries, &customer).await;
    let owner = engine.owner().await;
    projections.kill().await;
    owner.execute(STAIN).await.unwrap();
    projections.restart().await;
    book(&engine, &queries, &customer).await;
    engine.run(&["verify"]).await.ended_with(3);

    engine.run(&["rebuild", "flight_v1"]).await.succeeded();
    engine.run(&["verify"]).await.succeeded();
    owner.execute(DECEIVE).await.unwrap();
    book(&engine, &queries, &customer).await;
    let said = engine.run(&["verify"]).await.ended_with(3);
    assert!(said.stdout.contains("flight_v1: row"), "without the guard it is stained again: {said:?}");

    engine.run(&["rebuild", "flight_v1"]).await.succeeded();
    book(&engine, &queries, &customer).await;
    engine.run(&["verify"]).await.succeeded();
    assert!(projections.log().contains("in the tables that a rebuild has made"));
}

/// Nobody reads half of the one and half of the other: a rebuild waits for who has locked the gate.
#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_not_older_than_the_tables_that_are_read_in_it() {
    let engine = Engine::with_flights().await;
    let (_relay, _projections) = (engine.relay().await, engine.projections().await);
    let queries = engine.query_api().await;
    queries.await_shown(engine.head().await).await;
    let owner = engine.owner().await;

    let mut ungated = owner.begin_with("begin isolation level repeatable read; select 1").await.unwrap();
    engine.run(&["rebuild", "flight_v1"]).await.succeeded();
    assert_eq!(
        flights(&mut ungated).await,
        0,
        "without the gate, tables are read that the snapshot does not see"
    );
    drop(ungated);

    let gated =
        "begin isolation level repeatable read; lock table read.flight_v1 in access share mode; select 1";
    let mut gated = owner.begin_with(gated).await.unwrap();
    let all = flights(&mut gated).await;
    let mut rebuild = engine.command(&["rebuild", "flight_v1"]).spawn().unwrap();
    eventually("the rebuild has filled its tables", async || {
        let phase = sqlx::query_scalar("select phase from read.rebuild where name = 'flight_v1'");
        let phase: Option<String> = phase.fetch_optional(&owner).await.unwrap();
        (phase.as_deref() == Some("switching")).then_some(())
    })
    .await;
    let someone = queries.as_user(Role::Customer, Uuid::new_v4());
    assert_eq!(someone.get("/api/v1/flights").await.status, StatusCode::OK, "others read on");
    let said = of(&queries.as_user(Role::SuperAdmin, Uuid::new_v4()), "flight_v1").await;
    assert_eq!((&said["state"], &said["rebuild"]["phase"]), (&json!("rebuilding"), &json!("switching")));
    assert!(rebuild.try_wait().unwrap().is_none(), "it waits");
    assert_eq!(flights(&mut gated).await, all);
    gated.commit().await.unwrap();
    assert!(rebuild.wait().await.unwrap().success());
    engine.run(&["verify"]).await.succeeded();
}

/// Two at once would fill the same tables.
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_died_is_in_nobodys_way_and_one_under_way_is() {
    let engine = Engine::with_flights().await;
    let owner = engine.owner().await;
    let held = owner.begin_with("begin; lock table read.flight_v1 in access share mode").await.unwrap();
    let mut first = engine.command(&["rebuild", "flight_v1"]).spawn().unwrap();
    eventually("the first one is under way", async || {
        let noted: i64 =
            sqlx::query_scalar("select count(*) from read.rebuild").fetch_one(&owner).await.unwrap();
        (noted == 1).then_some(())
    })
    .await;

    let said = engine.run(&["rebuild", "flight_v1"]).await.ended_with(2);
    assert!(said.stderr.contains("being rebuilt by another process"), "{said:?}");
    first.kill().await.unwrap();
    held.rollback().await.unwrap();

    let said = eventually("the lease of the one that died is free", async || {
        let said = engine.run(&["rebuild", "flight_v1"]).await;
        (said.code == Some(0)).then_some(said)
    });
    assert!(said.await.stdout.contains("put in place"));
    engine.run(&["rebuild", "booking_v1"]).await.succeeded();
    engine.run(&["verify"]).await.succeeded();
}

/// Two people on the first flight, and the booking's path when it is shown.
async fn book(engine: &Engine, queries: &RoleProcess, customer: &Caller) -> String {
    queries.await_shown(engine.head().await).await;
    let flights = queries.as_user(Role::Owner, Uuid::new_v4()).get("/api/v1/flights?limit=1").await.is(200);
    let person = |name: &str| json!({"first_name": "Ada", "last_name": name});
    let order = json!({
        "flight_id": flights.body["data"][0]["flight_id"],
        "class": "economy",
        "passengers": [person("Lovelace"), person("Byron")],
    });
    let key = Uuid::new_v4().to_string();
    let placed = customer.post_with_key("/api/v1/bookings", &order, &key).await.is(201);
    queries.await_shown(engine.head().await).await;
    format!("/api/v1/bookings/{}", placed.text("booking_id"))
}

/// Rows of each model.
async fn rebuilt(engine: &Engine, head: i64) -> Vec<u64> {
    let mut rows = vec![];
    for model in MODELS {
        let said: Value = engine.run(&["rebuild", model, "--json"]).await.succeeded().json();
        assert_eq!((&said["name"], &said["position"]), (&json!(model), &json!(head)));
        rows.push(said["rows"].as_u64().unwrap());
    }
    rows
}

async fn flights(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("select count(*) from read.flight_v1").fetch_one(connection).await.unwrap()
}

async fn shape(owner: &PgPool) -> String {
    sqlx::query_scalar(SHAPE).fetch_one(owner).await.unwrap()
}
