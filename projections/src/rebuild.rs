//! A read model made anew from the journal, beside the one that is in use.
//!
//! ```text
//! Fresh::make      empty tables like the live ones, in a schema of their own
//!   fill           the journal through the same fold, in the same batches as a worker's
//!     verify       the fresh rows against the journal
//!       put        live rows that differ are replaced and the checkpoint moves, in one transaction
//! ```
//! Queries are answered from the live tables all the time, and see the old rows until the last commit. The live
//! tables themselves stay, with their indexes, rights and policies; rows that are right are not touched.
//!
//! Today it is for a model whose worker is stopped: the worker's lease is held from the first step to the last.
//! A change-over while the worker goes on is made of the same steps: fill and verify without the lease, then take
//! it, fill what has come meanwhile, and put.

mod fresh;

use std::time::{Duration, Instant};

use booking_http::PositionToken;
use booking_journal::{Lease, LeaseFailure, READ_EVENTS_MAX, ReadFailure, Reader};
use sqlx::PgPool;

use crate::booking::Bookings;
use crate::checkpoint;
use crate::fact::Poison;
use crate::flight::Flights;
use crate::model::Model;
use crate::projection::{Projection, StoreFailure};
use crate::runner::turn::{Kept, turn};
use crate::schema::Schema;
use crate::verify::{Finding, VerifyFailure, verify_rows};
use fresh::Fresh;

/// Connections that a rebuild needs in the role `booking_projector`: one holds the lease, one reads, one writes,
/// and one is to spare.
pub const CONNECTIONS: u32 = 4;

/// Where a read model is rebuilt.
#[derive(Debug, Clone)]
pub struct Pools {
    /// May make schemas, as migrations do.
    pub owner: PgPool,
    /// [`CONNECTIONS`] in the role `booking_projector`.
    pub projector: PgPool,
}

/// What was done.
#[derive(Debug, Clone, Copy)]
pub struct Rebuilt {
    /// Where the read model is now: the journal's end when the rebuild began.
    pub shown: PositionToken,
    /// Bookings, or flights.
    pub rows: u64,
    /// What was put right in the live tables.
    pub replaced: Replaced,
    /// What filling took.
    pub filled_in: Duration,
    /// What comparing the fresh rows with the journal took.
    pub verified_in: Duration,
}

/// Rows of the live tables that were not as they are now. One that was wrong counts in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replaced {
    /// Wrong, or surplus.
    pub removed: u64,
    /// Wrong, missing, or not so far.
    pub written: u64,
}

/// Why a read model was not rebuilt. Unless it was the very last step, the live one is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RebuildFailure {
    /// Its worker runs somewhere, or another rebuild.
    #[error("{0} is kept in step by another process: stop the role projections first")]
    InUse(&'static str),
    /// The live read model went on, or the fresh one was lost. The live one is as it was.
    #[error("{0} was changed by another process while it was rebuilt: stop the role projections, and repeat")]
    Disturbed(&'static str),
    /// It is not known whether the worker runs.
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

impl From<sqlx::Error> for RebuildFailure {
    fn from(failure: sqlx::Error) -> Self {
        Self::Store(failure.into())
    }
}

/// Rebuilds one read model, whose worker must be stopped. `told` hears of each batch: the position that was
/// reached, and the last one. Repeating is safe; what a broken rebuild left behind goes with the next.
///
/// # Errors
/// A [`RebuildFailure`].
pub async fn rebuild(
    pools: &Pools,
    model: Model,
    told: impl FnMut(i64, i64) + Send,
) -> Result<Rebuilt, RebuildFailure> {
    match model {
        Model::Booking => rebuild_rows::<Bookings>(pools, told).await,
        Model::Flight => rebuild_rows::<Flights>(pools, told).await,
    }
}

async fn rebuild_rows<P: Projection>(
    pools: &Pools,
    told: impl FnMut(i64, i64) + Send,
) -> Result<Rebuilt, RebuildFailure> {
    let lease = Lease::acquire(&pools.projector, &P::MODEL.lease()).await?;
    let mut lease = lease.ok_or(RebuildFailure::InUse(P::MODEL.name()))?;
    let live = checkpoint::read(&mut *pools.projector.acquire().await?, Schema::Live, P::MODEL).await?;
    let fresh = Fresh::<P>::make(pools).await?;
    let began = Instant::now();
    let shown = fill::<P>(&pools.projector, told).await?;
    let filled_in = began.elapsed();
    let rows = verify::<P>(&pools.projector).await?;
    let verified_in = began.elapsed() - filled_in;
    lease.still_held().await?;
    let replaced = fresh.put(live, shown).await?;
    fresh.drop().await?;
    Ok(Rebuilt { shown, rows, replaced, filled_in, verified_in })
}

/// Brings the fresh tables from the journal's beginning to its end. A page is read while the one before it is
/// stored.
async fn fill<P: Projection>(
    pool: &PgPool,
    mut told: impl FnMut(i64, i64) + Send,
) -> Result<PositionToken, RebuildFailure> {
    let (reader, schema) = (Reader::new(pool.clone()), Schema::Fresh(P::MODEL));
    let (head, mut kept) = (reader.head().await?, Kept::<P>::new());
    let mut shown = PositionToken { epoch: reader.epoch().await?, position: 0 };
    let mut page = reader.after(0, READ_EVENTS_MAX.min(head)).await?;
    while let Some(last) = page.last() {
        let rest = READ_EVENTS_MAX.min(head - last.position);
        let (turned, next) =
            tokio::join!(turn::<P>(pool, schema, &mut kept, shown, &page), reader.after(last.position, rest));
        let turned = turned?;
        turned.poison.map_or(Ok(()), Err)?;
        shown = turned.shown;
        told(shown.position, head);
        page = next?;
    }
    Ok(shown)
}

/// How many fresh rows there are, if all of them are right.
async fn verify<P: Projection>(pool: &PgPool) -> Result<u64, RebuildFailure> {
    let verified = verify_rows::<P>(pool, Schema::Fresh(P::MODEL)).await?;
    let found = verified.findings.len();
    let first = verified.findings.into_iter().next();
    first.map_or(Ok(verified.rows), |first| Err(RebuildFailure::Wrong { found, first }))
}
