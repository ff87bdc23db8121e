//! The worst moment to lose a connection: the exchange is committed, and its answer never comes.

use std::process::{Output, Stdio};

use serde_json::json;
use sqlx::{Executor, PgPool};

use crate::support::cable::Cable;
use crate::support::roles::{Engine, eventually};
use crate::support::said::Said;

/// A commit that exchanges tables waits for who holds the number 7.
const SLOW: &str = "
    create function public.wait_for_seven() returns trigger language plpgsql set lock_timeout = 0 as
        'begin perform pg_advisory_xact_lock(7); return null; end';
    create constraint trigger slow after update on read.checkpoint deferrable initially deferred
        for each row when (old.generation <> new.generation) execute function public.wait_for_seven()";

const COMMITS: &str = "select exists (select from pg_locks where locktype = 'advisory' and not granted)";

/// It asks for the fresh tables, which the commit is about to take away.
const ASKS_AGAIN: &str = "
    select exists (select from pg_stat_activity
                   where application_name = 'booking_projector' and wait_event_type = 'Lock')";

const LEFT: &str = "select count(*) from pg_namespace where nspname like 'rebuild%'";

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_whose_answer_was_lost_is_not_done_again() {
    let engine = Engine::with_flights().await;
    let (owner, head) = (engine.owner().await, engine.head().await);
    let cable = Cable::to(engine.postgres.port()).await;
    owner.execute(SLOW).await.unwrap();
    let seven = owner.begin_with("begin; select pg_advisory_xact_lock(7)").await.unwrap();
    let mut command = engine.command(&["rebuild", "flight_v1", "--json"]);
    command.env("DATABASE_URL", cable.url(&engine.database_url()));
    let rebuild = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();

    until(&owner, "the exchange is being committed", COMMITS).await;
    cable.cut();
    until(&owner, "the rebuild is back", ASKS_AGAIN).await;
    seven.rollback().await.unwrap();

    let output: Output = rebuild.wait_with_output().await.unwrap();
    let said = Said::from(output).succeeded();
    assert_eq!(said.json()["position"], json!(head));
    assert_ne!(said.json()["interruptions"], json!(0));
    assert_eq!(said.stderr.matches("was interrupted, and goes on").count(), 1, "{said:?}");
    let left: i64 = sqlx::query_scalar(LEFT).fetch_one(&owner).await.unwrap();
    assert_eq!(left, 0, "no other tables were begun");
    engine.run(&["verify"]).await.succeeded();
}

async fn until(owner: &PgPool, what: &str, is_so: &str) {
    eventually(what, async || {
        let is_so: bool = sqlx::query_scalar(is_so).fetch_one(owner).await.unwrap();
        is_so.then_some(())
    })
    .await;
}
