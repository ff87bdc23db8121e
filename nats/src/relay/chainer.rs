//! Chains the journal: ahead of what is published, and also while NATS is away.
//!
//! A hash depends on the events alone, not on where a row ends. So an event can be published as soon as its
//! hash is known, and rows may be few: one for every [`ROW_EVENTS`] events, or every [`ROW_EVERY_MS`].

use std::time::Duration;

use booking_journal::{BATCH_EVENTS_MAX, Chain, ChainFailure, ChainKey, Hash, Head, Link, Reader, Recorded};
use chrono::{DateTime, SubsecRound, Utc};
use tokio::time::Instant;

use super::READ_EVENTS;

/// Events after which a row is stored. With those of one read it stays below what a row may hold.
const ROW_EVENTS: i64 = 1_024;
const _: () = assert!(ROW_EVENTS - 1 + READ_EVENTS <= BATCH_EVENTS_MAX, "a row holds what is stored at once");
/// After so long a row is stored, however few events there were: so little is lost of what was hashed, and a
/// quiet engine does not pay for a row with each booking.
const ROW_EVERY_MS: u64 = 250;
/// A head that has moved is signed so often.
const SIGN_EVERY_MS: u64 = 60_000;
/// Reads of one turn while NATS is away; then the lease is asked for again.
const TURN_READS_MAX: u32 = 64;

/// An event with the chain's hashes before and after it.
#[derive(Debug)]
pub(super) struct Linked {
    pub event: Recorded,
    pub before: Hash,
    pub hash: Hash,
}

/// Chains for one leading relay. A second one that does the same computes the same; its rows are refused.
pub(super) struct Chainer {
    reader: Reader,
    chain: Chain,
    key: Option<ChainKey>,
    /// The end of the last row.
    stored: Link,
    stored_at: Instant,
    signed_at: Option<Instant>,
}

impl Chainer {
    pub fn new(reader: Reader, key: Option<ChainKey>) -> Self {
        let chain = reader.chain();
        Self { reader, chain, key, stored: Link::start(), stored_at: Instant::now(), signed_at: None }
    }

    /// How far the chain is stored.
    pub const fn stored(&self) -> i64 {
        self.stored.position
    }

    /// Looks at what is stored. Returns the end of a row from which the hash at `position` can be computed.
    pub async fn begin(&mut self, position: i64) -> Result<Link, ChainFailure> {
        self.stored = self.chain.last().await?;
        self.stored_at = Instant::now();
        self.chain.at(position).await
    }

    /// Chains events that follow `from`, and stores a row when it is time. What was chained before is compared.
    pub async fn follow(&mut self, from: Link, events: Vec<Recorded>) -> Result<Vec<Linked>, ChainFailure> {
        let linked = chained(from, events);
        let end = linked.last().map_or(from, Linked::end);
        if from.position < self.stored.position {
            self.compare(&linked, from.position, end.position).await?;
        }
        self.store_when_due(end).await?;
        Ok(linked)
    }

    /// Stores what was chained up to `end`, and signs, when it is time.
    pub async fn store_when_due(&mut self, end: Link) -> Result<(), ChainFailure> {
        let pending = end.position - self.stored.position;
        let waited = Duration::from_millis(ROW_EVERY_MS) <= self.stored_at.elapsed();
        if ROW_EVENTS <= pending || (0 < pending && waited) {
            self.store(end).await?;
        }
        let is_due = |at: Instant| Duration::from_millis(SIGN_EVERY_MS) <= at.elapsed();
        if self.signed_at.is_none_or(is_due) { self.sign().await } else { Ok(()) }
    }

    /// One turn of chaining alone, without anything to publish to.
    pub async fn catch_up(&mut self) -> Result<(), ChainFailure> {
        let mut link = self.begin(i64::MAX).await?;
        for _read in 0..TURN_READS_MAX {
            let events = self.reader.after(link.position, READ_EVENTS).await?;
            if events.is_empty() {
                break;
            }
            link = events.iter().fold(link, |link, event| link.then(event));
            self.store(link).await?;
        }
        self.store_when_due(link).await
    }

    /// Leaves everything chained, and the head signed.
    pub async fn close(mut self) -> Result<(), ChainFailure> {
        self.catch_up().await?;
        self.sign().await
    }

    async fn compare(&self, linked: &[Linked], after: i64, to: i64) -> Result<(), ChainFailure> {
        let at = |position: i64| linked.get(usize::try_from(position - after - 1).ok()?).map(Linked::end);
        let rows = self.chain.batches(after, to).await?;
        match rows.iter().find(|row| at(row.until) != Some(row.end())) {
            Some(row) => Err(ChainFailure::Broken { position: row.until }),
            None => Ok(()),
        }
    }

    async fn store(&mut self, end: Link) -> Result<(), ChainFailure> {
        self.chain.store(&self.stored, &end).await?;
        (self.stored, self.stored_at) = (end, Instant::now());
        Ok(())
    }

    /// Signs the last row, unless this key has. Without a row there is nothing to sign.
    async fn sign(&mut self) -> Result<(), ChainFailure> {
        let Some(key) = self.key.as_ref().filter(|_| 0 < self.stored.position) else { return Ok(()) };
        if self.chain.last_signed(&key.public().id()).await? < self.stored.position {
            let epoch = self.reader.epoch().await?;
            let head = Head { epoch, link: self.stored, signed_at: now() };
            self.chain.keep(&key.sign(head)).await?;
        }
        self.signed_at = Some(Instant::now());
        Ok(())
    }
}

impl Linked {
    pub const fn end(&self) -> Link {
        Link { position: self.event.position, hash: self.hash }
    }
}

fn chained(from: Link, events: Vec<Recorded>) -> Vec<Linked> {
    let mut link = from;
    let chain = events.into_iter().map(|event| {
        let before = link.hash;
        link = link.then(&event);
        Linked { event, before, hash: link.hash }
    });
    chain.collect()
}

/// As precise as it is stored.
fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}
