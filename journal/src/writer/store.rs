//! What the writer asks of the journal's tables. Postgres answers it in production, and in the simulation of
//! `tests/simulation/` a store in memory that a seed rules.

use std::collections::HashMap;

use booking_domain::Family;

use super::StopReason;
use super::append::{Appended, Stored};
use super::batch::{Batch, Decided};
use crate::Recorded;

/// The tables, and how long they may take: nothing here waits without a bound.
pub trait Store: Clone + Send + Sync + 'static {
    /// Stores a batch that was decided on the journal up to `known`: all that is not left out, in one commit.
    ///
    /// # Errors
    /// [`AppendFailure`], which says whether anything may have been stored.
    fn append(
        &self,
        known: i64,
        batch: &Batch,
        groups: &[i32],
    ) -> impl Future<Output = Result<Appended, AppendFailure>> + Send;

    /// What the ledger has of requests whose answer was lost, by index. It is asked under the lock, because the
    /// old backend may still be committing. `None` when it could not be asked in time.
    fn outcomes(&self, decided: &[Decided]) -> impl Future<Output = Option<HashMap<usize, Stored>>> + Send;

    /// The last position written, 0 for an empty journal.
    ///
    /// # Errors
    /// When it could not be asked.
    fn head(&self) -> impl Future<Output = Result<i64, StopReason>> + Send;

    /// The next events after a position, without a hole; none at the end of the journal.
    ///
    /// # Errors
    /// [`StopReason::Hole`] when a position is missing; when it could not be asked.
    fn after(&self, position: i64) -> impl Future<Output = Result<Vec<Recorded>, StopReason>> + Send;

    /// All events of families, each stream's in order, and the journal's head before they were read.
    ///
    /// # Errors
    /// When it could not be asked.
    fn histories(
        &self,
        families: &[Family],
    ) -> impl Future<Output = Result<(i64, Vec<Recorded>), StopReason>> + Send;
}

/// Why a batch has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AppendFailure {
    /// It may be stored all the same: ask the ledger.
    #[error("the connection was lost while committing")]
    Lost(#[source] sqlx::Error),
    /// Nothing was stored: a key stood in the way.
    #[error("a key stood in the way of a batch")]
    Clash(#[source] sqlx::Error),
    /// Nothing was stored.
    #[error("a batch was not stored")]
    Refused(#[source] sqlx::Error),
}

impl From<sqlx::Error> for AppendFailure {
    /// An error that the server reports has rolled the commit back.
    fn from(failure: sqlx::Error) -> Self {
        if is_lost(&failure) {
            return Self::Lost(failure);
        }
        let unique = failure.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation);
        if unique { Self::Clash(failure) } else { Self::Refused(failure) }
    }
}

/// Whether the commit may have happened all the same.
const fn is_lost(failure: &sqlx::Error) -> bool {
    !matches!(failure, sqlx::Error::Database(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
}
