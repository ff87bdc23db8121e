//! The relay: copies the journal into the stream so that stream sequence = journal position.
//!
//! ```text
//!  Idle ----> Starting ----> Relaying <----> CaughtUp
//!   ^            |  ^            |               |
//!   |            |  +- Retrying <+---------------+   NATS or Postgres is away, or the stream moved
//!   +------------+---------------+   lease lost
//!                v               v
//!              Stopped: a broken invariant
//! ```
//! Each message says which sequence must be the last before it, and which stream it is for: a second relay, a
//! paused one that wakes up, or one of an earlier epoch can therefore neither repeat nor reorder anything. The
//! lease only keeps a second relay from trying. Writes never wait for the relay.
//!
//! It also chains the journal (`chainer`), ahead of publishing, and while NATS is away.

mod chainer;
pub(crate) mod plan;
mod previous;
mod session;

use std::time::Duration;

use booking_journal::{ChainFailure, ChainKey, Lease, LeaseFailure, Leases, ReadFailure, Reader};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::message::Unfit;
use crate::{Connection, Definition, StreamFailure};
use chainer::Chainer;
use session::{Session, Trouble};

/// Messages that one acknowledgement vouches for.
pub const WINDOW_EVENTS: usize = 256;
/// Events that are read from the journal at once.
const READ_EVENTS: i64 = 1_024;
/// How often an idle relay asks for the lease, and a leading one whether it still holds it.
const LEASE_EVERY_MS: u64 = 1_000;
/// The longest that chaining and signing take when the relay is told to stop.
const CLOSE_WITHIN_MS: u64 = 5_000;
/// The name of the lease.
const LEASE: &str = "relay";

/// Why the relay gave up: an invariant is broken and a person is needed. What is in the stream is right.
#[derive(Debug, thiserror::Error)]
pub enum RelayFailure {
    /// The journal was restored to an earlier point without a new epoch.
    #[error("the stream ends at {last}, but the journal at {head}")]
    AheadOfJournal {
        /// The stream's last sequence.
        last: i64,
        /// The journal's last position.
        head: i64,
    },
    /// The journal has a hole, or cannot be read as it should.
    #[error("the relay could not read the journal")]
    Journal(#[source] ReadFailure),
    /// What is stored of the hash chain is not what the events give.
    #[error("the journal was changed by hand")]
    Chain(#[source] ChainFailure),
    /// The stream is not what it must be.
    #[error("the stream is not to be used")]
    Stream(#[source] StreamFailure),
    /// An event that no message can carry.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// A message is larger than the server takes.
    #[error("the event at position {position} is larger than max_payload of the NATS server")]
    TooLarge {
        /// Where it stands in the journal.
        position: i64,
    },
    /// A message was stored elsewhere than asked: the server does not keep its word.
    #[error("position {position} was stored at sequence {sequence}")]
    Misplaced {
        /// What was asked for.
        position: i64,
        /// What was acknowledged.
        sequence: i64,
    },
}

/// How far the relay is. Lag is `head - relayed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The last position that is known to be in the stream.
    pub relayed: i64,
    /// The journal's last position, as last seen.
    pub head: i64,
    /// How far the hash chain is stored.
    pub chained: i64,
    /// What it does now.
    pub state: RelayState,
    /// How often this relay made the stream. When it grows, the tenants' durables must be made again.
    pub streams_made: u32,
}

/// What a relay does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayState {
    /// Another process holds the lease, or it is not known who does.
    Idle,
    /// Looks at stream and journal.
    Starting,
    /// Publishes.
    Relaying,
    /// Waits for the journal to grow.
    CaughtUp,
    /// Tries again soon; says why.
    Retrying(String),
    /// Has given up; says why.
    Stopped(String),
}

/// Copies the journal into the stream.
pub struct Relay {
    connection: Connection,
    reader: Reader,
    leases: Leases,
    definition: Definition,
    key: Option<ChainKey>,
    progress: watch::Sender<Progress>,
}

impl Relay {
    /// A relay for the user that may publish events.
    pub fn new(connection: Connection, reader: Reader, leases: Leases) -> Self {
        let progress = Progress { relayed: 0, head: 0, chained: 0, state: RelayState::Idle, streams_made: 0 };
        let progress = watch::Sender::new(progress);
        Self { connection, reader, leases, definition: Definition::default(), key: None, progress }
    }

    /// Another stream than the compiled-in one.
    #[must_use]
    pub fn with_definition(self, definition: Definition) -> Self {
        Self { definition, ..self }
    }

    /// Signs heads of the hash chain with a key.
    #[must_use]
    pub fn with_key(self, key: Option<ChainKey>) -> Self {
        Self { key, ..self }
    }

    /// How far it is, for health and metrics.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Relays until `shutdown`, then leaves everything chained and the head signed; can be cut off anywhere
    /// without harm.
    ///
    /// # Errors
    /// [`RelayFailure`] when going on would be wrong. NATS or Postgres being away is none.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), RelayFailure> {
        tokio::select! {
            ended = self.work() => return ended.inspect_err(|why| self.say(RelayState::Stopped(chain(why)))),
            () = shutdown => {}
        }
        if self.progress.borrow().state != RelayState::Idle {
            self.close().await;
        }
        Ok(())
    }

    /// What is not chained now, the next relay chains.
    async fn close(&self) {
        let closed = Chainer::new(self.reader.clone(), self.key.clone()).close();
        match timeout(Duration::from_millis(CLOSE_WITHIN_MS), closed).await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => tracing::warn!(why = chain(&why), "the end of the journal is not chained yet"),
            Err(_elapsed) => tracing::warn!("the end of the journal is not chained yet: no time"),
        }
    }

    async fn work(&self) -> Result<(), RelayFailure> {
        loop {
            self.say(RelayState::Idle);
            match self.leases.acquire(LEASE).await {
                Ok(Some(lease)) => self.lead(lease).await?,
                Ok(None) => sleep(Duration::from_millis(LEASE_EVERY_MS)).await,
                Err(why) => {
                    self.say(RelayState::Retrying(chain(&why)));
                    sleep(Duration::from_millis(LEASE_EVERY_MS)).await;
                }
            }
        }
    }

    /// Session after session, until the lease is lost.
    async fn lead(&self, mut lease: Lease) -> Result<(), RelayFailure> {
        let mut failures = 0;
        let mut chainer = Chainer::new(self.reader.clone(), self.key.clone());
        loop {
            self.say(RelayState::Starting);
            let mut session = Session::new(self);
            let trouble = session.run(&mut lease, &mut chainer).await;
            failures = if session.has_published { 1 } else { failures + 1 };
            match trouble {
                Trouble::LeaseLost => return Ok(()),
                Trouble::Stop(failure) => return Err(failure),
                Trouble::Again(why) => self.pause(why, failures, &mut chainer).await?,
            }
            if !self.holds(&mut lease).await {
                return Ok(());
            }
        }
    }

    /// Meanwhile only the stream stands still: the journal may be asked, and is chained on.
    async fn pause(&self, why: String, failures: u32, chainer: &mut Chainer) -> Result<(), RelayFailure> {
        let pause = plan::pause(failures);
        let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(why, pause_ms, "the relay tries again in {pause_ms} ms: {why}");
        self.say(RelayState::Retrying(why));
        if let Ok(head) = self.reader.head().await {
            self.progress.send_modify(|progress| progress.head = head);
        }
        match chainer.catch_up().await {
            Err(broken @ ChainFailure::Broken { .. }) => return Err(RelayFailure::Chain(broken)),
            Err(why) => tracing::debug!(why = chain(&why), "the journal is chained later"),
            Ok(()) => {}
        }
        self.progress.send_modify(|progress| progress.chained = chainer.stored());
        sleep(pause).await;
        Ok(())
    }

    async fn holds(&self, lease: &mut Lease) -> bool {
        let held: Result<bool, LeaseFailure> = lease.still_held().await;
        held.inspect_err(|why| tracing::warn!(why = chain(why), "the relay lost its lease")).unwrap_or(false)
    }

    fn say(&self, state: RelayState) {
        self.progress.send_if_modified(|progress| {
            let changes = progress.state != state;
            progress.state = state;
            changes
        });
    }
}

/// The failure and its sources in one line.
fn chain(failure: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(failure.source(), |source| source.source());
    sources.fold(failure.to_string(), |text, source| format!("{text}: {source}"))
}
