//! What keeps a deed from being done twice, one guard after the other taken out; and what the role may do.

use booking::database::DatabaseRole;
use booking_domain::UseCase;
use booking_domain::use_cases::ExpireBooking;
use booking_domain::values::{Actor, BookingId};
use booking_journal::{CommandKey, Intent, Receipt, Request, Trace};
use chrono::{TimeDelta, Utc};
use sqlx::Executor;
use uuid::Uuid;

use crate::stage::{Stage, eventually, is_ready};
use crate::support::scene::{done, exactly};

/// Bookings while two follow.
const MANY: usize = 20;

/// How often a follower loses its lease.
const TAKEN_AWAY: usize = 3;

/// Statements that wait for the append lock.
const WAITING: &str = "pg_locks join pg_database on pg_database.oid = database
    where locktype = 'advisory' and not granted and datname = current_database()";

/// Sessions that hold the lease.
const LEASE: &str = "pg_locks join pg_database on pg_database.oid = database
    where locktype = 'advisory' and classid = 826691145 and datname = current_database()
      and objid::bigint = hashtext('reactor expiry')::bigint & 4294967295";

/// The key of a command is the first guard: the ledger answers, and nothing is decided.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_under_the_same_key_is_answered_by_the_ledger() {
    let stage = Stage::set().await;
    let (unpaid, _) = stage.place_due_in(TimeDelta::minutes(-5), exactly(&["12A"])).await;
    let command_id = Uuid::from_u128(7);

    let first = expire(&stage, unpaid, command_id).await;
    let second = expire(&stage, unpaid, command_id).await;

    assert_eq!((first.replayed, second.replayed), (false, true));
    assert_eq!((second.position, stage.expirations(unpaid).await), (first.position, 1));
}

/// Without it, under another key each time or when the ledger has forgotten, the aggregate stands behind: that a
/// booking has expired is already so.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_key_the_aggregate_knows_that_it_is_already_so() {
    let stage = Stage::set().await;
    let (unpaid, _) = stage.place_due_in(TimeDelta::minutes(-5), exactly(&["12A"])).await;

    let first = expire(&stage, unpaid, Uuid::from_u128(7)).await;
    let under_another = expire(&stage, unpaid, Uuid::from_u128(8)).await;
    stage.owner.execute("delete from journal.ledger").await.unwrap();
    let forgotten = expire(&stage, unpaid, Uuid::from_u128(7)).await;

    assert_eq!(first.events.len(), 2, "the booking has expired, its seat is free");
    for repeat in [under_another, forgotten] {
        assert!(!repeat.replayed && repeat.events.is_empty(), "{repeat:?}");
    }
    assert_eq!(stage.expirations(unpaid).await, 1);
}

/// What one process does, the others step over: no deed is done by two at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_timer_whose_deed_is_being_done_is_left_alone() {
    let stage = Stage::set().await;
    let (unpaid, _) = stage.place_due_in(TimeDelta::minutes(-5), exactly(&["12A"])).await;
    let mut door = stage.owner.begin().await.unwrap();
    door.execute("select pg_advisory_xact_lock(journal.append_lock())").await.unwrap();

    let first = stage.reactors().await;
    stage.await_count(WAITING, 1).await;
    let second = stage.reactors().await;
    eventually("it has looked at the timers", async || {
        assert!(stage.count(WAITING).await <= 1, "the first alone is at it");
        is_ready(second.parts()).await.then_some(())
    })
    .await;
    door.rollback().await.unwrap();
    stage.await_rest().await;

    assert_eq!(stage.expirations(unpaid).await, 1);
    first.stop().await;
    second.stop().await;
}

/// The lease only keeps the second follower idle; that a batch is taken in once, the checkpoint sees to.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_follower_that_lost_its_lease_unnoticed_does_no_harm() {
    let stage = Stage::set().await;
    let (first, second) = (stage.reactors().await, stage.reactors().await);
    stage.await_read().await;

    for _ in 0..TAKEN_AWAY {
        stage.owner.execute(format!("select pg_terminate_backend(pid) from {LEASE}").as_str()).await.unwrap();
        // The one that lost it reads on; the other one has it now.
        stage.await_count(LEASE, 1).await;
        for _ in 0..MANY {
            stage.place_in_pool_due_in(TimeDelta::seconds(1)).await;
        }
    }
    stage.await_rest().await;

    let expired = stage.count("journal.event where event_type = 'booking.expired'").await;
    assert_eq!(expired, (TAKEN_AWAY * MANY) as i64);
    assert_eq!(stage.scene.breaches().await, Vec::<String>::new());
    first.stop().await;
    second.stop().await;
}

#[tokio::test]
async fn the_reactors_role_writes_nothing_but_its_own_schema() {
    let stage = Stage::set().await;
    let granted = "information_schema.role_table_grants where grantee = 'booking_reactor'
                   and (privilege_type <> 'SELECT' or table_schema not in ('journal', 'react'))
                   and table_schema <> 'react'
                   and not (table_name = '_sqlx_migrations' and privilege_type = 'SELECT')";
    assert_eq!(stage.count(granted).await, 0);
    let pool = stage.scene.database.pool(DatabaseRole::Reactor);
    for statement in [
        "insert into journal.event select * from journal.event",
        "delete from journal.ledger",
        "select * from keys.subject",
        "select * from read.booking_v1",
        "insert into react.checkpoint values ('another', 1, 0)",
        "select journal.outcomes('{}', '{}', '{}', '{}')",
    ] {
        let refusal = pool.execute(statement).await.unwrap_err();
        assert_eq!(refusal.as_database_error().unwrap().code().unwrap(), "42501", "{statement}");
    }
}

async fn expire(stage: &Stage, booking_id: BookingId, command_id: Uuid) -> Receipt {
    let now = Utc::now();
    let request = Request {
        tenant: stage.scene.tenant,
        actor: Actor::SYSTEM,
        case: UseCase::ExpireBooking(ExpireBooking { booking_id, now }),
        key: CommandKey::once(command_id),
        keys: vec![],
        trace: Trace::default(),
        occurred_at: now,
        quiet: false,
        versions: None,
        intent: Intent::Store,
    };
    done(stage.scene.journal.submit(request).await)
}
