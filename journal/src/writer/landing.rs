//! What a flight's end means for the world, and for those who wait.

use std::collections::{HashMap, HashSet};

use booking_domain::World;
use booking_domain::world::{Drafted, Placed};
use tokio::task::JoinError;

use super::append::{Appended, DONE, Stored, kind_of};
use super::batch::Decided;
use super::core::Core;
use super::flight::{CaughtUp, FlightEnd, Flushed};
use super::settle::Settled;
use super::store::AppendFailure;
use super::{StopReason, Ticket};
use crate::request::{Outcome, Receipt, Refused, SubmitFailure};

/// How often a request is decided again after the database refused its batch for a clash of keys.
const STORE_TRIES_MAX: u32 = 3;

impl Core {
    /// Takes in how a flight ended.
    pub fn land(&mut self, end: Result<FlightEnd, JoinError>) {
        self.flies = false;
        match end {
            Ok(FlightEnd::Flushed(flushed)) => self.land_flush(*flushed),
            Ok(FlightEnd::CaughtUp(Ok(caught_up))) => self.land_catch_up(caught_up),
            Ok(FlightEnd::Settled(settled)) => self.land_settled(*settled),
            Ok(FlightEnd::Started(Ok(head))) => self.start(head),
            Ok(FlightEnd::CaughtUp(Err(reason)) | FlightEnd::Started(Err(reason))) => self.lose(&reason),
            Err(ended) => self.lose(&ended.into()),
        }
        self.shrink();
    }

    fn land_flush(&mut self, flushed: Flushed) {
        let Flushed { batch, groups, appended } = flushed;
        match &appended {
            Ok(_) => self.figures.flushed(batch.decided.len()),
            Err(_) => self.figures.flushes_failed.add(1),
        }
        match appended {
            Ok(appended) if self.known == appended.head && appended.left_nothing_out() => {
                let number = batch.number;
                self.known = self.answer_stored(batch.decided, appended.head, |world, events| {
                    world.fulfil(number, events)
                });
                self.world.landed(number);
            }
            Ok(appended) => self.land_in_part(batch.decided, &groups, &appended),
            Err(failure) => self.land_refused(batch.decided, &failure),
        }
    }

    /// All of a batch, or what is left of it, is in the journal after `head`: the world is taught each request's
    /// events, then its answer takes them along. The position of the last one.
    fn answer_stored(
        &mut self,
        decided: Vec<Decided>,
        head: i64,
        mut teach: impl FnMut(&mut World, &[Placed]),
    ) -> i64 {
        let mut position = head;
        for Decided { ticket, drafted: Drafted { events, .. }, refusal } in decided {
            position += i64::try_from(events.len()).expect("a request is small");
            self.figures.events.add(events.len());
            self.figures.refusals.add(refusal.iter().len());
            teach(&mut self.world, &events);
            let outcome = match refusal {
                Some(refusal) => Outcome::Refused(Refused::now(refusal, position)),
                None => {
                    let subject = ticket.request.subject().aggregate_id();
                    Outcome::Done(Receipt { position, subject, events, replayed: false })
                }
            };
            self.answer(ticket, Ok(outcome));
        }
        position
    }

    /// Something was not as hoped: answers stand, hopes do not.
    fn land_in_part(&mut self, decided: Vec<Decided>, groups: &[i32], appended: &Appended) {
        let bearers = appended.bearers(&decided);
        let mut answers: HashMap<usize, Stored> = appended.stored().collect();
        let out = appended.groups_left_out(&decided, groups);
        let (mut stored, mut again) = (vec![], vec![]);
        for (index, one) in decided.into_iter().enumerate() {
            match answers.remove(&index) {
                Some(answer) => self.answer_repeat(one, answer),
                None if out.contains(&groups[index]) => again.push(one.ticket),
                None => stored.push(one),
            }
        }
        self.figures.conflicts.add(again.len());
        self.decide_again(again);
        let is_current = self.known == appended.head;
        let end = self.answer_stored(stored, appended.head, |world, events| {
            if is_current {
                events.iter().for_each(|placed| world.learn(placed));
            }
        });
        for (name, bearer) in bearers {
            self.world.learn_name(name, bearer);
        }
        if is_current {
            self.known = end;
        } else {
            self.behind = true;
        }
    }

    fn answer_repeat(&mut self, decided: Decided, stored: Stored) {
        self.figures.repeats.add(1);
        let fresh = decided.refusal.filter(|refusal| Some(refusal.code()) == stored.code.as_deref());
        let outcome = match stored {
            Stored { same: false, .. } => Outcome::KeyReused,
            Stored { status: DONE, subject, position, .. } => {
                Outcome::Done(Receipt { position, subject, events: vec![], replayed: true })
            }
            Stored { status, code, position, .. } => Outcome::Refused(Refused {
                code: code.unwrap_or_default(),
                kind: kind_of(status),
                refusal: fresh,
                position,
                replayed: true,
            }),
        };
        self.answer(decided.ticket, Ok(outcome));
    }

    /// The database stored nothing of the batch and said so.
    fn land_refused(&mut self, decided: Vec<Decided>, failure: &AppendFailure) {
        tracing::error!(error = failure as &dyn std::error::Error, "a batch was not stored");
        let clash = matches!(failure, AppendFailure::Clash(_));
        let tickets: Vec<Ticket> = decided.into_iter().map(|one| one.ticket).collect();
        let (again, over): (Vec<_>, Vec<_>) =
            tickets.into_iter().partition(|ticket| clash && ticket.tries < STORE_TRIES_MAX);
        let end = if clash { SubmitFailure::Broken } else { SubmitFailure::Unavailable };
        over.into_iter().for_each(|ticket| self.answer(ticket, Err(end.clone())));
        self.decide_again(again);
        self.forget();
    }

    fn land_settled(&mut self, settled: Settled) {
        self.figures.flushes_failed.add(1);
        let Settled { decided, mut stored } = settled;
        for (index, one) in decided.into_iter().enumerate() {
            match stored.remove(&index) {
                Some(answer) => self.answer_repeat(one, answer),
                None => self.answer(one.ticket, Err(SubmitFailure::Unknown)),
            }
        }
        self.decide_again(vec![]);
        self.forget();
    }

    /// Puts requests back to the front, before what was decided on the hope that they would be stored.
    fn decide_again(&mut self, left_out: Vec<Ticket>) {
        self.world.despair();
        let number = self.batch.number + 1;
        let hoping = std::mem::replace(&mut self.batch, super::Batch::new(number)).decided;
        let later: Vec<Ticket> = hoping.into_iter().map(|one| one.ticket).collect();
        self.figures.decided_again.add(left_out.len() + later.len());
        for ticket in left_out.into_iter().chain(later).rev() {
            self.ready.push_front(ticket);
        }
    }

    fn land_catch_up(&mut self, caught_up: CaughtUp) {
        self.behind = false;
        // What was decided meanwhile was decided on an old world.
        self.decide_again(vec![]);
        if caught_up.forget {
            self.world.clear();
            self.recent.restart(caught_up.head);
        }
        for (position, placed) in caught_up.events {
            self.world.learn(&placed);
            self.recent.push(position, placed);
        }
        self.known = self.known.max(caught_up.head);
    }

    fn start(&mut self, head: i64) {
        self.lost = false;
        self.behind = false;
        self.world.clear();
        self.known = head;
        self.recent.restart(head);
    }

    fn forget(&mut self) {
        self.world.clear();
        self.lost = true;
    }

    /// Postgres is out of reach, or the journal cannot be read: nobody waits for ever.
    pub(super) fn lose(&mut self, reason: &StopReason) {
        tracing::error!(error = reason as &dyn std::error::Error, "the journal cannot be reached");
        self.decide_again(vec![]);
        self.forget();
        let waiting: Vec<Ticket> = self.ready.drain(..).chain(self.waiting.drain(..)).collect();
        for ticket in waiting {
            self.answer(ticket, Err(SubmitFailure::Unavailable));
        }
    }
}

impl Appended {
    fn left_nothing_out(&self) -> bool {
        self.moved.is_empty() && self.repeated.is_empty() && self.clashed.is_empty()
    }

    fn groups_left_out(&self, decided: &[Decided], groups: &[i32]) -> HashSet<i32> {
        let mut out: HashSet<i32> = self.moved.iter().copied().collect();
        out.extend(self.stored().filter_map(|(index, _)| groups.get(index)));
        let owners: Vec<usize> = named(decided).map(|(index, _)| index).collect();
        let clashed = self.clashed.iter().filter_map(|n| owners.get(usize::try_from(n - 1).ok()?));
        out.extend(clashed.filter_map(|index| groups.get(*index)));
        out
    }

    /// Names that turned out to be another's, with who bears them.
    fn bearers(&self, decided: &[Decided]) -> Vec<(booking_domain::world::Name, String)> {
        let names: Vec<_> = named(decided).map(|(_, name)| name).collect();
        let bearers = self.bearers.iter().flatten();
        let name = |n: &i64| names.get(usize::try_from(n - 1).ok()?).copied().cloned();
        self.clashed.iter().zip(bearers).filter_map(|(n, bearer)| Some((name(n)?, bearer.clone()))).collect()
    }
}

/// Names in the order in which they were sent, with the request that claims each.
fn named(decided: &[Decided]) -> impl Iterator<Item = (usize, &booking_domain::world::Name)> {
    decided
        .iter()
        .enumerate()
        .flat_map(|(index, one)| one.drafted.names.iter().map(move |new| (index, &new.name)))
}
