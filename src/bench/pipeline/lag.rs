//! How far the read models are behind the journal, in time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::bench::figures::{ms, percentile};
use crate::exit::Failure;

/// How often it is looked. Lags are right to one look.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks that were taken.
#[derive(Debug, Default)]
struct Lag {
    /// When the journal ended where, from the last look at which the read models would have been up to date.
    heads: VecDeque<(Duration, i64)>,
    lags_us: Vec<u32>,
}

impl Lag {
    /// The read model that is furthest behind shows `shown`, the journal ends at `head`. How long ago did it end
    /// where that read model is now? None at all when it still does.
    fn look(&mut self, at: Duration, head: i64, shown: i64) {
        self.heads.push_back((at, head));
        while self.heads.get(1).is_some_and(|(_, head)| *head <= shown) {
            self.heads.pop_front();
        }
        let since = self.heads.front().map_or(at, |(since, _)| *since);
        let lag = if head <= shown { Duration::ZERO } else { at.saturating_sub(since) };
        self.lags_us.push(u32::try_from(lag.as_micros()).unwrap_or(u32::MAX));
    }

    fn p99_ms(mut self) -> f64 {
        self.lags_us.sort_unstable();
        ms(percentile(&self.lags_us, 99))
    }
}

/// Looks again and again until it is told to stop.
pub struct Watch {
    stop: oneshot::Sender<()>,
    looking: JoinHandle<sqlx::Result<Lag>>,
}

impl Watch {
    pub fn start(pool: PgPool) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, looking: tokio::spawn(watch(pool, stopped)) }
    }

    /// The lag that 99 of 100 looks did not exceed, in milliseconds.
    ///
    /// # Errors
    /// When Postgres failed.
    pub async fn p99_ms(self) -> Result<f64, Failure> {
        drop(self.stop);
        Ok(self.looking.await.map_err(anyhow::Error::from)??.p99_ms())
    }
}

async fn watch(pool: PgPool, mut stopped: oneshot::Receiver<()>) -> sqlx::Result<Lag> {
    let (mut lag, began) = (Lag::default(), Instant::now());
    while matches!(stopped.try_recv(), Err(oneshot::error::TryRecvError::Empty)) {
        let (head, shown) = positions(&pool).await?;
        lag.look(began.elapsed(), head, shown);
        tokio::time::sleep(PAUSE).await;
    }
    Ok(lag)
}

/// Where the journal ends, and what all read models show.
pub async fn positions(pool: &PgPool) -> sqlx::Result<(i64, i64)> {
    sqlx::query_as(POSITIONS).fetch_one(pool).await
}

const POSITIONS: &str = "
    select (select coalesce(max(position), 0) from journal.event), (select min(position) from read.checkpoint)";

#[cfg(test)]
mod tests {
    use super::*;

    fn lags_ms(looks: &[(u64, i64, i64)]) -> Vec<u32> {
        let mut lag = Lag::default();
        for (at, head, shown) in looks {
            lag.look(Duration::from_millis(*at), *head, *shown);
        }
        lag.lags_us.into_iter().map(|us| us / 1_000).collect()
    }

    #[test]
    fn who_shows_everything_is_not_behind() {
        assert_eq!(lags_ms(&[(0, 5, 5), (1_000, 5, 5), (2_000, 9, 9)]), [0, 0, 0]);
    }

    #[test]
    fn the_lag_is_the_time_since_the_journal_ended_there() {
        assert_eq!(
            lags_ms(&[(0, 10, 10), (20, 30, 10), (40, 50, 10), (60, 70, 30), (80, 70, 70)]),
            [0, 20, 40, 40, 0]
        );
        assert_eq!(
            lags_ms(&[(0, 10, 10), (20, 30, 10), (40, 50, 35)]),
            [0, 20, 20],
            "30 was reached, 50 was not"
        );
    }

    #[test]
    fn most_looks_say_what_is_usual() {
        let mut lag = Lag::default();
        for at in 0..1_000 {
            lag.look(Duration::from_millis(at), 10, if at < 5 { 5 } else { 10 });
        }
        assert!(lag.p99_ms() <= 0.0);
    }
}
