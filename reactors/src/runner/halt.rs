//! Why a follower leaves its feed, and whether that passes.

use std::error::Error;

use booking_journal::LeaseFailure;
use booking_nats::FeedFailure;
use sqlx::error::DatabaseError;
use tokio::time::error::Elapsed;

use super::follower::TURN_WITHIN_MS;
use crate::digest::Poison;

/// Class of SQLSTATE: a value cannot be what its column holds.
const DATA_EXCEPTION: &str = "22";

/// Why a follower left its feed.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    #[error("the lease could not be had")]
    Lease(#[from] LeaseFailure),
    #[error("the checkpoint could not be read")]
    Checkpoint(#[source] sqlx::Error),
    #[error("a batch could not be stored")]
    Store(#[source] sqlx::Error),
    #[error("another process has gone on from the checkpoint")]
    Overtaken,
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
            Self::Lease(_) | Self::Checkpoint(_) | Self::Overtaken | Self::TimedOut(_) => true,
            Self::Store(failure) => !is_of_data(failure),
            Self::Feed(failure) => failure.is_passing(),
            Self::Poison(_) => false,
        }
    }

    /// All of the chain.
    pub fn reason(&self) -> String {
        chain(self)
    }
}

/// A failure and all that caused it, in one text.
pub fn chain(failure: &dyn Error) -> String {
    let chain = std::iter::successors(Some(failure), |&failure| failure.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Whether Postgres refused a value, such as a date out of its range: the same events hold it again and again.
fn is_of_data(failure: &sqlx::Error) -> bool {
    let code = failure.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code.starts_with(DATA_EXCEPTION))
}

#[cfg(test)]
mod tests {
    use booking_journal::ReadFailure;

    use super::*;

    #[test]
    fn a_restored_journal_needs_a_person_and_a_lost_connection_does_not() {
        let hole = ReadFailure::Hole { position: 7 };
        let other_epoch = FeedFailure::OtherEpoch { checkpoint: 1, journal: 2 };
        for (halt, is_passing) in [
            (Halt::Store(sqlx::Error::PoolTimedOut), true),
            (Halt::Overtaken, true),
            (Halt::Feed(FeedFailure::Journal(sqlx::Error::PoolTimedOut.into())), true),
            (Halt::Feed(FeedFailure::Journal(hole)), false),
            (Halt::Feed(other_epoch), false),
        ] {
            assert_eq!(halt.is_passing(), is_passing, "{halt}");
        }
        let halt = Halt::Feed(FeedFailure::AheadOfJournal { after: 9, head: 7 });
        assert!(halt.reason().starts_with("the events could not be had: position 9"), "{}", halt.reason());
    }
}
