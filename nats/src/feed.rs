//! What projections and reactors consume: every event once, in order, without a gap.
//!
//! ```text
//!                 the stream holds the next one
//!   Journal  ------------------------------------->  Live
//!      ^                                               |
//!      +-- lost, or silent while the journal went on --+
//! ```
//! The feeds of one connection share one consumer (`shared.rs`), so that each message comes to a connection once.
//! Live, each message's sequence is compared with the position that comes next: an older one is dropped, and
//! what a gap or a stray message leaves out is read from the journal. So no position that the server keeps
//! is trusted, and NATS may be wiped, rolled back or away: it only costs time.

pub(crate) mod plan;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use booking_journal::{ReadFailure, Reader, Recorded};
use futures::FutureExt;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::shared::{Message, Seat};
use crate::{Connection, Definition, NatsFailure, streams};
use plan::{Place, Source};

/// Most events of one batch.
pub const BATCH_EVENTS_MAX: usize = 500;
/// How long a busy feed waits for a fuller batch.
const LINGER_MS: u64 = 5;
/// A feed is busy when its first event is there sooner than this.
const BUSY_MS: u64 = 1;
/// The stream is opened for those who are at most so far from its end, before or behind: all others read the journal.
const NEAR_EVENTS: u64 = 1_000;
/// After so long without a message, the journal is asked whether there should have been one.
const QUIET_MS: u64 = 250;
/// Without the stream, how often the journal is asked.
const JOURNAL_POLL_MS: u64 = 100;
/// Between two tries to return to the stream.
const REOPEN_AFTER_MS: u64 = 1_000;
/// The longest that one such try takes, so that a silent server does not hold the feed up.
const OPEN_WITHIN_MS: u64 = 1_000;

/// Why a feed stopped. After [`Journal`](Self::Journal) with a Postgres failure it can be asked again and
/// goes on where it was; everything else is a broken invariant and needs a person.
#[derive(Debug, thiserror::Error)]
pub enum FeedFailure {
    /// The journal could not be read, or has a hole.
    #[error("the feed could not read the journal")]
    Journal(#[from] ReadFailure),
    /// The reader has seen more than was ever written: the journal was restored without a new epoch.
    #[error("position {after} was already applied, but the journal ends at {head}")]
    AheadOfJournal {
        /// The reader's checkpoint.
        after: i64,
        /// The journal's last position.
        head: i64,
    },
    /// The journal is of another epoch than the reader's checkpoint: the read model must be rebuilt.
    #[error("the checkpoint is of epoch {checkpoint}, but the journal is of epoch {journal}")]
    OtherEpoch {
        /// The reader's.
        checkpoint: i32,
        /// The journal's.
        journal: i32,
    },
    /// The server has the stream of a later epoch: the reader follows an old copy of the journal.
    #[error("the checkpoint is of epoch {checkpoint}, but NATS already has the stream of epoch {found}")]
    LaterEpoch {
        /// The reader's.
        checkpoint: i32,
        /// The server's.
        found: i32,
    },
    /// The stream holds a message where the journal has no event.
    #[error("the stream holds a message at {position}, but the journal has no such event")]
    NotInJournal {
        /// The sequence.
        position: i64,
    },
}

impl FeedFailure {
    /// Whether it may pass by itself: a person is needed for everything else.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Journal(ReadFailure::Postgres(_)) => true,
            Self::Journal(ReadFailure::Hole { .. })
            | Self::AheadOfJournal { .. }
            | Self::OtherEpoch { .. }
            | Self::LaterEpoch { .. }
            | Self::NotInJournal { .. } => false,
        }
    }
}

/// What came of a look at the stream.
enum Opened {
    Seat(Seat),
    /// It is not there, or not worth it: the journal is read.
    Nothing,
    /// It is that of a later epoch.
    LaterEpoch(i32),
}

/// Events after a checkpoint, for one reader.
pub struct Feed {
    connection: Connection,
    reader: Reader,
    stream: String,
    definition: Definition,
    epoch: i32,
    /// The position that comes after those in `ready`.
    expected: i64,
    ready: VecDeque<Arc<Recorded>>,
    /// Came before what it follows; handed out once the journal has given that.
    early: Option<Message>,
    live: Option<Seat>,
    reopen_at: Instant,
}

impl Feed {
    /// A feed of everything after position `after` of `epoch`, for a user that may make consumers. NATS need
    /// not be there.
    ///
    /// # Errors
    /// [`FeedFailure::AheadOfJournal`], [`FeedFailure::OtherEpoch`], or when the journal cannot be read.
    pub async fn open(
        connection: Connection,
        reader: Reader,
        epoch: i32,
        after: i64,
    ) -> Result<Self, FeedFailure> {
        let definition = Definition::default();
        let feed = Self {
            stream: definition.name(epoch),
            connection,
            reader,
            definition,
            epoch,
            expected: after + 1,
            ready: VecDeque::new(),
            early: None,
            live: None,
            reopen_at: Instant::now(),
        };
        feed.check_journal().await?;
        Ok(feed)
    }

    /// Waits for at least one event, then returns what is ready: from 1 to `max` (at most
    /// [`BATCH_EVENTS_MAX`]) events whose positions follow those of the last batch without a gap.
    /// Cancel-safe: what was not returned is returned by the next call.
    ///
    /// # Errors
    /// [`FeedFailure`]; nothing is lost by it.
    pub async fn next_batch(&mut self, max: usize) -> Result<Vec<Arc<Recorded>>, FeedFailure> {
        let max = max.clamp(1, BATCH_EVENTS_MAX);
        let asked_at = Instant::now();
        while self.ready.is_empty() {
            self.wait(max).await?;
        }
        self.collect(max, plan::linger(asked_at.elapsed())).await;
        Ok(self.ready.drain(..max.min(self.ready.len())).collect())
    }

    /// One step towards the next event.
    async fn wait(&mut self, max: usize) -> Result<(), FeedFailure> {
        if self.early.is_some() {
            return self.fill_gap(max).await;
        }
        if self.live.is_none() && self.reopen_at <= Instant::now() {
            self.reopen_at = Instant::now() + Duration::from_millis(REOPEN_AFTER_MS);
            self.live = self.reopened().await?;
        }
        if let Some(missing) = self.is_before_live()
            && 0 < self.read_journal(missing.min(max)).await?
        {
            return Ok(());
        }
        match &mut self.live {
            None => self.poll_journal(max).await,
            Some(live) => match timeout(Duration::from_millis(QUIET_MS), live.next()).await {
                Ok(delivered) => {
                    self.take_in(delivered);
                    Ok(())
                }
                Err(_quiet) => self.check_silence(max).await,
            },
        }
    }

    /// How many events come before what the stream delivers; none when the next one is awaited from there.
    fn is_before_live(&self) -> Option<usize> {
        let missing = self.live.as_ref()?.from - self.expected;
        usize::try_from(missing).ok().filter(|missing| 0 < *missing)
    }

    /// More of what is ready within `linger`, never waiting for the journal.
    async fn collect(&mut self, max: usize, linger: Duration) {
        let until = Instant::now() + linger;
        while self.ready.len() < max && self.early.is_none() && self.is_before_live().is_none() {
            let Some(live) = &mut self.live else { return };
            // A timeout of nothing still lasts until the timer's next tick, a millisecond.
            let delivered = match linger {
                Duration::ZERO => live.next().now_or_never(),
                _ => timeout_at(until, live.next()).await.ok(),
            };
            let Some(delivered) = delivered else { return };
            self.take_in(delivered);
        }
    }

    fn take_in(&mut self, delivered: Option<Message>) {
        let Some(delivered) = delivered else {
            self.live = None;
            return;
        };
        match plan::place(delivered.sequence, self.expected) {
            Place::Old => (),
            Place::Next => match delivered.event {
                Some(event) => self.push(event),
                None => self.keep(delivered),
            },
            Place::Early => self.keep(delivered),
        }
    }

    /// Keeps a message until the journal has given what is missing before it, or in its place.
    fn keep(&mut self, delivered: Message) {
        let (position, Message { sequence, subject, .. }) = (self.expected, &delivered);
        let subject = &**subject;
        tracing::warn!(position, sequence, subject, "the stream lacks event {position}: reading the journal");
        self.early = Some(delivered);
    }

    fn push(&mut self, event: Arc<Recorded>) {
        self.expected = event.position + 1;
        self.ready.push_back(event);
    }

    /// Reads from the journal what the stream left out, up to the message that showed the gap.
    async fn fill_gap(&mut self, max: usize) -> Result<(), FeedFailure> {
        let Some(early) = &self.early else { return Ok(()) };
        let until = if early.event.is_some() { early.sequence - 1 } else { early.sequence };
        if self.expected <= until {
            let position = self.expected;
            let missing = usize::try_from(until + 1 - position).unwrap_or(max);
            if self.read_journal(missing.min(max)).await? == 0 {
                return Err(FeedFailure::NotInJournal { position });
            }
        }
        if until < self.expected {
            let event = self.early.take().and_then(|early| early.event);
            event.into_iter().for_each(|event| self.push(event));
        }
        Ok(())
    }

    /// Nothing came: if the journal has more, this consumer or the relay hangs, and the journal is read.
    async fn check_silence(&mut self, max: usize) -> Result<(), FeedFailure> {
        if 0 < self.read_journal(max).await? {
            if let Some(seat) = self.live.take() {
                seat.leave_silent();
            }
            self.reopen_at = Instant::now() + Duration::from_millis(REOPEN_AFTER_MS);
        }
        Ok(())
    }

    async fn poll_journal(&mut self, max: usize) -> Result<(), FeedFailure> {
        let again_at = Instant::now() + Duration::from_millis(JOURNAL_POLL_MS);
        if self.read_journal(max).await? == 0 {
            sleep_until(again_at.min(self.reopen_at)).await;
        }
        Ok(())
    }

    async fn read_journal(&mut self, limit: usize) -> Result<usize, FeedFailure> {
        let limit = i64::try_from(limit.min(BATCH_EVENTS_MAX)).unwrap_or(1);
        let events = self.reader.after(self.expected - 1, limit).await?;
        let count = events.len();
        events.into_iter().for_each(|event| self.push(Arc::new(event)));
        Ok(count)
    }

    /// The stream again, if it is worth it; that NATS is away is no failure of a feed.
    async fn reopened(&self) -> Result<Option<Seat>, FeedFailure> {
        self.check_journal().await?;
        let opened = timeout(Duration::from_millis(OPEN_WITHIN_MS), self.open_live()).await;
        let opened =
            opened.unwrap_or_else(|elapsed| Err(NatsFailure::to("open the stream in time")(elapsed)));
        let opened = opened.inspect_err(|why| tracing::debug!(%why, "reading the journal, not the stream"));
        match opened.unwrap_or(Opened::Nothing) {
            Opened::Seat(seat) => Ok(Some(seat)),
            Opened::Nothing => Ok(None),
            Opened::LaterEpoch(found) => Err(FeedFailure::LaterEpoch { checkpoint: self.epoch, found }),
        }
    }

    async fn open_live(&self) -> Result<Opened, NatsFailure> {
        if !self.connection.is_up() {
            return Ok(Opened::Nothing);
        }
        let state = streams::state(&self.connection, &self.definition, self.epoch).await?;
        if state.is_none()
            && let Some(found) = streams::latest_epoch(&self.connection, &self.definition).await?
            && self.epoch < found
        {
            return Ok(Opened::LaterEpoch(found));
        }
        match plan::source(self.expected, state) {
            Source::Journal => Ok(Opened::Nothing),
            Source::Stream { from } => {
                Ok(Opened::Seat(Seat::take(&self.connection, &self.stream, self.epoch, from).await?))
            }
        }
    }

    async fn check_journal(&self) -> Result<(), FeedFailure> {
        let (checkpoint, journal) = (self.epoch, self.reader.epoch().await?);
        if checkpoint != journal {
            return Err(FeedFailure::OtherEpoch { checkpoint, journal });
        }
        let (after, head) = (self.expected - 1, self.reader.head().await?);
        if head < after { Err(FeedFailure::AheadOfJournal { after, head }) } else { Ok(()) }
    }
}
