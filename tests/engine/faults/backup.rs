//! A backup that is made while bookings go on, restored elsewhere as a new epoch; and what still runs on the old one.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use booking::database;
use booking::servers::Postgres;
use booking_http::Role;
use booking_nats::{Definition, streams};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::customers::{Customers, Intent, Told, position};
use crate::support::process::folder;
use crate::support::roles::{Engine, RoleProcess, eventually};
use crate::support::said::Said;

/// Orders accepted before the backup begins, and after it has ended.
const ACCEPTED: usize = 20;
const FLIGHTS: usize = 20;

/// A Postgres that nothing was restored into yet.
struct Elsewhere {
    postgres: Postgres,
}

impl Elsewhere {
    async fn start() -> Self {
        let postgres = tokio::task::spawn_blocking(|| Postgres::throwaway().unwrap()).await.unwrap();
        Self { postgres }
    }

    fn url(&self) -> String {
        self.postgres.url("restored")
    }

    async fn owner(&self) -> PgPool {
        database::owner(&self.url()).await.unwrap()
    }

    async fn run(&self, engine: &Engine, arguments: &[&str]) -> Said {
        engine.run_with(&[("DATABASE_URL", &self.url())], arguments).await
    }

    /// A role on what was restored.
    async fn role(&self, engine: &Engine, name: &str, nats_url: &str) -> RoleProcess {
        let mut role = engine.unready_role(&[name], &[("DATABASE_URL", &self.url()), ("NATS_URL", nats_url)]);
        role.await_ready().await;
        role
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_restored_as_a_new_epoch_and_the_old_one_stops() {
    let engine = Engine::with_flights().await;
    let (relay, projections) = (engine.relay().await, engine.projections().await);
    let (reactors, queries) = (engine.reactors("0").await, engine.query_api().await);
    let commands = engine.command_api().await;
    queries.await_shown(engine.head().await).await;
    let mut customers = Customers::start(&[&commands], &queries, flights(&queries).await);

    customers.see_accepted(ACCEPTED).await;
    let backups = folder();
    let folder = backups.path().to_str().unwrap();
    let backup = engine.run(&["backup", "--to", folder, "--json"]).await.succeeded().json();
    customers.see_accepted(ACCEPTED).await;
    let intents = customers.finish().await;
    check_files(&backup);

    let elsewhere = Elsewhere::start().await;
    let file = backup["file"].as_str().unwrap();
    let restored = elsewhere.run(&engine, &["restore", file, "--nats", "--json"]).await.succeeded();
    let reports: Vec<Value> =
        restored.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (verified, report) = (&reports[0], &reports[1]);
    assert_eq!((&verified["breaches"], &verified["events"]), (&json!([]), &backup["position"]));
    assert_eq!((&report["epoch"], &report["position"]), (&json!(2), &backup["position"]));

    // What still runs on the old database says so, and for what reason.
    for (role, name) in [(&relay, "relay"), (&projections, "projection"), (&reactors, "reactor")] {
        role.await_unready().await;
        let reason = "NATS already has the stream of epoch 2";
        eventually(&format!("the {name} says why it stopped"), async || {
            role.log().lines().any(|line| line.contains("ERROR") && line.contains(reason)).then_some(())
        })
        .await;
    }
    let (relay, projections) = (
        elsewhere.role(&engine, "relay", &engine.relay_url()).await,
        elsewhere.role(&engine, "projections", &engine.engine_url()).await,
    );
    let commands = elsewhere.role(&engine, "command-api", &engine.engine_url()).await;
    let queries = elsewhere.role(&engine, "query-api", &engine.engine_url()).await;
    check_bookings(&queries, &intents, backup["position"].as_i64().unwrap()).await;
    check_the_new_epoch(&engine, &elsewhere, &commands, &queries).await;
    drop((relay, projections));
}

/// What a restore refuses changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn only_an_empty_database_is_restored_into_unless_it_may_be_replaced() {
    let engine = Engine::with_flights().await;
    let backups = folder();
    let folder = backups.path().to_str().unwrap();
    let backup = engine.run(&["backup", "--to", folder, "--json"]).await.succeeded().json();
    let (file, head) = (backup["file"].as_str().unwrap(), engine.head().await);

    let refused = engine.run(&["restore", file]).await.ended_with(2);
    assert!(refused.stderr.contains("not empty") && refused.stderr.contains("journal"), "{refused:?}");
    let mut commands = engine.command_api().await;
    let refused = engine.run(&["restore", file, "--replace"]).await.ended_with(2);
    assert!(refused.stderr.contains("stop all roles first"), "{refused:?}");
    let without_keys = backups.path().join("nothing.dump");
    let refused =
        engine.run(&["restore", file, "--keys", without_keys.to_str().unwrap()]).await.ended_with(2);
    assert!(refused.stderr.contains("nothing.dump"), "{refused:?}");
    assert_eq!(epoch(&engine.owner().await).await, 1, "all is as it was");
    engine.run(&["verify"]).await.succeeded();

    commands.stop().await;
    engine.seed(1, 1).await;
    assert!(head < engine.head().await);
    eventually("the role's connections are gone", async || {
        let said = engine.run(&["restore", file, "--replace", "--json"]).await;
        (said.code == Some(0)).then_some(())
    })
    .await;
    assert_eq!((epoch(&engine.owner().await).await, engine.head().await), (2, head));
    engine.run(&["restore", file, "--replace"]).await.succeeded();
    assert_eq!(epoch(&engine.owner().await).await, 3, "an epoch that was in use is not used again");
    engine.run(&["verify"]).await.succeeded();
}

/// The check of the archive's end is no ornament.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_not_what_its_name_says_is_noticed() {
    let engine = Engine::with_flights().await;
    let backups = folder();
    let folder = backups.path().to_str().unwrap();
    let backup = engine.run(&["backup", "--to", folder, "--json"]).await.succeeded().json();
    let (file, keys) = (backup["file"].as_str().unwrap(), backup["keys_file"].as_str().unwrap());
    let other = backups.path().join("booking-20261127T143000Z-1.999999.dump");
    std::fs::copy(file, &other).unwrap();
    let elsewhere = Elsewhere::start().await;

    let arguments = ["restore", other.to_str().unwrap(), "--keys", keys];
    let said = elsewhere.run(&engine, &arguments).await.ended_with(3);

    assert!(said.stderr.contains("999999"), "{said:?}");
}

fn check_files(backup: &Value) {
    let head = format!("-{}.{}.", backup["epoch"], backup["position"]);
    for file in ["file", "keys_file"].map(|name| Path::new(backup[name].as_str().unwrap())) {
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
        assert!(file.to_str().unwrap().contains(&head), "{}", file.display());
    }
}

/// Accepted before the moment of the backup: there, and personal data can be read. Later: not there.
async fn check_bookings(queries: &RoleProcess, intents: &HashMap<String, Intent>, end: i64) {
    let owner = queries.as_user(Role::Owner, Uuid::new_v4());
    let (mut kept, mut lost) = (0, 0);
    for intent in intents.values() {
        let Told::Accepted { booking_id, reference, position } = &intent.told else { continue };
        let answer = owner.get(&format!("/api/v1/bookings/{booking_id}")).await;
        if *position <= end {
            assert_eq!(answer.status, StatusCode::OK, "{reference} at {position} of {end}: {answer:?}");
            assert_eq!(answer.body["booking_reference"], *reference);
            assert_eq!(answer.body["passengers"][0]["first_name"], "Ada");
            kept += 1;
        } else {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{reference} at {position} of {end}");
            lost += 1;
        }
    }
    assert!(ACCEPTED <= kept && 0 < lost, "{kept} before the backup, {lost} after it");
}

/// Things go on, at positions of their own.
async fn check_the_new_epoch(
    engine: &Engine,
    elsewhere: &Elsewhere,
    commands: &RoleProcess,
    queries: &RoleProcess,
) {
    let order = json!({
        "flight_id": flights(queries).await[FLIGHTS - 1],
        "passengers": [{"first_name": "Ada", "last_name": "Lovelace"}],
    });
    let customer = commands.as_user(Role::Customer, Uuid::new_v4());
    let placed = customer.post("/api/v1/bookings", order).await.is(201);
    assert!(placed.position().starts_with("2."), "{}", placed.position());
    let path = format!("/api/v1/bookings/{}", placed.text("booking_id"));
    let readers = customer.at(&queries.url);
    eventually("the booking of the new epoch can be read", async || {
        (readers.get_at(&path, placed.position()).await.status == StatusCode::OK).then_some(())
    })
    .await;
    readers.get_at(&path, "1.1").await.is(400);
    let connection = booking_nats::connect(&engine.engine_url(), "test").await.unwrap();
    eventually("the stream has all of the new epoch", async || {
        let state = streams::state(&connection, &Definition::default(), 2).await.unwrap();
        state.filter(|state| state.last == position(&placed)).map(|_| ())
    })
    .await;
    assert_eq!(streams::state(&connection, &Definition::default(), 1).await.unwrap(), None);
    elsewhere.run(engine, &["verify"]).await.succeeded();
    assert_eq!(epoch(&elsewhere.owner().await).await, 2);
}

async fn flights(queries: &RoleProcess) -> Vec<String> {
    let owner = queries.as_user(Role::Owner, Uuid::new_v4());
    let answer = owner.get(&format!("/api/v1/flights?limit={FLIGHTS}")).await.is(200);
    let flights = answer.body["data"].as_array().unwrap().iter();
    flights.map(|flight| flight["flight_id"].as_str().unwrap().to_owned()).collect()
}

async fn epoch(owner: &PgPool) -> i32 {
    sqlx::query_scalar("select epoch from journal.epoch").fetch_one(owner).await.unwrap()
}
