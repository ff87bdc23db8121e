//! The waker: sleeps until the next timer is due, and does what is.

use std::sync::Arc;
use std::time::Duration;

use booking_http::health::Reporter;
use tokio::sync::{Notify, watch};
use tokio::time::error::Elapsed;
use tokio::time::{sleep, timeout};
use tracing::warn;

use super::Settings;
use super::halt::chain;
use super::round::{TIMERS_MAX, round};
use crate::backoff::pause_of_worker;
use crate::reactor::Reactor;
use crate::timers;

/// The longest sleep. What another process sets, or lets go of when it dies, nobody tells this one.
pub const LOOK_MS_MAX: u64 = 1_000;
/// The longest that a round takes, deeds and all.
const ROUND_WITHIN_MS: u64 = 30_000;

/// Why timers could not be looked at. Some of their deeds may have been done; they are done again.
#[derive(Debug, thiserror::Error)]
enum Missed {
    #[error("postgres did not do what was asked")]
    Postgres(#[from] sqlx::Error),
    #[error("timers were not settled within {ROUND_WITHIN_MS} ms")]
    TimedOut(#[from] Elapsed),
}

/// Wakes one reactor's timers, beside the wakers of other processes.
pub struct Waker {
    reactor: Reactor,
    settings: Settings,
    reporter: Reporter,
    /// In a row.
    failures: u32,
}

impl Waker {
    pub const fn new(reactor: Reactor, settings: Settings, reporter: Reporter) -> Self {
        Self { reactor, settings, reporter, failures: 0 }
    }

    /// Works until `stop` is told or dropped; a round under way is finished.
    pub async fn work(mut self, news: Arc<Notify>, mut stop: watch::Receiver<()>) {
        loop {
            let pause = match timeout(Duration::from_millis(ROUND_WITHIN_MS), self.look()).await {
                Ok(Ok(pause)) => self.rest(pause),
                Ok(Err(failure)) => self.retry(&failure.into()),
                Err(elapsed) => self.retry(&elapsed.into()),
            };
            tokio::select! {
                biased;
                _ = stop.changed() => return,
                () = news.notified() => (),
                () = sleep(pause) => (),
            }
        }
    }

    /// One round, and how long there is nothing to do after it.
    async fn look(&self) -> sqlx::Result<Duration> {
        let Settings { pool, journal, clock, .. } = &self.settings;
        if round(pool, self.reactor, journal, *clock).await? == TIMERS_MAX {
            return Ok(Duration::ZERO);
        }
        let now = clock.now();
        let next = timers::next_after(&mut *pool.acquire().await?, self.reactor, now).await?;
        let until_next = next.and_then(|next| (next - now).to_std().ok());
        let longest = Duration::from_millis(LOOK_MS_MAX);
        Ok(until_next.map_or(longest, |until_next| until_next.min(longest)))
    }

    fn rest(&mut self, pause: Duration) -> Duration {
        self.failures = 0;
        self.reporter.up();
        pause
    }

    fn retry(&mut self, missed: &Missed) -> Duration {
        self.reporter.down("retrying");
        if self.failures == 0 {
            let (name, reason) = (self.reactor.name(), chain(missed));
            warn!(reactor = name, error = reason, "reactor {name} cannot look at its timers and tries again");
        }
        let pause = pause_of_worker(self.failures);
        self.failures = self.failures.saturating_add(1);
        pause
    }
}
