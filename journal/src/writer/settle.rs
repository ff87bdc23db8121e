//! A connection was lost while committing: was the batch stored?
//!
//! The requests are not repeated. The ledger is asked under the lock, because the old backend may still be
//! committing. What it does not know then is unknown, not absent: a statement may lie in a buffer on its way, and be
//! taken up after the question. A repeat under the same key is safe in either case.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::PgPool;
use tokio::time::Instant;

use super::ANSWER_WITHIN;
use super::append::Stored;
use super::batch::{Batch, Decided};
use super::store::Store;
use crate::request::DERIVED_KEY_LIVES_S;

/// How long the outcome is asked for before the callers are told that it is unknown.
pub const SETTLE_MS_MAX: u64 = 10_000;

/// Pause between two tries to reach Postgres.
const SETTLE_PAUSE_MS: u64 = 100;

// Or else an acceptance under a derived key could have expired when the ledger is asked, and would be taken for not
// stored.
const _: () = assert!(
    ANSWER_WITHIN.as_secs() + SETTLE_MS_MAX / 1_000 < DERIVED_KEY_LIVES_S.unsigned_abs() as u64,
    "a derived key outlives the question what became of its request"
);

pub struct Settled {
    pub decided: Vec<Decided>,
    /// What the ledger says, by index in the batch; of the others nothing is known.
    pub stored: HashMap<usize, Stored>,
}

#[derive(sqlx::FromRow)]
struct Row {
    n: i64,
    same: bool,
    status: i16,
    code: Option<String>,
    subject: String,
    position: i64,
}

pub async fn settle(store: &impl Store, batch: Batch) -> Settled {
    let decided = batch.decided;
    let stored = store.outcomes(&decided).await.unwrap_or_else(|| {
        tracing::error!(requests = decided.len(), "could not learn what was stored");
        HashMap::new()
    });
    Settled { decided, stored }
}

/// Asks until Postgres answers, for no longer than [`SETTLE_MS_MAX`].
pub async fn outcomes_in_time(pool: &PgPool, decided: &[Decided]) -> Option<HashMap<usize, Stored>> {
    let deadline = Instant::now() + Duration::from_millis(SETTLE_MS_MAX);
    loop {
        match tokio::time::timeout_at(deadline, outcomes(pool, decided)).await {
            Ok(Ok(stored)) => return Some(stored),
            Ok(Err(_)) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(SETTLE_PAUSE_MS)).await;
            }
            Ok(Err(_)) | Err(_) => return None,
        }
    }
}

async fn outcomes(pool: &PgPool, decided: &[Decided]) -> sqlx::Result<HashMap<usize, Stored>> {
    let keys = || decided.iter().map(|one| &one.ticket.request);
    let rows: Vec<Row> = sqlx::query_as(OUTCOMES)
        .bind(keys().map(|request| request.tenant.uuid()).collect::<Vec<_>>())
        .bind(keys().map(|request| request.key.caller.as_str()).collect::<Vec<_>>())
        .bind(keys().map(|request| request.key.key.as_str()).collect::<Vec<_>>())
        .bind(keys().map(|request| request.key.fingerprint.as_slice()).collect::<Vec<_>>())
        .fetch_all(pool)
        .await?;
    let stored = |row: Row| {
        let Row { n, same, status, code, subject, position } = row;
        let index = usize::try_from(n - 1).unwrap_or(usize::MAX);
        (index, Stored { same, status, code, subject, position })
    };
    Ok(rows.into_iter().map(stored).collect())
}

const OUTCOMES: &str =
    "select n, same, status, code, subject, \"position\" from journal.outcomes($1, $2, $3, $4)";
