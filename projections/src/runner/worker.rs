//! One worker: waits for the lease, follows the journal, and never passes what it cannot take in.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use booking_http::PositionToken;
use booking_http::health::Reporter;
use booking_journal::{Lease, Reader};
use booking_nats::{BATCH_EVENTS_MAX, Feed, FeedFailure};
use tokio::time::{sleep, timeout};
use tracing::{error, info, warn};

use super::Settings;
use super::halt::Halt;
use super::turn::{Kept, Turn, turn};
use crate::checkpoint;
use crate::projection::Projection;
use crate::schema::Schema;

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
    /// Failures since the last batch.
    failures: u32,
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
            failures: 0,
            projection: PhantomData,
        }
    }

    /// Works for ever.
    pub async fn work(mut self) {
        loop {
            let Err(halt) = self.attempt().await;
            let pause_ms = if halt.is_passing() { self.retry(&halt) } else { self.stop(&halt) };
            sleep(Duration::from_millis(pause_ms)).await;
        }
    }

    async fn attempt(&mut self) -> Result<Infallible, Halt> {
        let _lease = self.lease().await?;
        let mut shown = self.checkpoint().await.map_err(Halt::Checkpoint)?;
        self.settings.positions.tell(P::MODEL, shown);
        let Settings { nats, .. } = &self.settings;
        let mut feed = Feed::open(nats.clone(), self.reader.clone(), shown.epoch, shown.position).await?;
        self.follow(&mut feed, &mut shown).await
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

    async fn checkpoint(&self) -> sqlx::Result<PositionToken> {
        checkpoint::read(&mut *self.settings.pool.acquire().await?, Schema::Live, P::MODEL).await
    }

    async fn follow(&mut self, feed: &mut Feed, shown: &mut PositionToken) -> Result<Infallible, Halt> {
        // One that failed has to get past its obstacle first, if there is anything ahead.
        let is_stopped = matches!(self.activity, Activity::Stopped(_));
        let has_failed = is_stopped || 0 < self.failures;
        if !has_failed || self.reader.head().await.map_err(FeedFailure::from)? == shown.position {
            self.report_following(shown.position);
        }
        let mut kept = Kept::<P>::new();
        loop {
            let batch = feed.next_batch(BATCH_EVENTS_MAX).await?;
            let events = batch.iter().map(Arc::as_ref);
            let turn = turn::<P>(&self.settings.pool, Schema::Live, &mut kept, *shown, events);
            let Turn { shown: now, poison } = timeout(Duration::from_millis(TURN_WITHIN_MS), turn).await??;
            *shown = now;
            self.settings.positions.tell(P::MODEL, now);
            poison.map_or(Ok(()), Err)?;
            self.report_following(shown.position);
        }
    }

    fn report_following(&mut self, position: i64) {
        self.failures = 0;
        self.reporter.up();
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

    fn stop(&mut self, halt: &Halt) -> u64 {
        self.reporter.down("stopped at what it cannot take in");
        let (name, reason) = (P::MODEL.name(), halt.reason());
        if self.now(Activity::Stopped(reason.clone())) {
            error!(projection = name, error = reason, "projection {name} has stopped");
        }
        STOPPED_RETRY_MS
    }
}
