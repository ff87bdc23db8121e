//! Why a worker leaves its feed, and whether that passes.

use std::error::Error;

use booking_journal::LeaseFailure;
use booking_nats::FeedFailure;
use sqlx::error::DatabaseError;
use tokio::time::error::Elapsed;

use super::worker::TURN_WITHIN_MS;
use crate::fact::Poison;
use crate::projection::StoreFailure;

/// Class of SQLSTATE: a value cannot be what its column holds.
const DATA_EXCEPTION: &str = "22";

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
            Self::Store(StoreFailure::Postgres(failure)) => !is_of_data(failure),
            Self::Store(StoreFailure::Refused { table: "checkpoint", .. }) => true,
            Self::Store(StoreFailure::Garbled { .. } | StoreFailure::Refused { .. }) => false,
            Self::Feed(failure) => failure.is_passing(),
            Self::Poison(_) => false,
        }
    }

    /// All of the chain.
    pub fn reason(&self) -> String {
        let chain = std::iter::successors(Some(self as &dyn Error), |&failure| failure.source());
        chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }
}

/// Whether Postgres refused a value, such as a date out of its range: the same events hold it again and again.
fn is_of_data(failure: &sqlx::Error) -> bool {
    let code = failure.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code.starts_with(DATA_EXCEPTION))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::fmt;

    use sqlx::error::ErrorKind;

    use super::*;

    /// What Postgres says, by its code.
    #[derive(Debug)]
    struct Said(&'static str);

    impl fmt::Display for Said {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Said {}

    impl DatabaseError for Said {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn a_value_that_postgres_refuses_needs_a_person() {
        let store = |failure| Halt::Store(StoreFailure::Postgres(failure));
        let said = |code| store(sqlx::Error::Database(Box::new(Said(code))));
        for (code, is_passing) in [("22008", false), ("22P05", false), ("40001", true), ("57P01", true)] {
            assert_eq!(said(code).is_passing(), is_passing, "{code}");
        }
        assert!(store(sqlx::Error::PoolTimedOut).is_passing());
    }
}
