//! One batch of events: timers and checkpoint in one transaction.

use booking_http::PositionToken;
use booking_journal::Recorded;
use sqlx::PgPool;

use super::halt::Halt;
use crate::digest::{Change, Digest, Poison, digest};
use crate::reactor::Reactor;
use crate::{checkpoint, timers};

/// How a batch went that was stored.
#[derive(Debug)]
pub struct Turn {
    /// How far the reactor has read now.
    pub read: PositionToken,
    /// Whether a timer was set, which may be due sooner than all others.
    pub has_set: bool,
    /// Why it did not get to the end of the batch.
    pub poison: Option<Poison>,
}

/// Takes in what follows `read`, up to the first event that cannot be.
///
/// # Errors
/// When Postgres fails or another process has gone on; then nothing was stored, or (the connection was lost while
/// committing) all of it: read the checkpoint again.
pub async fn turn(
    pool: &PgPool,
    reactor: Reactor,
    read: PositionToken,
    batch: impl IntoIterator<Item = &Recorded>,
) -> Result<Turn, Halt> {
    let digest = digest(reactor, read.position, batch);
    if read.position < digest.position {
        store(pool, reactor, read, &digest).await?;
    }
    let has_set = digest.changes.values().any(|change| matches!(change, Change::Set(_)));
    let read = PositionToken { position: digest.position, ..read };
    Ok(Turn { read, has_set, poison: digest.poison })
}

/// The checkpoint first: whoever is not the one to go on shall not wait for timers.
async fn store(pool: &PgPool, reactor: Reactor, old: PositionToken, digest: &Digest) -> Result<(), Halt> {
    let mut transaction = pool.begin().await.map_err(Halt::Store)?;
    let advanced = checkpoint::advance(&mut transaction, reactor, old, digest.position).await;
    if !advanced.map_err(Halt::Store)? {
        return Err(Halt::Overtaken);
    }
    timers::store(&mut transaction, reactor, &digest.changes).await.map_err(Halt::Store)?;
    transaction.commit().await.map_err(Halt::Store)
}
