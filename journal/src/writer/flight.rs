//! What is under way between the writer and its store: one thing at a time, and one load beside it.

use tokio::task::JoinError;

use super::StopReason;
use super::append::Appended;
use super::batch::Batch;
use super::core::Core;
use super::load::{LOAD_FAMILIES_MAX, LoadEnd, Loaded, placed};
use super::settle::{Settled, settle};
use super::store::{AppendFailure, Store};
use crate::request::SubmitFailure;
use booking_domain::Family;
use booking_domain::world::Placed;

/// A process that is further behind than this forgets its world rather than fold so much.
const CATCH_UP_EVENTS_MAX: i64 = 50_000;

/// What is to be done next.
pub enum Flight {
    /// Look where the journal ends, and start anew from there.
    Start,
    /// Read what others have appended.
    CatchUp { known: i64 },
    /// Store a batch that was decided on the journal up to `known`.
    Flush { known: i64, batch: Batch },
}

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
    pub appended: Result<Appended, AppendFailure>,
}

pub struct CaughtUp {
    pub events: Vec<(i64, Placed)>,
    /// Up to which the journal was read.
    pub head: i64,
    /// Too far behind: `events` is empty and the world is to be forgotten.
    pub forget: bool,
}

impl Core {
    /// What is to be done next, unless something is under way; it is under way from now on.
    pub fn next_flight(&mut self) -> Option<Flight> {
        if self.flies {
            return None;
        }
        let known = self.known;
        let flight = if self.lost {
            Flight::Start
        } else if self.behind {
            Flight::CatchUp { known }
        } else if !self.batch.decided.is_empty() {
            let next = Batch::new(self.batch.number + 1);
            Flight::Flush { known, batch: std::mem::replace(&mut self.batch, next) }
        } else {
            return None;
        };
        self.flies = true;
        Some(flight)
    }

    /// What is to be loaded next, unless a load is under way; it is under way from now on.
    pub fn next_load(&mut self) -> Option<Vec<Family>> {
        if self.loads || self.lost || self.waiting.is_empty() {
            return None;
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
        self.loads = !missing.is_empty();
        self.loads.then_some(missing)
    }

    /// Takes in what was loaded, and what happened to it meanwhile. What cannot be loaded is told to those who
    /// need it; the others are not concerned.
    pub fn absorb(&mut self, end: Result<LoadEnd, JoinError>) {
        self.loads = false;
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
        self.figures.families_loaded.add(loaded.families.len());
        self.figures.families.set(self.world.families_held());
        newer.for_each(|placed| self.world.learn(placed));
        let waiting = std::mem::take(&mut self.waiting);
        for ticket in waiting.into_iter().rev() {
            self.ready.push_front(ticket);
        }
    }
}

impl Flight {
    /// Does it. Nothing is lost when this is dropped midway but the answer.
    pub async fn fly(self, store: impl Store) -> FlightEnd {
        match self {
            Self::Start => FlightEnd::Started(store.head().await),
            Self::CatchUp { known } => FlightEnd::CaughtUp(catch_up(&store, known).await),
            Self::Flush { known, batch } => flush(&store, known, batch).await,
        }
    }
}

async fn flush(store: &impl Store, known: i64, batch: Batch) -> FlightEnd {
    let groups = batch.groups();
    match store.append(known, &batch, &groups).await {
        Err(AppendFailure::Lost(failure)) => {
            tracing::warn!(error = %failure, "lost the connection while committing; asking what was stored");
            FlightEnd::Settled(Box::new(settle(store, batch).await))
        }
        appended => FlightEnd::Flushed(Box::new(Flushed { batch, groups, appended })),
    }
}

async fn catch_up(store: &impl Store, known: i64) -> Result<CaughtUp, StopReason> {
    let head = store.head().await?;
    if CATCH_UP_EVENTS_MAX < head - known {
        return Ok(CaughtUp { events: vec![], head, forget: true });
    }
    let (mut events, mut at) = (vec![], known);
    loop {
        let page = store.after(at).await?;
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
