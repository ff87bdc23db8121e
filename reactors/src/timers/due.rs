//! Timers that are due, and when the next one is.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};
use uuid::Uuid;

use crate::action::{Cause, Timer, TimerKey};
use crate::reactor::Reactor;

/// A timer that is due. It belongs to the transaction that took it.
#[derive(Debug, Clone)]
pub struct Due {
    pub timer: Timer,
    /// Tries that failed.
    pub attempts: i32,
}

impl FromRow<'_, PgRow> for Due {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let key = TimerKey { tenant: row.try_get::<Uuid, _>("tenant_id")?.into(), key: row.try_get("key")? };
        let cause =
            Cause { event_id: row.try_get("cause_id")?, correlation_id: row.try_get("correlation_id")? };
        let (subject_id, due_at) = (row.try_get("subject_id")?, row.try_get("due_at")?);
        Ok(Self { timer: Timer { key, subject_id, due_at, cause }, attempts: row.try_get("attempts")? })
    }
}

/// Timers to wake at `now`, at most `limit`, those waiting for longest first. Nobody else has them until the
/// transaction ends; what another process has is passed over.
///
/// # Errors
/// When Postgres fails.
pub async fn take(
    connection: &mut PgConnection,
    reactor: Reactor,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Due>> {
    sqlx::query_as(TAKE).bind(reactor.name()).bind(now).bind(limit).fetch_all(connection).await
}

/// When the first timer after `now` is due. What is due already and was not taken, others have.
///
/// # Errors
/// When Postgres fails.
pub async fn next_after(
    connection: &mut PgConnection,
    reactor: Reactor,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar(NEXT).bind(reactor.name()).bind(now).fetch_one(connection).await
}

const TAKE: &str = "
    select tenant_id, key, subject_id, due_at, cause_id, correlation_id, attempts from react.timer
    where reactor = $1 and next_try_at <= $2
    order by next_try_at limit $3
    for update skip locked";

const NEXT: &str = "select min(next_try_at) from react.timer where reactor = $1 and $2 < next_try_at";
