//! The exchange: fresh tables in the place of the live ones, in one commit.
//!
//! ```text
//!   lock the gate against the worker    a batch under way ends, the next one waits
//!     fill to where the live ones are   so that the position never goes back
//!       lock readers out                those under way end, the next ones wait
//!         exchange, checkpoint, commit
//! ```
//! Who holds on to the live tables for long, as `verify` does, is not waited for with everybody else behind: the locks
//! are given up at once, and tried again later.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use sqlx::{Executor, PgConnection};
use tokio::time::sleep;

use super::fresh;
use super::run::{NEAR_EVENTS, Run, Step};
use super::{Phase, Progress, RebuildFailure};
use crate::checkpoint::{self, Stand};
use crate::projection::Projection;

/// The longest that the worker's batch under way is waited for: its next one waits as long.
const WORKER_WITHIN_MS: u64 = 5_000;
/// The longest that readers under way are waited for: new ones wait as long.
const READERS_WITHIN_MS: u64 = 100;
/// The first pause after readers that were not gone in time; each further one is twice as long.
const PAUSE_MS: u64 = 250;
/// The longest of them.
const PAUSE_MS_MAX: u64 = 4_000;
/// Tries until it is given up: ten minutes.
const TRIES_MAX: u32 = 150;

impl<P: Projection, T: FnMut(Progress) + Send> Run<'_, P, T> {
    /// Exchanges the tables as soon as nobody holds on to the live ones.
    pub(super) async fn switch(&mut self) -> Result<Step, RebuildFailure> {
        for tries in 0..TRIES_MAX {
            if let ControlFlow::Break(next) = self.fill_up(Phase::Switching).await? {
                return Ok(next);
            }
            let began = Instant::now();
            match self.exchange().await {
                Ok(Step::Done) => {
                    self.took.switching = began.elapsed();
                    return Ok(Step::Done);
                }
                Ok(next) if next != Step::Switch => return Ok(next),
                // It was too far behind.
                Ok(_) => {}
                Err(failure) if failure.is_of_lock() => sleep(pause(tries)).await,
                Err(failure) => return Err(failure),
            }
        }
        Err(RebuildFailure::Busy(P::MODEL.name()))
    }

    /// [`Step::Switch`] when it has to be tried again: nothing was changed then.
    async fn exchange(&mut self) -> Result<Step, RebuildFailure> {
        let mut transaction = self.pools.owner.begin().await?;
        lock(&mut transaction, WORKER_WITHIN_MS, P::MODEL.gate(), "share row exclusive").await?;
        let live = checkpoint::hold(&mut transaction, P::MODEL).await?;
        let fresh = match self.stand().await? {
            ControlFlow::Continue(stand) => stand,
            ControlFlow::Break(next) => return Ok(next),
        };
        let goal = self.goal(live, fresh).await?;
        if NEAR_EVENTS < goal - fresh.shown.position {
            return Ok(Step::Switch);
        }
        let fresh = self.fill(fresh, goal, Phase::Switching).await?;
        self.shown = Some(fresh.shown);
        lock(&mut transaction, READERS_WITHIN_MS, &fresh::live::<P>(), "access exclusive").await?;
        fresh::exchange::<P>(&mut transaction).await?;
        checkpoint::put(&mut transaction, P::MODEL, fresh).await?;
        transaction.commit().await?;
        Ok(Step::Done)
    }

    /// Where the fresh tables have to be so that no reader sees an older position. Live tables of another epoch, or
    /// ahead of the journal, show what is no longer true: then the journal alone counts.
    async fn goal(&self, live: Stand, fresh: Stand) -> Result<i64, RebuildFailure> {
        if live.shown.epoch != fresh.shown.epoch {
            return Ok(fresh.shown.position);
        }
        Ok(live.shown.position.min(self.reader.head().await?))
    }
}

/// Locks tables until the transaction ends.
async fn lock(connection: &mut PgConnection, within_ms: u64, tables: &str, mode: &str) -> sqlx::Result<()> {
    let lock = format!("set local lock_timeout = {within_ms}; lock table {tables} in {mode} mode");
    connection.execute(lock.as_str()).await?;
    Ok(())
}

fn pause(tries: u32) -> Duration {
    Duration::from_millis(PAUSE_MS.saturating_mul(1 << tries.min(16)).min(PAUSE_MS_MAX))
}
