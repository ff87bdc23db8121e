//! Why a rebuild breaks off, and what passes by itself.

use booking_journal::{LeaseFailure, ReadFailure};
use sqlx::Error;

use crate::fact::Poison;
use crate::projection::StoreFailure;
use crate::verify::{Finding, VerifyFailure};

/// Classes of SQLSTATE that pass by themselves: connections, conflicts, room, locks, and a server that stops.
const PASSING: [&str; 5] = ["08", "40", "53", "55", "57"];
/// A lock was not had in time.
const LOCKED: &str = "55P03";
/// There is no such table, no such schema.
const GONE: [&str; 2] = ["42P01", "3F000"];

/// Why a read model was not rebuilt. The live one is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RebuildFailure {
    /// Two at once would fill the same tables.
    #[error("{0} is being rebuilt by another process")]
    UnderWay(&'static str),
    /// Another rebuild has begun, or has ended, in the meantime.
    #[error("the fresh tables of {0} were lost to another rebuild: repeat")]
    Disturbed(&'static str),
    /// Readers that hold on to the live tables for long, such as `verify` or `pg_dump`.
    #[error("{0} was read all the time, and could not be exchanged: repeat when verify or a backup is over")]
    Busy(&'static str),
    /// It is not known whether another rebuild is under way.
    #[error("the lease could not be had")]
    Lease(#[from] LeaseFailure),
    /// Tables could not be made, read or written.
    #[error("could not reach the tables of the read model")]
    Store(#[from] StoreFailure),
    /// The journal could not be read, or has a hole.
    #[error("could not read the journal")]
    Journal(#[from] ReadFailure),
    /// The journal holds what this program does not know.
    #[error("the journal holds what cannot be read")]
    Poison(#[from] Poison),
    /// The fresh rows could not be compared with the journal.
    #[error("could not verify the fresh rows")]
    Verify(#[from] VerifyFailure),
    /// The fresh rows are not what the journal says: the program is wrong.
    #[error("{} rows came out wrong; {first}", .found)]
    Wrong {
        /// How many findings.
        found: usize,
        /// The first of them.
        first: Finding,
    },
}

impl From<Error> for RebuildFailure {
    fn from(failure: Error) -> Self {
        Self::Store(failure.into())
    }
}

impl RebuildFailure {
    /// Whether the same step may succeed a little later.
    pub(super) fn is_passing(&self) -> bool {
        let is_known = matches!(
            self,
            // The session that held the lease may be gone for us and not yet for Postgres.
            Self::UnderWay(_) | Self::Lease(LeaseFailure::TimedOut)
            // A batch of ours was stored though its answer was lost.
            | Self::Store(StoreFailure::Refused { table: "checkpoint", .. })
        );
        is_known || self.of_postgres().is_some_and(passes)
    }

    /// Whether a lock was not had in time.
    pub(super) fn is_of_lock(&self) -> bool {
        self.of_postgres().is_some_and(|failure| has_code(failure, &[LOCKED]))
    }

    fn of_postgres(&self) -> Option<&Error> {
        match self {
            Self::Lease(LeaseFailure::Postgres(failure))
            | Self::Store(StoreFailure::Postgres(failure))
            | Self::Journal(ReadFailure::Postgres(failure))
            | Self::Verify(
                VerifyFailure::Store(StoreFailure::Postgres(failure))
                | VerifyFailure::Journal(ReadFailure::Postgres(failure)),
            ) => Some(failure),
            Self::UnderWay(_)
            | Self::Disturbed(_)
            | Self::Busy(_)
            | Self::Lease(LeaseFailure::TimedOut)
            | Self::Store(StoreFailure::Garbled { .. } | StoreFailure::Refused { .. })
            | Self::Journal(ReadFailure::Hole { .. })
            | Self::Poison(_)
            | Self::Verify(_)
            | Self::Wrong { .. } => None,
        }
    }
}

fn passes(failure: &Error) -> bool {
    let of_connection = matches!(
        failure,
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::PoolTimedOut | Error::WorkerCrashed
    );
    of_connection || has_code(failure, &PASSING)
}

/// Whether a table is gone.
pub(super) fn is_gone(failure: &Error) -> bool {
    has_code(failure, &GONE)
}

fn has_code(failure: &Error, beginnings: &[&str]) -> bool {
    let code = failure.as_database_error().and_then(|said| said.code());
    code.is_some_and(|code| beginnings.iter().any(|beginning| code.starts_with(beginning)))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn what_a_lost_connection_breaks_off_is_done_again_and_what_is_wrong_is_not() {
        let lost = || Error::Io(io::Error::from(io::ErrorKind::ConnectionReset));
        let store = |table| StoreFailure::Refused { table, written: 0, asked: 1 };
        let rows = [
            (RebuildFailure::from(lost()), true),
            (RebuildFailure::Journal(ReadFailure::Postgres(lost())), true),
            (RebuildFailure::Verify(VerifyFailure::from(lost())), true),
            (RebuildFailure::Lease(LeaseFailure::TimedOut), true),
            (RebuildFailure::Store(store("checkpoint")), true),
            (RebuildFailure::Store(store("booking_v1")), false),
            (RebuildFailure::Journal(ReadFailure::Hole { position: 7 }), false),
            (RebuildFailure::from(Error::RowNotFound), false),
            (RebuildFailure::Disturbed("booking_v1"), false),
            (RebuildFailure::Busy("booking_v1"), false),
        ];
        for (failure, is_passing) in rows {
            assert_eq!(failure.is_passing(), is_passing, "{failure:?}");
            assert!(!failure.is_of_lock());
        }
    }
}
