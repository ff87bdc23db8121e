//! The follower: waits for the lease, reads events, sets timers, and never passes what it cannot take in.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use booking_http::PositionToken;
use booking_http::health::Reporter;
use booking_journal::{Lease, Reader};
use booking_nats::{BATCH_EVENTS_MAX, Connection, Feed, FeedFailure};
use sqlx::PgPool;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tracing::{error, info, warn};

use super::Settings;
use super::halt::Halt;
use super::turn::{Turn, turn};
use crate::backoff::pause_of_worker;
use crate::checkpoint;
use crate::reactor::Reactor;

/// How often an idle follower asks for the lease.
const LEASE_RETRY_MS: u64 = 1_000;
/// The longest that a batch takes to store. It may wait for deeds that are being done.
pub const TURN_WITHIN_MS: u64 = 30_000;
/// How often a stopped follower looks whether the obstacle is gone.
const STOPPED_RETRY_MS: u64 = 15_000;

/// What a follower does.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Activity {
    /// It has not got so far as to know.
    Starting,
    /// Another process reads the events.
    Idle,
    /// It follows the journal.
    Following,
    /// Something it needs is away; it tries again by itself.
    Retrying,
    /// It met what it must not pass, for this reason; it looks again from time to time, but a person is needed.
    Stopped(String),
}

/// Keeps one reactor's timers in step with the journal.
pub struct Follower {
    reactor: Reactor,
    pool: PgPool,
    nats: Connection,
    reader: Reader,
    /// Told when a timer was set.
    news: Arc<Notify>,
    reporter: Reporter,
    activity: Activity,
    /// Failures since the last batch.
    failures: u32,
}

impl Follower {
    pub fn new(reactor: Reactor, settings: &Settings, news: Arc<Notify>, reporter: Reporter) -> Self {
        let (pool, nats) = (settings.pool.clone(), settings.nats.clone());
        let reader = Reader::new(pool.clone());
        Self { reactor, pool, nats, reader, news, reporter, activity: Activity::Starting, failures: 0 }
    }

    /// Works for ever.
    pub async fn work(mut self) {
        loop {
            let Err(halt) = self.attempt().await;
            let pause = if halt.is_passing() { self.retry(&halt) } else { self.stop(&halt) };
            sleep(pause).await;
        }
    }

    async fn attempt(&mut self) -> Result<Infallible, Halt> {
        let _lease = self.lease().await?;
        let read = self.checkpoint().await.map_err(Halt::Checkpoint)?;
        // What the last holder has set, this process was not told of.
        self.news.notify_one();
        let mut feed = Feed::open(self.nats.clone(), self.reader.clone(), read.epoch, read.position).await?;
        self.follow(&mut feed, read).await
    }

    /// Waits until no other process does this work.
    async fn lease(&mut self) -> Result<Lease, Halt> {
        loop {
            if let Some(lease) = Lease::acquire(&self.pool, &self.reactor.lease()).await? {
                return Ok(lease);
            }
            self.now(Activity::Idle);
            self.reporter.up();
            sleep(Duration::from_millis(LEASE_RETRY_MS)).await;
        }
    }

    async fn checkpoint(&self) -> sqlx::Result<PositionToken> {
        checkpoint::read(&mut *self.pool.acquire().await?, self.reactor).await
    }

    async fn follow(&mut self, feed: &mut Feed, mut read: PositionToken) -> Result<Infallible, Halt> {
        // One that failed has to get past its obstacle first, if there is anything ahead.
        let is_stopped = matches!(self.activity, Activity::Stopped(_));
        let has_failed = is_stopped || 0 < self.failures;
        if !has_failed || self.reader.head().await.map_err(FeedFailure::from)? == read.position {
            self.report_following(read.position);
        }
        loop {
            let batch = feed.next_batch(BATCH_EVENTS_MAX).await?;
            let events = batch.iter().map(Arc::as_ref);
            let turn = turn(&self.pool, self.reactor, read, events);
            let Turn { read: now, has_set, poison } =
                timeout(Duration::from_millis(TURN_WITHIN_MS), turn).await??;
            read = now;
            if has_set {
                self.news.notify_one();
            }
            poison.map_or(Ok(()), Err)?;
            self.report_following(read.position);
        }
    }

    fn report_following(&mut self, position: i64) {
        self.failures = 0;
        self.reporter.up();
        if self.now(Activity::Following) {
            let name = self.reactor.name();
            info!(reactor = name, position, "reactor {name} follows the journal from position {position}");
        }
    }

    /// Whether that is news.
    fn now(&mut self, activity: Activity) -> bool {
        let news = self.activity != activity;
        self.activity = activity;
        news
    }

    fn retry(&mut self, halt: &Halt) -> Duration {
        self.reporter.down("retrying");
        let (name, reason) = (self.reactor.name(), halt.reason());
        if self.failures == 0 {
            warn!(reactor = name, error = reason, "reactor {name} was interrupted and tries again");
        }
        self.now(Activity::Retrying);
        let pause = pause_of_worker(self.failures);
        self.failures = self.failures.saturating_add(1);
        pause
    }

    fn stop(&mut self, halt: &Halt) -> Duration {
        self.reporter.down("stopped at what it cannot take in");
        let (name, reason) = (self.reactor.name(), halt.reason());
        if self.now(Activity::Stopped(reason.clone())) {
            error!(reactor = name, error = reason, "reactor {name} has stopped");
        }
        Duration::from_millis(STOPPED_RETRY_MS)
    }
}
