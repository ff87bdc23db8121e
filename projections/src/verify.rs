//! Whether a read model says what the journal says: the journal folded from scratch with the same pure mapping,
//! and compared row by row.
//!
//! In one pass and little memory: a row is let go as soon as it has come as far as its stored one, and compared
//! then.

mod audit;
mod finding;

use std::collections::HashSet;

use booking_journal::{READ_EVENTS_MAX, ReadFailure, Reader};
use sqlx::PgPool;

use crate::booking::Bookings;
use crate::checkpoint;
use crate::fact::{Key, Poison, stream_of};
use crate::flight::Flights;
use crate::model::Model;
use crate::projection::{Projection, StoreFailure, digest};
use crate::schema::Schema;
use audit::Audit;
pub use finding::Finding;

/// After so many findings nobody needs more: the rest is not looked at.
pub const FINDINGS_MAX: usize = 100;

/// What was looked at, and what is wrong with it.
#[derive(Debug)]
pub struct Verified {
    /// Such as `booking_v1`.
    pub name: &'static str,
    /// Its checkpoint, up to which the journal was folded.
    pub position: i64,
    /// Rows that were compared.
    pub rows: u64,
    /// Empty when all is well; at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
}

/// Why a read model could not be verified. Nothing is ever changed by verifying.
#[derive(Debug, thiserror::Error)]
pub enum VerifyFailure {
    /// Its tables could not be read.
    #[error("could not read the read model")]
    Store(#[from] StoreFailure),
    /// The journal could not be read, or has a hole.
    #[error("could not read the journal")]
    Journal(#[from] ReadFailure),
    /// The journal holds what this program does not know.
    #[error("the journal holds what cannot be read")]
    Poison(#[from] Poison),
    /// The read model has seen more than was ever written.
    #[error("the checkpoint is at {position}, but the journal ends at {head}")]
    Ahead {
        /// The checkpoint.
        position: i64,
        /// The journal's last position.
        head: i64,
    },
}

impl From<sqlx::Error> for VerifyFailure {
    fn from(failure: sqlx::Error) -> Self {
        Self::Store(failure.into())
    }
}

/// Verifies one read model as it is at this moment, while its worker goes on. `pool` has the role
/// `booking_projector`.
///
/// # Errors
/// When journal or tables cannot be read. What is wrong with rows is no error but a [`Finding`].
pub async fn verify(pool: &PgPool, model: Model) -> Result<Verified, VerifyFailure> {
    match model {
        Model::Booking => verify_rows::<Bookings>(pool, Schema::Live).await,
        Model::Flight => verify_rows::<Flights>(pool, Schema::Live).await,
    }
}

/// The same for tables in a schema of choice.
pub(crate) async fn verify_rows<P: Projection>(
    pool: &PgPool,
    schema: Schema,
) -> Result<Verified, VerifyFailure> {
    let reader = Reader::new(pool.clone());
    let gate = schema.sql(P::MODEL.gate());
    // In this order: a rebuild waits then, and does not take away the tables that the snapshot is of.
    let begin =
        format!("begin isolation level repeatable read read only; lock table {gate} in access share mode");
    let mut snapshot = pool.begin_with(begin).await?;
    let position = checkpoint::read(&mut snapshot, schema, P::MODEL).await?.shown.position;
    let mut audit = Audit::<P>::new(schema, position);
    let mut at = 0;
    while at < position && !audit.is_full() {
        let events = reader.after(at, READ_EVENTS_MAX.min(position - at)).await?;
        let digest = digest::<P>(at, &events);
        digest.poison.map_or(Ok(()), Err)?;
        if digest.position == at {
            return Err(VerifyFailure::Ahead { position, head: at });
        }
        at = digest.position;
        audit.take_in(&mut snapshot, at, &digest.facts).await?;
    }
    audit.report_open();
    if audit.has_uncounted(&mut snapshot).await? {
        let known = known_keys::<P>(&reader, position).await?;
        audit.report_surplus(&mut snapshot, &known).await?;
    }
    Ok(audit.verified())
}

/// Reads the journal once more, for the keys alone.
async fn known_keys<P: Projection>(reader: &Reader, position: i64) -> Result<HashSet<Key>, VerifyFailure> {
    let (mut at, mut known) = (0, HashSet::new());
    while at < position {
        let events = reader.after(at, READ_EVENTS_MAX.min(position - at)).await?;
        let Some(last) = events.last() else { break };
        at = last.position;
        for recorded in &events {
            let id = P::row_of(stream_of(recorded)?.family());
            known.extend(id.map(|id| Key { tenant: recorded.tenant_id, id }));
        }
    }
    Ok(known)
}
