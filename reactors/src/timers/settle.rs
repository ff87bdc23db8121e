//! What becomes of a timer whose deed was tried. All of it belongs to the transaction that took it.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::action::TimerKey;
use crate::reactor::Reactor;

/// A try that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// With this one.
    pub attempts: i32,
    /// Word code.
    pub code: String,
}

/// Nothing is left to be done.
///
/// # Errors
/// When Postgres fails.
pub async fn delete(connection: &mut PgConnection, reactor: Reactor, keys: &[TimerKey]) -> sqlx::Result<()> {
    let tenants: Vec<Uuid> = keys.iter().map(|key| key.tenant.uuid()).collect();
    let names: Vec<&str> = keys.iter().map(|key| key.key.as_str()).collect();
    sqlx::query(DELETE).bind(reactor.name()).bind(tenants).bind(names).execute(connection).await?;
    Ok(())
}

/// It was too early, or goes on.
///
/// # Errors
/// When Postgres fails.
pub async fn set_later(
    connection: &mut PgConnection,
    reactor: Reactor,
    key: &TimerKey,
    due_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let query = sqlx::query(LATER).bind(key.tenant.uuid()).bind(reactor.name()).bind(&key.key);
    query.bind(due_at).execute(connection).await?;
    Ok(())
}

/// It is to be tried again at `next_try_at`.
///
/// # Errors
/// When Postgres fails.
pub async fn fail(
    connection: &mut PgConnection,
    reactor: Reactor,
    key: &TimerKey,
    failed: &Failed,
    next_try_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let query = sqlx::query(FAIL).bind(key.tenant.uuid()).bind(reactor.name()).bind(&key.key);
    query.bind(failed.attempts).bind(&failed.code).bind(next_try_at).execute(connection).await?;
    Ok(())
}

/// It is not tried again, unless a person sees to it.
///
/// # Errors
/// When Postgres fails.
pub async fn give_up(
    connection: &mut PgConnection,
    reactor: Reactor,
    key: &TimerKey,
    failed: &Failed,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let query = sqlx::query(GIVE_UP).bind(key.tenant.uuid()).bind(reactor.name()).bind(&key.key);
    query.bind(failed.attempts).bind(&failed.code).bind(now).execute(connection).await?;
    Ok(())
}

const DELETE: &str = "
    delete from react.timer using unnest($2::uuid[], $3::text[]) as done (tenant_id, key)
    where timer.reactor = $1 and timer.tenant_id = done.tenant_id and timer.key = done.key";

const LATER: &str = "
    update react.timer set due_at = $4, next_try_at = $4, attempts = 0, last_error = null
    where tenant_id = $1 and reactor = $2 and key = $3";

const FAIL: &str = "
    update react.timer set attempts = $4, last_error = $5, next_try_at = $6
    where tenant_id = $1 and reactor = $2 and key = $3";

const GIVE_UP: &str = "
    with given_up as (
        delete from react.timer where tenant_id = $1 and reactor = $2 and key = $3 returning *
    )
    insert into react.dead_letter
        (tenant_id, reactor, key, subject_id, due_at, cause_id, correlation_id, attempts, last_error, given_up_at)
    select tenant_id, reactor, key, subject_id, due_at, cause_id, correlation_id, $4, $5, $6 from given_up
    on conflict on constraint dead_letter_pkey do update
    set subject_id = excluded.subject_id, due_at = excluded.due_at, cause_id = excluded.cause_id,
        correlation_id = excluded.correlation_id, attempts = excluded.attempts, last_error = excluded.last_error,
        given_up_at = excluded.given_up_at";
