//! One batch: load, fold, store, move the checkpoint, all in one transaction.

use std::collections::HashMap;

use booking_http::PositionToken;
use booking_journal::Recorded;
use sqlx::PgPool;

use crate::checkpoint;
use crate::fact::Poison;
use crate::projection::{Digest, Projection, StoreFailure, digest};

/// How a batch went that was stored.
#[derive(Debug)]
pub struct Turn {
    /// What the read model shows now.
    pub shown: PositionToken,
    /// Why it did not get to the end of the batch.
    pub poison: Option<Poison>,
}

/// Takes in what follows `shown`, up to the first event that does not fit.
///
/// # Errors
/// When Postgres fails or another worker has gone on; then nothing was stored, or (the connection was lost
/// while committing) all of it: read the checkpoint again.
pub async fn turn<P: Projection>(
    pool: &PgPool,
    shown: PositionToken,
    batch: &[Recorded],
) -> Result<Turn, StoreFailure> {
    let mut digest = digest::<P>(shown.position, batch);
    if shown.position < digest.position {
        store::<P>(pool, shown, &mut digest).await?;
    }
    Ok(Turn { shown: PositionToken { position: digest.position, ..shown }, poison: digest.poison })
}

async fn store<P: Projection>(
    pool: &PgPool,
    shown: PositionToken,
    digest: &mut Digest<P::News>,
) -> Result<(), StoreFailure> {
    let mut transaction = pool.begin_with(BEGIN).await?;
    let to_load = digest.to_load::<P>();
    let mut rows =
        if to_load.is_empty() { HashMap::new() } else { P::load(&mut transaction, &to_load).await? };
    digest.fold::<P>(&mut rows);
    if shown.position < digest.position {
        P::store(&mut transaction, shown.position, &rows).await?;
        checkpoint::advance(&mut transaction, P::MODEL, shown, digest.position).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// Rows and checkpoint are lost together in a crash and made again from the journal, so nobody waits for the
/// disk. Plans are held to the indexes: one made while a table was empty would scan it for ever.
const BEGIN: &str = "
    begin;
    set local synchronous_commit = off;
    set local enable_seqscan = off;
    set local enable_hashjoin = off;
    set local enable_mergejoin = off";
