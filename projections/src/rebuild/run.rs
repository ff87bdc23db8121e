//! One rebuild: its steps, what comes after each, and how it goes on when one was broken off.

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use booking_http::PositionToken;
use booking_journal::{Lease, READ_EVENTS_MAX, Reader};
use tokio::time::sleep;
use tracing::warn;

use super::failure::is_gone;
use super::fresh;
use super::progress::Notes;
use super::{Phase, Pools, Progress, RebuildFailure, Rebuilt, Took};
use crate::checkpoint::{self, Stand};
use crate::projection::Projection;
use crate::runner::turn::{Kept, turn};
use crate::schema::Schema;
use crate::verify::verify_rows;

/// Failures one after another, without a batch in between, after which a rebuild gives up: some minutes.
const FAILURES_MAX: u32 = 40;
/// The first pause after a failure; each further one is twice as long.
const PAUSE_MS: u64 = 100;
/// The longest of them.
const PAUSE_MS_MAX: u64 = 5_000;
/// Fewer events than these are near the end: a worker that has to wait for so many hardly notices.
pub(super) const NEAR_EVENTS: i64 = 1_000;

/// What comes next. Each step can be done again, whether it was broken off or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Make,
    Fill,
    Settle,
    Verify,
    Switch,
    Done,
}

/// A rebuild under way.
pub struct Run<'a, P, T> {
    pub(super) pools: &'a Pools,
    pub(super) reader: Reader,
    /// Keeps others from beginning. What makes it safe is the generation: no batch is stored in tables of another one.
    lease: Lease,
    told: T,
    notes: Notes,
    /// Of the tables that this run has made.
    pub(super) generation: i64,
    /// Up to where its tables were told to be.
    position: i64,
    /// Failures since the last batch.
    failures: u32,
    interruptions: u32,
    rows: u64,
    /// Where the exchange is, or was, about to put the read model.
    pub(super) shown: Option<PositionToken>,
    pub(super) took: Took,
    projection: PhantomData<P>,
}

impl<'a, P: Projection, T: FnMut(Progress) + Send> Run<'a, P, T> {
    /// # Errors
    /// [`RebuildFailure::UnderWay`], or when Postgres cannot be asked.
    pub async fn begin(pools: &'a Pools, told: T) -> Result<Self, RebuildFailure> {
        let lease = acquire::<P>(pools).await?;
        let notes = Notes::new(P::MODEL, pools.projector.clone());
        let reader = Reader::new(pools.projector.clone());
        Ok(Self {
            pools,
            reader,
            lease,
            told,
            notes,
            generation: 0,
            position: 0,
            failures: 0,
            interruptions: 0,
            rows: 0,
            shown: None,
            took: Took::default(),
            projection: PhantomData,
        })
    }

    /// Takes all steps.
    ///
    /// # Errors
    /// When a step fails and that does not pass, or too often.
    pub async fn finish(mut self) -> Result<Rebuilt, RebuildFailure> {
        let done = self.go_on().await;
        // A row that stays is not believed: nobody holds the lease. It is free when the connection ends, at the latest.
        drop(self.notes.clear().await);
        drop(self.lease.release().await);
        done
    }

    async fn go_on(&mut self) -> Result<Rebuilt, RebuildFailure> {
        let mut step = Step::Make;
        while step != Step::Done {
            match self.take(step).await {
                Ok(next) => step = next,
                Err(failure) if failure.is_passing() && self.failures < FAILURES_MAX => {
                    self.recover(&failure).await;
                }
                Err(failure) => return Err(failure),
            }
        }
        let shown = self.shown.ok_or(RebuildFailure::Disturbed(P::MODEL.name()))?;
        Ok(Rebuilt { shown, rows: self.rows, interruptions: self.interruptions, took: self.took })
    }

    async fn recover(&mut self, failure: &RebuildFailure) {
        let name = P::MODEL.name();
        if self.failures == 0 {
            let cause = failure as &dyn std::error::Error;
            warn!(projection = name, error = cause, "the rebuild of {name} was interrupted, and goes on");
        }
        let pause_ms = PAUSE_MS.saturating_mul(1 << self.failures.min(16)).min(PAUSE_MS_MAX);
        self.failures += 1;
        self.interruptions += 1;
        sleep(Duration::from_millis(pause_ms)).await;
    }

    async fn take(&mut self, step: Step) -> Result<Step, RebuildFailure> {
        self.hold().await?;
        let began = Instant::now();
        match step {
            Step::Make => {
                self.generation = fresh::make::<P>(&self.pools.owner).await?;
                Ok(Step::Fill)
            }
            Step::Fill => {
                let filled = self.fill_up(Phase::Filling).await;
                self.took.filling += began.elapsed();
                Ok(filled?.break_value().unwrap_or(Step::Settle))
            }
            Step::Settle => {
                self.tell(Phase::Settling).await?;
                fresh::settle::<P>(&self.pools.owner).await?;
                self.took.settling += began.elapsed();
                Ok(Step::Verify)
            }
            Step::Verify => {
                self.tell(Phase::Verifying).await?;
                self.verify().await?;
                self.took.verifying += began.elapsed();
                Ok(Step::Switch)
            }
            Step::Switch => self.switch().await,
            Step::Done => Ok(Step::Done),
        }
    }

    /// Sees to it that no other rebuild begins.
    async fn hold(&mut self) -> Result<(), RebuildFailure> {
        if self.lease.still_held().await.is_err() {
            self.lease = acquire::<P>(self.pools).await?;
        }
        Ok(())
    }

    /// Where the fresh tables are. Else what comes next: they are emptied by a crash of Postgres, or they are the live
    /// ones already, because the last commit was done though its answer was lost.
    pub(super) async fn stand(&self) -> Result<ControlFlow<Step, Stand>, RebuildFailure> {
        let mut connection = self.pools.projector.acquire().await?;
        match checkpoint::read(&mut connection, Schema::Fresh(P::MODEL), P::MODEL).await {
            Ok(stand) if stand.generation == self.generation => return Ok(ControlFlow::Continue(stand)),
            Err(sqlx::Error::RowNotFound) => return Ok(ControlFlow::Break(Step::Make)),
            Err(failure) if !is_gone(&failure) => return Err(failure.into()),
            Ok(_) | Err(_) => {}
        }
        let live = checkpoint::read(&mut connection, Schema::Live, P::MODEL).await?;
        if live.generation == self.generation {
            return Ok(ControlFlow::Break(Step::Done));
        }
        Err(RebuildFailure::Disturbed(P::MODEL.name()))
    }

    /// Brings the fresh tables near the journal's end, which moves on meanwhile.
    pub(super) async fn fill_up(&mut self, phase: Phase) -> Result<ControlFlow<Step, Stand>, RebuildFailure> {
        loop {
            let stand = match self.stand().await? {
                ControlFlow::Continue(stand) => stand,
                next @ ControlFlow::Break(_) => return Ok(next),
            };
            let head = self.reader.head().await?;
            let stand = self.fill(stand, head, phase).await?;
            if self.reader.head().await? - stand.shown.position <= NEAR_EVENTS {
                return Ok(ControlFlow::Continue(stand));
            }
        }
    }

    /// Brings the fresh tables from where they are to `goal`. A page is read while the one before it is stored.
    pub(super) async fn fill(
        &mut self,
        mut stand: Stand,
        goal: i64,
        phase: Phase,
    ) -> Result<Stand, RebuildFailure> {
        let (schema, mut kept) = (Schema::Fresh(P::MODEL), Kept::<P>::new());
        self.say(Progress { phase, position: stand.shown.position, goal }).await?;
        let mut page = self.page(stand.shown.position, goal).await?;
        while let Some(last) = page.last() {
            let (turned, next) = tokio::join!(
                turn::<P>(&self.pools.projector, schema, &mut kept, stand, &page),
                self.page(last.position, goal)
            );
            let turned = turned?;
            turned.poison.map_or(Ok(()), Err)?;
            stand = turned.stand;
            self.failures = 0;
            self.say(Progress { phase, position: stand.shown.position, goal }).await?;
            page = next?;
        }
        Ok(stand)
    }

    async fn page(&self, after: i64, goal: i64) -> Result<Vec<booking_journal::Recorded>, RebuildFailure> {
        let rest = READ_EVENTS_MAX.min(goal - after);
        if rest <= 0 {
            return Ok(vec![]);
        }
        Ok(self.reader.after(after, rest).await?)
    }

    async fn verify(&mut self) -> Result<(), RebuildFailure> {
        let verified = verify_rows::<P>(&self.pools.projector, Schema::Fresh(P::MODEL)).await?;
        let found = verified.findings.len();
        if let Some(first) = verified.findings.into_iter().next() {
            return Err(RebuildFailure::Wrong { found, first });
        }
        self.rows = verified.rows;
        Ok(())
    }

    /// Says that a phase begins in which the position stays.
    async fn tell(&mut self, phase: Phase) -> Result<(), RebuildFailure> {
        let goal = self.reader.head().await?;
        self.say(Progress { phase, position: self.position, goal }).await
    }

    async fn say(&mut self, progress: Progress) -> Result<(), RebuildFailure> {
        self.position = progress.position;
        (self.told)(progress);
        Ok(self.notes.note(progress).await?)
    }
}

async fn acquire<P: Projection>(pools: &Pools) -> Result<Lease, RebuildFailure> {
    let lease = Lease::acquire(&pools.projector, &P::MODEL.rebuild_lease()).await?;
    lease.ok_or(RebuildFailure::UnderWay(P::MODEL.name()))
}
