//! Taking away rows that count for nothing any more.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

/// Pause between two sweeps.
const SWEEP_PAUSE_S: u64 = 60;

/// Most rows deleted by one statement.
const SWEEP_ROWS_MAX: i64 = 1_000;

/// Most statements for one table in one sweep; the next goes on.
const SWEEP_STATEMENTS_MAX: u32 = 100;

/// Deletes what has expired, in small batches, until `shutdown`. Any number of processes may do so at once.
pub async fn sweep(pool: PgPool, shutdown: CancellationToken) {
    let mut pause = tokio::time::interval(Duration::from_secs(SWEEP_PAUSE_S));
    loop {
        tokio::select! {
            _ = pause.tick() => {}
            () = shutdown.cancelled() => return,
        }
        for statement in EXPIRED {
            if let Err(failure) = delete(&pool, statement).await {
                tracing::warn!("could not take away what has expired of the accounts' rows: {failure}");
            }
        }
    }
}

async fn delete(pool: &PgPool, statement: &str) -> sqlx::Result<()> {
    for _ in 0..SWEEP_STATEMENTS_MAX {
        let deleted = sqlx::query(statement).bind(SWEEP_ROWS_MAX).execute(pool).await?;
        if deleted.rows_affected() < SWEEP_ROWS_MAX.unsigned_abs() {
            break;
        }
    }
    Ok(())
}

/// By the clock of Postgres; a day later than could matter, whatever the clocks of the processes say.
const EXPIRED: [&str; 3] = [
    "delete from identity.session where ctid = any (array(
        select ctid from identity.session where expires_at < now() - interval '1 day' limit $1))",
    "delete from identity.attempt where ctid = any (array(
        select ctid from identity.attempt where window_until < now() - interval '1 day' limit $1))",
    "delete from identity.password_reset where ctid = any (array(
        select ctid from identity.password_reset where expires_at < now() - interval '1 day' limit $1))",
];
