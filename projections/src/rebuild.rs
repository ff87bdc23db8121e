//! A read model made anew from the journal, beside the one in use, and put in its place while bookings go on.
//!
//! ```text
//!   make      tables like the live ones, empty, in a schema of their own         the worker goes on in the live
//!   fill      the journal through the same fold, in the same batches             tables, queries are answered
//!   settle    what a crash would have taken is on the disk from now on           from them
//!   verify    the fresh rows against the journal
//!   switch    fill what has come meanwhile, lock, fill the rest, exchange        one commit
//! ```
//! The exchange is one transaction in which the live tables go, the fresh ones take their place and names, and the
//! checkpoint says so (its `generation`). It begins by locking the model's [gate](Model::gate) against the worker,
//! who waits for milliseconds, brings the fresh tables to exactly where the live ones are, and only then locks
//! readers out. Who reads has locked the gate before taking a snapshot, so nobody's snapshot is older than the tables;
//! who is known to Postgres by a prepared statement is given the new ones, because the old are gone. The worker
//! finds another generation at its next batch, forgets the rows that it kept, and goes on.
//!
//! Every step can be done again, and a lost connection costs no more than that. A rebuild that dies leaves the fresh
//! tables behind, which the next one drops.

mod failure;
mod fresh;
mod progress;
mod run;
mod switch;

use std::time::Duration;

use booking_http::PositionToken;
use sqlx::PgPool;

use crate::booking::Bookings;
use crate::flight::Flights;
use crate::model::Model;
pub use failure::RebuildFailure;
pub(crate) use progress::Noted;
pub use progress::{Phase, Progress};
use run::Run;

/// Connections that a rebuild needs in the role `booking_projector`: one holds the lease, one reads, one writes,
/// and one is to spare.
pub const CONNECTIONS: u32 = 4;

/// Where a read model is rebuilt.
#[derive(Debug, Clone)]
pub struct Pools {
    /// May make schemas, as migrations do, and owns the tables of `read`.
    pub owner: PgPool,
    /// [`CONNECTIONS`] in the role `booking_projector`.
    pub projector: PgPool,
}

/// What was done.
#[derive(Debug, Clone, Copy)]
pub struct Rebuilt {
    /// Where the read model was when the fresh tables took the place of the live ones.
    pub shown: PositionToken,
    /// Bookings, or flights, that were compared with the journal.
    pub rows: u64,
    /// Steps that were broken off and done again.
    pub interruptions: u32,
    /// What it all took.
    pub took: Took,
}

/// How long each part took, without the pauses after interruptions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Took {
    /// Until the journal's end.
    pub filling: Duration,
    /// Until the fresh tables would stand a crash.
    pub settling: Duration,
    /// Comparing the fresh rows with the journal.
    pub verifying: Duration,
    /// From locking the worker out until the commit.
    pub switching: Duration,
}

/// Rebuilds one read model, whose worker may run. `told` hears of each batch. Repeating is safe; what a broken rebuild
/// left behind goes with the next.
///
/// # Errors
/// A [`RebuildFailure`].
pub async fn rebuild(
    pools: &Pools,
    model: Model,
    told: impl FnMut(Progress) + Send,
) -> Result<Rebuilt, RebuildFailure> {
    match model {
        Model::Booking => Run::<Bookings, _>::begin(pools, told).await?.finish().await,
        Model::Flight => Run::<Flights, _>::begin(pools, told).await?.finish().await,
    }
}
