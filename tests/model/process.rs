//! A writing process: decides requests in order on what it knows and hopes, has the first stored, and answers.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::decision::{Decision, Judge};
use crate::guards::Guards;
use crate::journal::{Answer, Journal, Verdict};
use crate::requests::{Key, Ticket};

/// What one process has in memory.
#[derive(Debug, Clone, Default, PartialEq, Hash)]
pub struct Process {
    /// Its world is folded from so many commits.
    pub known: usize,
    /// In order; each was decided on the hope that those before it are stored.
    pub under_way: Vec<Arc<Decision>>,
}

impl Process {
    /// How many commits its world may be folded from when it takes a request.
    pub fn may_know(&self, head: usize) -> RangeInclusive<usize> {
        if self.under_way.is_empty() { 0..=head } else { self.known..=self.known }
    }

    /// Whether such a request is under way: a repeat of it waits for the same answer.
    pub fn is_busy_with(&self, key: Option<Key>) -> bool {
        key.is_some() && self.under_way.iter().any(|decision| decision.ticket.key() == key)
    }

    pub fn decide(&self, judge: &Judge, journal: &Journal, ticket: Ticket) -> Arc<Decision> {
        judge.decide(&journal.commits[..self.known], &self.under_way, ticket)
    }

    /// Has the first request stored, and hears what became of it: whom to tell what, if there is anything to
    /// tell yet. If it went otherwise than hoped, what was decided on that hope is decided again.
    pub fn store(
        &mut self,
        judge: &Judge,
        guards: &Guards,
        journal: &mut Journal,
    ) -> Option<(Ticket, Answer)> {
        let first = Arc::clone(&self.under_way[0]);
        let nothing_new = self.known == journal.commits.len();
        let verdict = journal.append(judge, guards, self.known, &first);
        let answer = match verdict {
            Verdict::Stored(answer) | Verdict::Repeated(answer) => {
                self.under_way.remove(0);
                Some((first.ticket, answer))
            }
            Verdict::Moved | Verdict::Clashed => None,
        };
        self.known = journal.commits.len();
        if !(nothing_new && matches!(verdict, Verdict::Stored(_))) {
            self.decide_again(judge, journal);
        }
        answer
    }

    fn decide_again(&mut self, judge: &Judge, journal: &Journal) {
        for decision in std::mem::take(&mut self.under_way) {
            let again = self.decide(judge, journal, decision.ticket);
            self.under_way.push(again);
        }
    }
}
