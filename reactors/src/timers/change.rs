//! Timers are set and dropped, all of a batch at once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::action::{Timer, TimerKey};
use crate::digest::Change;
use crate::reactor::Reactor;

/// Stores what a batch changes. A timer whose deed is being done is waited for.
///
/// # Errors
/// When Postgres fails.
pub async fn store(
    connection: &mut PgConnection,
    reactor: Reactor,
    changes: &BTreeMap<TimerKey, Change>,
) -> sqlx::Result<()> {
    let (mut set, mut dropped) = (vec![], vec![]);
    for (key, change) in changes {
        match change {
            Change::Set(timer) => set.push(timer),
            Change::Dropped => dropped.push(key),
        }
    }
    if !dropped.is_empty() {
        drop_all(&mut *connection, reactor, &dropped).await?;
    }
    if !set.is_empty() {
        set_all(connection, reactor, &set).await?;
    }
    Ok(())
}

/// Timers first: one that is being given up is waited for, and is a dead letter when the second statement looks.
async fn drop_all(connection: &mut PgConnection, reactor: Reactor, keys: &[&TimerKey]) -> sqlx::Result<()> {
    let tenants: Vec<Uuid> = keys.iter().map(|key| key.tenant.uuid()).collect();
    let names: Vec<&str> = keys.iter().map(|key| key.key.as_str()).collect();
    for drop in [DROP_TIMERS, DROP_LETTERS] {
        sqlx::query(drop).bind(reactor.name()).bind(&tenants).bind(&names).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn set_all(connection: &mut PgConnection, reactor: Reactor, timers: &[&Timer]) -> sqlx::Result<()> {
    let tenants: Vec<Uuid> = timers.iter().map(|timer| timer.key.tenant.uuid()).collect();
    let names: Vec<&str> = timers.iter().map(|timer| timer.key.key.as_str()).collect();
    let subjects: Vec<Uuid> = timers.iter().map(|timer| timer.subject_id).collect();
    let due: Vec<DateTime<Utc>> = timers.iter().map(|timer| timer.due_at).collect();
    let causes: Vec<Uuid> = timers.iter().map(|timer| timer.cause.event_id).collect();
    let correlations: Vec<Option<&str>> =
        timers.iter().map(|timer| timer.cause.correlation_id.as_deref()).collect();
    sqlx::query(SET)
        .bind(reactor.name())
        .bind(tenants)
        .bind(names)
        .bind(subjects)
        .bind(due)
        .bind(causes)
        .bind(correlations)
        .execute(connection)
        .await?;
    Ok(())
}

const DROP_TIMERS: &str = "
    delete from react.timer using unnest($2::uuid[], $3::text[]) as dropped (tenant_id, key)
    where timer.reactor = $1 and timer.tenant_id = dropped.tenant_id and timer.key = dropped.key";

const DROP_LETTERS: &str = "
    delete from react.dead_letter using unnest($2::uuid[], $3::text[]) as dropped (tenant_id, key)
    where dead_letter.reactor = $1
      and dead_letter.tenant_id = dropped.tenant_id and dead_letter.key = dropped.key";

const SET: &str = "
    insert into react.timer
        (tenant_id, reactor, key, subject_id, due_at, cause_id, correlation_id, attempts, next_try_at)
    select tenant_id, $1, key, subject_id, due_at, cause_id, correlation_id, 0, due_at
    from unnest($2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::uuid[], $7::text[])
        as t (tenant_id, key, subject_id, due_at, cause_id, correlation_id)
    on conflict on constraint timer_pkey do update
    set subject_id = excluded.subject_id, due_at = excluded.due_at, cause_id = excluded.cause_id,
        correlation_id = excluded.correlation_id, attempts = 0, next_try_at = excluded.next_try_at, last_error = null";
