//! Why a worker leaves its feed, and whether that passes.

use std::error::Error;

use booking_journal::{LeaseFailure, ReadFailure};
use booking_nats::FeedFailure;
use tokio::time::error::Elapsed;

use super::worker::TURN_WITHIN_MS;
use crate::fact::Poison;
use crate::projection::StoreFailure;

/// Why a worker left its feed.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    #[error("the lease could not be had")]
    Lease(#[from] LeaseFailure),
    #[error("the checkpoint could not be read")]
    Checkpoint(#[source] sqlx::Error),
    #[error("a batch could not be stored")]
    Store(#[from] StoreFailure),
    #[error("the events could not be had")]
    Feed(#[from] FeedFailure),
    #[error("a batch was not stored within {TURN_WITHIN_MS} ms")]
    TimedOut(#[from] Elapsed),
    #[error("an event cannot be taken in")]
    Poison(#[from] Poison),
}

impl Halt {
    /// Whether it may pass by itself: a person is needed for everything else.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Lease(_) | Self::Checkpoint(_) | Self::TimedOut(_) => true,
            Self::Store(StoreFailure::Postgres(_) | StoreFailure::Refused { table: "checkpoint", .. }) => {
                true
            }
            Self::Store(StoreFailure::Garbled { .. } | StoreFailure::Refused { .. }) => false,
            Self::Feed(FeedFailure::Journal(ReadFailure::Postgres(_))) => true,
            Self::Feed(
                FeedFailure::Journal(ReadFailure::Hole { .. })
                | FeedFailure::AheadOfJournal { .. }
                | FeedFailure::OtherEpoch { .. }
                | FeedFailure::NotInJournal { .. },
            )
            | Self::Poison(_) => false,
        }
    }

    /// All of the chain.
    pub fn reason(&self) -> String {
        let chain = std::iter::successors(Some(self as &dyn Error), |&failure| failure.source());
        chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }
}
