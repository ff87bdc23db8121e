//! One batch: load, fold, store, move the checkpoint, all in one transaction.

use std::collections::HashMap;

use booking_http::PositionToken;
use booking_journal::Recorded;
use sqlx::PgPool;

use crate::checkpoint;
use crate::fact::{Key, Poison};
use crate::projection::{Digest, Projection, Row, StoreFailure, digest};

/// Rows as they are stored, kept from one batch to the next. Nobody else writes them as long as the checkpoint
/// stands where it was left, and without that no batch is stored.
pub type Kept<P> = HashMap<Key, <P as Projection>::Row>;

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
/// while committing) all of it: read the checkpoint again, and keep no rows.
pub async fn turn<P: Projection>(
    pool: &PgPool,
    kept: &mut Kept<P>,
    shown: PositionToken,
    batch: &[Recorded],
) -> Result<Turn, StoreFailure> {
    let mut digest = digest::<P>(shown.position, batch);
    if shown.position < digest.position {
        store::<P>(pool, kept, shown, &mut digest).await?;
    }
    Ok(Turn { shown: PositionToken { position: digest.position, ..shown }, poison: digest.poison })
}

async fn store<P: Projection>(
    pool: &PgPool,
    kept: &mut Kept<P>,
    shown: PositionToken,
    digest: &mut Digest<P::News>,
) -> Result<(), StoreFailure> {
    let (mut rows, to_load) = known::<P>(kept, digest);
    let mut transaction = pool.begin_with(BEGIN).await?;
    if !to_load.is_empty() {
        rows.extend(P::load(&mut transaction, &to_load).await?);
    }
    digest.fold::<P>(&mut rows);
    if shown.position < digest.position {
        P::store(&mut transaction, shown.position, &rows).await?;
        checkpoint::advance(&mut transaction, P::MODEL, shown, digest.position).await?;
        transaction.commit().await?;
    }
    keep::<P>(kept, rows);
    Ok(())
}

/// Takes out the rows of a batch that are at hand, and names those that are not.
fn known<P: Projection>(kept: &mut Kept<P>, digest: &Digest<P::News>) -> (Kept<P>, Vec<Key>) {
    let (mut rows, mut to_load) = (HashMap::new(), vec![]);
    for (key, begins) in digest.rows::<P>() {
        match kept.remove(&key) {
            Some(row) => drop(rows.insert(key, row)),
            None if begins => (),
            None => to_load.push(key),
        }
    }
    (rows, to_load)
}

fn keep<P: Projection>(kept: &mut Kept<P>, rows: Kept<P>) {
    if P::KEPT_MAX < kept.len() + rows.len() {
        kept.clear();
    }
    if rows.len() <= P::KEPT_MAX {
        kept.extend(rows.into_iter().map(|(key, row)| (key, row.as_loaded())));
    }
}

/// Rows and checkpoint are lost together in a crash and made again from the journal, so nobody waits for the
/// disk. Plans are held to the indexes: one made while a table was empty would scan it for ever.
const BEGIN: &str = "
    begin;
    set local synchronous_commit = off;
    set local enable_seqscan = off;
    set local enable_hashjoin = off;
    set local enable_mergejoin = off";
