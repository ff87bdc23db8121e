//! The journal and its one way in, as `journal.append` does it under its lock: the ledger is asked, then whether
//! something touched has moved, then the primary key; what passes is stored with its answer.
//!
//! A position counts commits here: the events of one commit are never parted.

use std::collections::BTreeMap;
use std::sync::Arc;

use booking_domain::world::{Placed, Touch};

use crate::audit::Audit;
use crate::decision::{Decision, Judge};
use crate::guards::Guards;
use crate::requests::Key;

/// What has been stored.
#[derive(Debug, Clone, Default, PartialEq, Hash)]
pub struct Journal {
    /// Those that stored events, in order.
    pub commits: Vec<Arc<Decision>>,
    pub ledger: BTreeMap<Key, Answer>,
    /// What is found wrong in the commits.
    pub audit: Audit,
    /// Whether something was answered that the newest state would not have said.
    pub stale: bool,
    /// Whether the primary key stood in the way of anything.
    pub clashed: bool,
}

/// What whoever asked is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// Done, or already so.
    Accepted {
        /// Which of the buyer's bookings it is about.
        booking: u8,
        /// At which it holds.
        position: usize,
    },
    /// The code.
    Refused(&'static str),
}

/// What the database says of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Stored, if there was anything to store.
    Stored(Answer),
    /// Answered before.
    Repeated(Answer),
    /// Left out: something that it touches has moved.
    Moved,
    /// Left out: the primary key stood in the way.
    Clashed,
}

impl Journal {
    /// Appends what was decided on the first `known` commits.
    pub fn append(
        &mut self,
        judge: &Judge,
        guards: &Guards,
        known: usize,
        decision: &Arc<Decision>,
    ) -> Verdict {
        let verdict = self.verdict(guards, known, decision);
        self.clashed |= verdict == Verdict::Clashed;
        if let Verdict::Stored(answer) = verdict {
            self.stale |= !judge.decide(&self.commits, &[], decision.ticket).agrees_with(decision);
            self.store(decision, answer);
        }
        verdict
    }

    /// Whether something that a request touches was written after the first `known` commits.
    pub fn has_moved(&self, known: usize, decision: &Decision) -> bool {
        self.commits[known..].iter().any(|commit| decision.is_moved_by(commit))
    }

    /// The latest `known` that the moved check cannot tell from the one given.
    pub fn as_if_known(&self, known: usize, decision: &Decision) -> usize {
        let moves = |commit: &usize| decision.is_moved_by(&self.commits[*commit]);
        (known..self.commits.len()).rev().find(moves).unwrap_or(self.commits.len())
    }

    fn verdict(&self, guards: &Guards, known: usize, decision: &Decision) -> Verdict {
        let key = decision.ticket.key().filter(|_| guards.ledger);
        if let Some(answer) = key.and_then(|key| self.ledger.get(&key)) {
            return Verdict::Repeated(*answer);
        }
        if guards.moved && self.has_moved(known, decision) {
            return Verdict::Moved;
        }
        if guards.primary_key && self.holds_one_of(decision) {
            return Verdict::Clashed;
        }
        Verdict::Stored(decision.answer_after(self.commits.len()))
    }

    fn holds_one_of(&self, decision: &Decision) -> bool {
        let stored = || self.commits.iter().flat_map(|commit| &commit.events);
        decision
            .events
            .iter()
            .any(|new| stored().any(|old| (&old.stream, old.sequence) == (&new.stream, new.sequence)))
    }

    fn store(&mut self, decision: &Arc<Decision>, answer: Answer) {
        if let Some(key) = decision.ticket.key() {
            self.ledger.entry(key).or_insert(answer);
        }
        if !decision.events.is_empty() {
            self.commits.push(Arc::clone(decision));
            let events: Vec<&Placed> = self.commits.iter().flat_map(|commit| &commit.events).collect();
            self.audit = Audit::of(&events);
        }
    }
}

impl Decision {
    /// What is told when it is stored after so many commits.
    fn answer_after(&self, head: usize) -> Answer {
        let position = head + usize::from(!self.events.is_empty());
        self.refusal.map_or(Answer::Accepted { booking: self.ticket.booking, position }, Answer::Refused)
    }

    fn is_moved_by(&self, commit: &Self) -> bool {
        self.touched.iter().any(|touch| match touch {
            Touch::Stream(stream) => commit.events.iter().any(|placed| placed.stream == *stream),
            Touch::Family(family) => commit.events.iter().any(|placed| placed.stream.family() == *family),
        })
    }
}
