//! One worker: waits for the lease, follows the journal, and never passes what it cannot take in.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use booking_http::health::Reporter;
use booking_journal::{Lease, Reader, Recorded};
use booking_nats::{BATCH_EVENTS_MAX, Feed, FeedFailure};
use tokio::time::{sleep, timeout};
use tracing::{error, info, warn};

use super::Settings;
use super::halt::Halt;
use super::turn::{Kept, Turn, turn};
use crate::checkpoint::{self, Stand};
use crate::projection::{Projection, StoreFailure};
use crate::schema::Schema;
use crate::stop;

/// How often an idle worker asks for the lease.
const LEASE_RETRY_MS: u64 = 1_000;
/// The first pause after a failure; each further one is twice as long.
const PAUSE_MS: u64 = 100;
/// The longest pause after a failure.
const PAUSE_MS_MAX: u64 = 5_000;
/// The longest that a batch takes to store.
pub const TURN_WITHIN_MS: u64 = 30_000;
/// How often a stopped worker looks whether the obstacle is gone.
const STOPPED_RETRY_MS: u64 = 15_000;

/// What a worker does.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Activity {
    /// It has not got so far as to know.
    Starting,
    /// Another process does the work.
    Idle,
    /// It follows the journal.
    Following,
    /// Something it needs is away; it tries again by itself.
    Retrying,
    /// It met what it must not pass, for this reason; it looks again from time to time, but a person is needed.
    Stopped(String),
}

/// Keeps one read model in step.
pub struct Worker<P> {
    settings: Settings,
    reader: Reader,
    reporter: Reporter,
    activity: Activity,
    /// The last position that was taken in, as far as it is known.
    position: i64,
    /// Failures since the last batch.
    failures: u32,
    /// Whether `read.stop` may have a row, of this process or of one before it.
    is_noted: bool,
    projection: PhantomData<P>,
}

impl<P: Projection> Worker<P> {
    pub fn new(settings: Settings, reporter: Reporter) -> Self {
        let reader = Reader::new(settings.pool.clone());
        Self {
            settings,
            reader,
            reporter,
            activity: Activity::Starting,
            position: 0,
            failures: 0,
            is_noted: true,
            projection: PhantomData,
        }
    }

    /// Works for ever.
    pub async fn work(mut self) {
        loop {
            let Err(halt) = self.attempt().await;
            let pause_ms = if halt.is_passing() { self.retry(&halt) } else { self.stop(&halt).await };
            sleep(Duration::from_millis(pause_ms)).await;
        }
    }

    async fn attempt(&mut self) -> Result<Infallible, Halt> {
        let _lease = self.lease().await?;
        loop {
            let stand = self.stand().await?;
            self.settings.positions.tell(P::MODEL, stand.shown);
            self.position = stand.shown.position;
            let (nats, reader) = (self.settings.nats.clone(), self.reader.clone());
            let mut feed = Feed::open(nats, reader, stand.shown.epoch, stand.shown.position).await?;
            self.follow(&mut feed, stand).await?;
            let name = P::MODEL.name();
            info!(projection = name, "projection {name} goes on in the tables that a rebuild has made");
        }
    }

    /// Waits until no other process does this work.
    async fn lease(&mut self) -> Result<Lease, Halt> {
        loop {
            if let Some(lease) = Lease::acquire(&self.settings.pool, &P::MODEL.lease()).await? {
                return Ok(lease);
            }
            self.now(Activity::Idle);
            self.reporter.up();
            sleep(Duration::from_millis(LEASE_RETRY_MS)).await;
        }
    }

    async fn stand(&self) -> Result<Stand, Halt> {
        let stand = async {
            checkpoint::read(&mut *self.settings.pool.acquire().await?, Schema::Live, P::MODEL).await
        };
        stand.await.map_err(Halt::Checkpoint)
    }

    /// Returns when a rebuild has put other tables in place.
    async fn follow(&mut self, feed: &mut Feed, mut stand: Stand) -> Result<(), Halt> {
        // One that failed has to get past its obstacle first, if there is anything ahead.
        let is_stopped = matches!(self.activity, Activity::Stopped(_));
        let has_failed = is_stopped || 0 < self.failures;
        if !has_failed || self.reader.head().await.map_err(FeedFailure::from)? == stand.shown.position {
            self.report_following(stand.shown.position).await;
        }
        let mut kept = Kept::<P>::new();
        loop {
            let batch = feed.next_batch(BATCH_EVENTS_MAX).await?;
            let Some(turned) = self.turn(&mut kept, stand, &batch).await? else { return Ok(()) };
            stand = turned.stand;
            self.settings.positions.tell(P::MODEL, stand.shown);
            self.position = stand.shown.position;
            turned.poison.map_or(Ok(()), Err)?;
            self.report_following(stand.shown.position).await;
        }
    }

    /// `None` when the rows in memory are of tables that are gone. Whatever was refused then says nothing.
    async fn turn(
        &self,
        kept: &mut Kept<P>,
        stand: Stand,
        batch: &[Arc<Recorded>],
    ) -> Result<Option<Turn>, Halt> {
        let events = batch.iter().map(Arc::as_ref);
        let turn = turn::<P>(&self.settings.pool, Schema::Live, kept, stand, events);
        let turned = timeout(Duration::from_millis(TURN_WITHIN_MS), turn).await?;
        if matches!(turned, Err(StoreFailure::Refused { .. }))
            && self.stand().await?.generation != stand.generation
        {
            return Ok(None);
        }
        Ok(Some(turned?))
    }

    async fn report_following(&mut self, position: i64) {
        self.failures = 0;
        self.reporter.up();
        if self.is_noted {
            // It is tried again after the next batch.
            self.is_noted = stop::clear(&self.settings.pool, P::MODEL).await.is_err();
        }
        if self.now(Activity::Following) {
            let name = P::MODEL.name();
            info!(
                projection = name,
                position, "projection {name} follows the journal from position {position}"
            );
        }
    }

    /// Whether that is news.
    fn now(&mut self, activity: Activity) -> bool {
        let news = self.activity != activity;
        self.activity = activity;
        news
    }

    fn retry(&mut self, halt: &Halt) -> u64 {
        self.reporter.down("retrying");
        let (name, reason) = (P::MODEL.name(), halt.reason());
        if self.failures == 0 {
            warn!(projection = name, error = reason, "projection {name} was interrupted and tries again");
        }
        self.now(Activity::Retrying);
        let pause_ms = PAUSE_MS.saturating_mul(1 << self.failures.min(16)).min(PAUSE_MS_MAX);
        self.failures = self.failures.saturating_add(1);
        pause_ms
    }

    async fn stop(&mut self, halt: &Halt) -> u64 {
        let (name, reason, next) = (P::MODEL.name(), halt.reason(), self.position + 1);
        self.reporter.down_before(next, "stopped at what it cannot take in");
        self.is_noted = true;
        if let Err(failure) = stop::note(&self.settings.pool, P::MODEL, next, &reason).await {
            warn!(projection = name, %failure, "it could not be noted that projection {name} has stopped");
        }
        if self.now(Activity::Stopped(reason.clone())) {
            error!(projection = name, position = next, error = reason, "projection {name} has stopped");
        }
        STOPPED_RETRY_MS
    }
}
