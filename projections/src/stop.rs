//! What a worker does not pass: noted beside the checkpoint, for whoever asks another process.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgPool};

use crate::model::Model;

/// Longest reason that is kept; what is longer stands in the log.
const REASON_CHARS_MAX: usize = 1_000;

/// Where a read model stands still until a person has seen to it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Stop {
    /// Of the first event that was not taken in; nothing is skipped.
    pub position: i64,
    /// In the words of the program.
    pub reason: String,
    /// By the clock of Postgres.
    pub since: DateTime<Utc>,
}

/// Notes what a model's worker does not pass. The same again changes nothing.
///
/// # Errors
/// When Postgres fails.
pub async fn note(pool: &PgPool, model: Model, position: i64, reason: &str) -> sqlx::Result<()> {
    let reason: String = reason.chars().take(REASON_CHARS_MAX).collect();
    sqlx::query(NOTE).bind(model.name()).bind(position).bind(reason).execute(pool).await?;
    Ok(())
}

/// The worker has passed it.
///
/// # Errors
/// When Postgres fails.
pub async fn clear(pool: &PgPool, model: Model) -> sqlx::Result<()> {
    sqlx::query("delete from read.stop where name = $1").bind(model.name()).execute(pool).await?;
    Ok(())
}

const NOTE: &str = "
    insert into read.stop as old (name, position, reason, since) values ($1, $2, $3, clock_timestamp())
    on conflict on constraint stop_pkey do update
    set position = excluded.position, reason = excluded.reason, since = excluded.since
    where (old.position, old.reason) <> (excluded.position, excluded.reason)";
