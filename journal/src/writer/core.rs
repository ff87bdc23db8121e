//! The writer without its task: what it has in memory, and what each piece of news means. It waits for nothing
//! and reads no clock, so the simulation can drive it step by step.

use std::collections::VecDeque;
use std::sync::Arc;

use booking_domain::world::{Draft, Drafted};
use booking_domain::{Family, Refusal, World};

use super::Figures;
use super::TRIES_MAX;
use super::batch::{BATCH_REQUESTS_MAX, Batch, Decided, Ticket};
use super::recent::Recent;
use super::waiters::Waiters;
use crate::request::{Intent, Outcome, Receipt, Refused, Request, SubmitFailure};

/// Requests that wait for their streams at most; beyond it the inbox fills up, and then callers are turned away.
const WAITING_REQUESTS_MAX: usize = 4_000;

/// Requests decided before the task looks at its messages again.
const DECIDE_CHUNK: usize = 64;

/// What a writing process has in memory.
pub struct Core {
    families_max: usize,
    pub(super) world: World,
    /// The world is folded up to here.
    pub(super) known: i64,
    pub(super) recent: Recent,
    /// To be decided, in order.
    pub(super) ready: VecDeque<Ticket>,
    /// Decided when their streams are in memory.
    pub(super) waiting: Vec<Ticket>,
    pub(super) batch: Batch,
    /// Whether a flight is under way, and whether a load is.
    pub(super) flies: bool,
    pub(super) loads: bool,
    waiters: Waiters,
    pub(super) figures: Arc<Figures>,
    /// The world may have missed something: nothing is stored before it has caught up.
    pub(super) behind: bool,
    /// The connection failed: the world starts anew.
    pub(super) lost: bool,
}

impl Core {
    /// Knows nothing yet; the first flight looks where the journal ends.
    pub fn new(families_max: usize) -> Self {
        Self {
            families_max,
            world: World::default(),
            known: 0,
            recent: Recent::default(),
            ready: VecDeque::new(),
            waiting: vec![],
            batch: Batch::new(1),
            flies: false,
            loads: false,
            waiters: Waiters::default(),
            figures: Arc::default(),
            behind: false,
            lost: true,
        }
    }

    /// What has been done since the beginning.
    pub fn figures(&self) -> Arc<Figures> {
        Arc::clone(&self.figures)
    }

    /// Whether another request may be taken at all.
    pub fn has_room(&self) -> bool {
        self.batch.has_room() && self.waiting.len() < WAITING_REQUESTS_MAX
    }

    /// Whether as many requests are to be decided as one commit can take.
    pub fn has_enough(&self) -> bool {
        BATCH_REQUESTS_MAX <= self.ready.len()
    }

    /// Whether nothing is to be decided before something else happens.
    pub fn has_decided_all(&self) -> bool {
        self.ready.is_empty()
    }

    /// A repeat of a request that is under way waits for its answer.
    pub fn take(&mut self, ticket: Ticket) {
        if let Some(ticket) = self.waiters.admit(ticket) {
            self.ready.push_back(ticket);
        }
    }

    /// Others may have moved the journal's head up to here.
    pub fn hear(&mut self, head: i64) {
        if self.known < head && !self.flies {
            self.behind = true;
        }
    }

    /// Decides some of what can be decided.
    pub fn decide_ready(&mut self) {
        for _ in 0..DECIDE_CHUNK {
            if self.lost || !self.batch.has_room() {
                return;
            }
            let Some(ticket) = self.ready.pop_front() else { return };
            self.decide(ticket);
        }
    }

    fn decide(&mut self, mut ticket: Ticket) {
        if !self.missing(&ticket).is_empty() {
            self.waiting.push(ticket);
            return;
        }
        if TRIES_MAX <= ticket.tries {
            return self.answer(ticket, Err(SubmitFailure::TooBusy));
        }
        ticket.tries += 1;
        let mut draft = Draft::new(&self.world, ticket.request.tenant);
        let refusal = ticket.request.decide(&mut draft).err();
        let drafted = if refusal.is_some() { draft.refuse() } else { draft.finish() };
        if ticket.request.intent == Intent::Rehearse {
            let outcome = rehearsed(&ticket.request, drafted, refusal, self.known);
            return self.answer(ticket, Ok(outcome));
        }
        // Every name that it could choose is another's. Of two in one batch the journal would not notice.
        if drafted.names.iter().any(|new| self.world.is_anothers(&new.name, &new.owner)) {
            return self.answer(ticket, Err(SubmitFailure::TooBusy));
        }
        self.world.hope(self.batch.number, &drafted.events);
        for new in &drafted.names {
            self.world.hope_name(self.batch.number, new.name.clone(), new.owner.aggregate_id());
        }
        self.batch.push(Decided { ticket, drafted, refusal });
    }

    pub(super) fn missing(&mut self, ticket: &Ticket) -> Vec<Family> {
        let mut needs = ticket.request.case.needs(ticket.request.tenant, &self.world);
        needs.retain(|family| !self.world.holds(*family));
        needs
    }

    pub(super) fn answer(&mut self, ticket: Ticket, outcome: Result<Outcome, SubmitFailure>) {
        self.waiters.answer(ticket, outcome);
    }

    pub(super) fn shrink(&mut self) {
        self.world.shrink_to(self.families_max);
        self.figures.families.set(self.world.families_held());
    }

    /// Whether more can be decided at once.
    pub fn is_busy_deciding(&self) -> bool {
        !self.lost && !self.ready.is_empty() && self.batch.has_room()
    }

    /// Whether all that was taken has been answered, and nothing is under way.
    pub fn is_idle(&self) -> bool {
        let nobody_waits = self.ready.is_empty() && self.waiting.is_empty() && self.batch.decided.is_empty();
        nobody_waits && !self.flies && !self.loads
    }
}

/// What would have become of it.
fn rehearsed(request: &Request, drafted: Drafted, refusal: Option<Refusal>, position: i64) -> Outcome {
    match refusal {
        Some(refusal) => Outcome::Refused(Refused::now(refusal, position)),
        None => {
            let subject = request.subject().aggregate_id();
            Outcome::Done(Receipt { position, subject, events: drafted.events, replayed: false })
        }
    }
}
