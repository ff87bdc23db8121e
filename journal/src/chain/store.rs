//! Where the chain is kept: a row for each batch, and signed heads.

use sqlx::PgPool;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};

use super::link::{HASH_BYTES, Hash, Link};
use super::signature::{Head, SignedHead};
use crate::ReadFailure;

/// Most events of one batch; the table takes no more.
pub const BATCH_EVENTS_MAX: i64 = 2_048;

/// Heads that one question returns.
const HEADS_MAX: i64 = 5_000;

/// Why the chain was not read or not stored.
#[derive(Debug, thiserror::Error)]
pub enum ChainFailure {
    /// Postgres could not be asked. Whether a row was stored is unknown; storing it again is safe.
    #[error("could not use the hash chain")]
    Postgres(#[from] sqlx::Error),
    /// Nothing was stored: the chain does not end where the batch begins. Someone else has chained on.
    #[error("the hash chain does not end at position {since}")]
    Taken {
        /// Where the batch would begin.
        since: i64,
    },
    /// What is stored is not what the events give: an event or the chain was changed by hand.
    #[error("the hash chain differs from the journal at position {position}: run booking verify")]
    Broken {
        /// The end of the batch that differs.
        position: i64,
    },
}

/// One row: the events with `since < position <= until`, and the hash after the last of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The end of the row before; `None` for the first, which holds no event.
    pub since: Option<i64>,
    /// The last event.
    pub until: i64,
    /// After it.
    pub hash: Hash,
}

/// A signed head, and the chain's hash at its position, if it ends a row there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHead {
    /// As it was signed.
    pub signed: SignedHead,
    /// What the chain says now.
    pub chained: Option<Hash>,
}

/// The stored chain.
#[derive(Debug, Clone)]
pub struct Chain {
    pool: PgPool,
}

impl Chain {
    pub(crate) const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// How far it is stored.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn last(&self) -> Result<Link, ChainFailure> {
        self.at(i64::MAX).await
    }

    /// The last end of a row that is not after `position`: where to begin to compute the hash at `position`.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn at(&self, position: i64) -> Result<Link, ChainFailure> {
        let row: Option<Batch> = sqlx::query_as(AT).bind(position).fetch_optional(&self.pool).await?;
        Ok(row.map_or_else(Link::start, |row| row.end()))
    }

    /// Rows with `after < until <= to`, in order; never more than there are positions in between.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn batches(&self, after: i64, to: i64) -> Result<Vec<Batch>, ChainFailure> {
        Ok(sqlx::query_as(BATCHES).bind(after).bind(to).fetch_all(&self.pool).await?)
    }

    /// The row that holds an event.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn batch_of(&self, position: i64) -> Result<Option<Batch>, ChainFailure> {
        Ok(sqlx::query_as(BATCH_OF).bind(position).fetch_optional(&self.pool).await?)
    }

    /// Stores the batch from one link to another, at most [`BATCH_EVENTS_MAX`] events, onto a row that ends
    /// with `since`.
    ///
    /// # Errors
    /// [`ChainFailure::Taken`] when there is no such row, or another one hangs on it already.
    pub async fn store(&self, since: &Link, until: &Link) -> Result<(), ChainFailure> {
        let stored = sqlx::query(STORE)
            .bind(since.position)
            .bind(since.hash.bytes().as_slice())
            .bind(until.position)
            .bind(until.hash.bytes().as_slice())
            .execute(&self.pool)
            .await;
        match stored {
            Ok(done) if 0 < done.rows_affected() => Ok(()),
            Ok(_) => Err(ChainFailure::Taken { since: since.position }),
            Err(failure) if is_taken(&failure) => Err(ChainFailure::Taken { since: since.position }),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Keeps a signed head. The same one again changes nothing.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn keep(&self, signed: &SignedHead) -> Result<(), ChainFailure> {
        let SignedHead { head, key_id, signature } = signed;
        sqlx::query(KEEP)
            .bind(head.epoch)
            .bind(head.link.position)
            .bind(head.link.hash.bytes().as_slice())
            .bind(head.signed_at)
            .bind(key_id)
            .bind(signature.as_slice())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Signed heads after a position, in order; about [`HEADS_MAX`] at most: never a part of those at one position.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn heads(&self, after: i64) -> Result<Vec<StoredHead>, ChainFailure> {
        Ok(sqlx::query_as(HEADS).bind(after).bind(HEADS_MAX).fetch_all(&self.pool).await?)
    }

    /// Signed heads before a position, the newest first; about `limit` at most: never a part of those at one position.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn heads_before(&self, before: i64, limit: i64) -> Result<Vec<StoredHead>, ChainFailure> {
        let limit = limit.min(HEADS_MAX);
        Ok(sqlx::query_as(HEADS_BEFORE).bind(before).bind(limit).fetch_all(&self.pool).await?)
    }

    /// The position of the last head that a key signed, 0 without one.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn last_signed(&self, key_id: &str) -> Result<i64, ChainFailure> {
        let last: Option<i64> =
            sqlx::query_scalar(LAST_SIGNED).bind(key_id).fetch_optional(&self.pool).await?;
        Ok(last.unwrap_or(0))
    }
}

impl From<ReadFailure> for ChainFailure {
    fn from(failure: ReadFailure) -> Self {
        match failure {
            ReadFailure::Postgres(failure) => Self::Postgres(failure),
            ReadFailure::Hole { position } => Self::Broken { position },
        }
    }
}

impl Batch {
    /// The chain at its end.
    pub const fn end(&self) -> Link {
        Link { position: self.until, hash: self.hash }
    }
}

fn is_taken(failure: &sqlx::Error) -> bool {
    failure.as_database_error().is_some_and(|why| why.is_unique_violation() || why.is_foreign_key_violation())
}

impl FromRow<'_, PgRow> for Batch {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let hash = hash(row.try_get("hash")?)?;
        Ok(Self { since: row.try_get("since")?, until: row.try_get("until")?, hash })
    }
}

impl FromRow<'_, PgRow> for StoredHead {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let link = Link { position: row.try_get("position")?, hash: hash(row.try_get("hash")?)? };
        let (epoch, signed_at) = (row.try_get("epoch")?, row.try_get("signed_at")?);
        let (key_id, signature) = (row.try_get("key_id")?, row.try_get("signature")?);
        let signed = SignedHead { head: Head { epoch, link, signed_at }, key_id, signature };
        let chained: Option<Vec<u8>> = row.try_get("chained")?;
        Ok(Self { signed, chained: chained.map(hash).transpose()? })
    }
}

fn hash(bytes: Vec<u8>) -> Result<Hash, sqlx::Error> {
    let bytes: Result<[u8; HASH_BYTES], _> = bytes.try_into();
    bytes.map(Hash::new).map_err(|_| sqlx::Error::Decode("a hash of the chain has 32 bytes".into()))
}

const AT: &str = "select since, until, hash from journal.chain where until <= $1 order by until desc limit 1";

const BATCHES: &str =
    "select since, until, hash from journal.chain where $1 < until and until <= $2 order by until";

const BATCH_OF: &str =
    "select since, until, hash from journal.chain where $1 <= until order by until limit 1";

const STORE: &str = "
    insert into journal.chain (since, until, hash)
    select until, $3, $4 from journal.chain where until = $1 and hash = $2";

const KEEP: &str = "
    insert into journal.signed_head (epoch, position, hash, signed_at, key_id, signature)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing";

const HEADS: &str = "
    select h.epoch, h.position, h.hash, h.signed_at, h.key_id, h.signature, c.hash as chained
    from journal.signed_head h left join journal.chain c on c.until = h.position
    where $1 < h.position
    order by h.position
    fetch first $2 rows with ties";

const HEADS_BEFORE: &str = "
    select h.epoch, h.position, h.hash, h.signed_at, h.key_id, h.signature, c.hash as chained
    from journal.signed_head h left join journal.chain c on c.until = h.position
    where h.position < $1
    order by h.position desc
    fetch first $2 rows with ties";

const LAST_SIGNED: &str =
    "select position from journal.signed_head where key_id = $1 order by position desc limit 1";
