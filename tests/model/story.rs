//! One state of everything, and what can happen next.
//!
//! What cannot make a difference is left out of it, so that there are fewer states:
//! - An idle process knows nothing of itself: when it takes a request, it knows any beginning of the journal.
//!   That is more than can happen, for a process never knows less than before.
//! - Storing and hearing of it are one step. In between, a process can only be killed, and that is as if it had
//!   been killed before and what it had sent were stored later.
//! - A lone request under way knows as much as the moved check lets it pass for ([`Story::plain`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::decision::{Decision, mark_of};
use crate::journal::{Answer, Journal};
use crate::process::Process;
use crate::requests::{Ask, Buyer, Key, Ticket};

/// Where everything stands.
#[derive(Debug, Clone, Default, PartialEq, Hash)]
pub struct Story {
    pub journal: Journal,
    pub processes: [Process; 2],
    /// What a killed process had sent, and on how many commits it was decided: it may still be stored, at any
    /// time or never.
    pub adrift: Option<(usize, Arc<Decision>)>,
    pub crashes: u8,
    /// Whether the first bookings' time to pay has run out.
    pub late: bool,
    /// How often each request was delivered.
    delivered: BTreeMap<Key, u8>,
    /// All that was told to those who ask with a key.
    pub told: BTreeMap<Key, BTreeSet<Answer>>,
}

/// What happens next. Processes are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A process that knows so many commits takes a request and decides it.
    Deliver { process: usize, known: usize, ticket: Ticket },
    /// The journal stores the first request that a process has under way, or leaves it out.
    Store { process: usize },
    /// A process is killed; another starts, and knows nothing of what was under way.
    Crash { process: usize },
    /// The journal stores what was sent by a process that is no more, or leaves it out.
    StoreAdrift,
    /// The time to pay runs out.
    TimePasses,
}

impl Story {
    /// The next delivery of a request, if it can be delivered: all but the first try to place needs a booking,
    /// and the timer waits for its time.
    pub fn ticket(&self, buyer: Buyer, ask: Ask) -> Option<Ticket> {
        let late = self.late;
        let booking = match ask {
            Ask::Place => Some(self.delivered((buyer, ask))),
            Ask::Confirm | Ask::Cancel => self.booking_of(buyer),
            Ask::Expire | Ask::CancelOnTime => self.booking_of(buyer).filter(|_| late),
        };
        booking.map(|booking| Ticket { buyer, ask, booking, late })
    }

    /// How often a request was delivered so far.
    pub fn delivered(&self, key: Key) -> u8 {
        self.delivered.get(&key).copied().unwrap_or(0)
    }

    /// Deliveries beyond the first, of all requests.
    pub fn repeats(&self) -> u8 {
        self.delivered.values().map(|times| times - 1).sum()
    }

    /// The buyer's booking, as far as the journal says.
    fn booking_of(&self, buyer: Buyer) -> Option<u8> {
        let mut tickets = self.journal.commits.iter().map(|commit| commit.ticket);
        tickets.find(|ticket| (ticket.buyer, ticket.ask) == (buyer, Ask::Place)).map(|ticket| ticket.booking)
    }

    pub fn count(&mut self, ticket: Ticket) {
        *self.delivered.entry((ticket.buyer, ticket.ask)).or_default() += 1;
    }

    pub fn tell(&mut self, ticket: Ticket, answer: Answer) {
        if let Some(key) = ticket.key() {
            self.told.entry(key).or_default().insert(answer);
        }
    }

    pub fn crash(&mut self, process: usize) {
        let Process { known, under_way } = std::mem::take(&mut self.processes[process]);
        self.adrift = under_way.into_iter().next().map(|sent| (known, sent));
        self.crashes += 1;
    }

    /// The same with all taken away that makes no difference; which process is which is none, either.
    pub fn plain(mut self) -> Self {
        for process in &mut self.processes {
            process.known = match process.under_way.as_slice() {
                [] => 0,
                [lone] => self.journal.as_if_known(process.known, lone),
                [..] => process.known,
            };
        }
        self.adrift = self.adrift.map(|(known, sent)| (self.journal.as_if_known(known, &sent), sent));
        self.processes.sort_by_cached_key(mark_of);
        self
    }
}
