//! What is under way between the writer and Postgres: one thing at a time.

use sqlx::PgPool;
use tokio::time::timeout;

use super::append::{Appended, append};
use super::batch::Batch;
use super::load::{LOAD_FAMILIES_MAX, LoadEnd, Loaded, load, placed};
use super::settle::{Settled, settle};
use super::{ANSWER_WITHIN, StopReason, Writer, in_time};
use crate::reader::Reader;
use crate::request::SubmitFailure;
use booking_domain::Family;
use booking_domain::world::Placed;

/// A process that is further behind than this forgets its world rather than fold so much.
const CATCH_UP_EVENTS_MAX: i64 = 50_000;

/// How a flight ended.
pub enum FlightEnd {
    /// The batch was stored, or left out in part.
    Flushed(Box<Flushed>),
    /// The events after `known`.
    CaughtUp(Result<CaughtUp, StopReason>),
    /// A lost connection was restored, or not.
    Settled(Box<Settled>),
    /// The journal's head, to start anew from.
    Started(Result<i64, StopReason>),
}

pub struct Flushed {
    pub batch: Batch,
    pub groups: Vec<i32>,
    pub appended: sqlx::Result<Appended>,
}

pub struct CaughtUp {
    pub events: Vec<(i64, Placed)>,
    /// Up to which the journal was read.
    pub head: i64,
    /// Too far behind: `events` is empty and the world is to be forgotten.
    pub forget: bool,
}

impl Writer {
    /// Starts what is to be done next, if nothing is under way.
    pub(super) fn launch(&mut self) {
        self.launch_load();
        if self.flight.is_some() {
            return;
        }
        let pool = self.pool.clone();
        if self.lost {
            self.flight = Some(tokio::spawn(async move { FlightEnd::Started(head(&pool).await) }));
        } else if self.behind {
            let known = self.known;
            self.flight =
                Some(tokio::spawn(async move { FlightEnd::CaughtUp(catch_up(&pool, known).await) }));
        } else if !self.batch.decided.is_empty() {
            let next = Batch::new(self.batch.number + 1);
            let batch = std::mem::replace(&mut self.batch, next);
            let known = self.known;
            self.flight = Some(tokio::spawn(flush(pool, known, batch)));
        }
    }

    fn launch_load(&mut self) {
        if self.load.is_some() || self.lost || self.waiting.is_empty() {
            return;
        }
        let mut missing = vec![];
        for ticket in std::mem::take(&mut self.waiting) {
            let needs = self.missing(&ticket);
            if needs.is_empty() {
                self.ready.push_back(ticket);
                continue;
            }
            if missing.len() < LOAD_FAMILIES_MAX {
                missing.extend(needs);
            }
            self.waiting.push(ticket);
        }
        missing.sort_unstable();
        missing.dedup();
        if !missing.is_empty() {
            let pool = self.pool.clone();
            self.load = Some(tokio::spawn(async move { load(&pool, missing).await }));
        }
    }

    /// Takes in what was loaded, and what happened to it meanwhile. What cannot be loaded is told to those who
    /// need it; the others are not concerned.
    pub(super) fn absorb(&mut self, end: Result<LoadEnd, tokio::task::JoinError>) {
        match end {
            Ok(LoadEnd { loaded: Ok(loaded), .. }) => self.take_in(&loaded),
            Ok(LoadEnd { families, loaded: Err(reason) }) => self.turn_away(&families, &reason),
            Err(ended) => self.lose(&ended.into()),
        }
    }

    fn turn_away(&mut self, families: &[Family], reason: &StopReason) {
        tracing::error!(error = reason as &dyn std::error::Error, "streams could not be loaded");
        for ticket in std::mem::take(&mut self.waiting) {
            if self.missing(&ticket).iter().any(|family| families.contains(family)) {
                self.answer(ticket, Err(SubmitFailure::Unavailable));
            } else {
                self.waiting.push(ticket);
            }
        }
    }

    fn take_in(&mut self, loaded: &Loaded) {
        let Some(newer) = self.recent.after(loaded.head) else { return };
        for (family, history) in &loaded.families {
            self.world.take_in(*family, history);
        }
        newer.for_each(|placed| self.world.learn(placed));
        let waiting = std::mem::take(&mut self.waiting);
        for ticket in waiting.into_iter().rev() {
            self.ready.push_front(ticket);
        }
    }
}

async fn flush(pool: PgPool, known: i64, batch: Batch) -> FlightEnd {
    let groups = batch.groups();
    let appended = flushed(&pool, known, &batch, &groups).await;
    match appended {
        Err(failure) if is_lost(&failure) => {
            tracing::warn!(error = %failure, "lost the connection while committing; asking what was stored");
            FlightEnd::Settled(Box::new(settle(&pool, batch).await))
        }
        appended => FlightEnd::Flushed(Box::new(Flushed { batch, groups, appended })),
    }
}

async fn flushed(pool: &PgPool, known: i64, batch: &Batch, groups: &[i32]) -> sqlx::Result<Appended> {
    let mut connection = pool.acquire().await?;
    match timeout(ANSWER_WITHIN, append(&mut connection, known, batch, groups)).await {
        Ok(appended) => appended,
        Err(elapsed) => {
            connection.close_on_drop();
            Err(sqlx::Error::Io(elapsed.into()))
        }
    }
}

/// Whether the commit may have happened all the same. An error that the server reports has rolled it back.
const fn is_lost(failure: &sqlx::Error) -> bool {
    !matches!(failure, sqlx::Error::Database(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
}

async fn head(pool: &PgPool) -> Result<i64, StopReason> {
    in_time(Reader::new(pool.clone()).head()).await
}

async fn catch_up(pool: &PgPool, known: i64) -> Result<CaughtUp, StopReason> {
    let head = head(pool).await?;
    if CATCH_UP_EVENTS_MAX < head - known {
        return Ok(CaughtUp { events: vec![], head, forget: true });
    }
    let reader = Reader::new(pool.clone());
    let (mut events, mut at) = (vec![], known);
    loop {
        let page = in_time(reader.after(at, crate::READ_EVENTS_MAX)).await?;
        let Some(last) = page.last() else { break };
        at = last.position;
        for recorded in &page {
            events.push((recorded.position, placed(recorded)?));
        }
        if head <= at {
            break;
        }
    }
    Ok(CaughtUp { events, head: at, forget: false })
}
