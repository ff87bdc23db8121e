//! What must hold in every state, and what must happen in some, or else the model would show nothing.

use stateright::Property;

use crate::bookings::{Bookings, Scope};
use crate::journal::Answer;
use crate::process::Process;
use crate::requests::{Ask, Key};
use crate::story::Story;

pub const ONE_SEAT: &str = "no seat has two live bookings";
pub const ENOUGH_PLACES: &str = "no more places are claimed than there are";
pub const CLAIMS_HELD: &str = "live items hold their claims, and nothing else is held";
pub const CONFIRMED_STAYS: &str = "the timer ends no confirmed booking";
pub const ROWS_STAY: &str = "a read model fed again from a checkpoint stays the same";
pub const FRESH_ANSWER: &str = "an answer is the one that the newest state gives";
pub const KEY_IDLE: &str = "the primary key never has to stand in the way";
pub const ONE_ANSWER: &str = "an answer given to a key stays the answer";
pub const ACCEPTED_ONCE: &str = "what was accepted is in the journal once";

type Promise = Property<Bookings>;

pub fn always() -> Vec<Promise> {
    vec![
        Promise::always(ONE_SEAT, |_, story| !story.journal.audit.seat_twice),
        Promise::always(ENOUGH_PLACES, |_, story| !story.journal.audit.oversold),
        Promise::always(CLAIMS_HELD, |_, story| !story.journal.audit.claims_differ),
        Promise::always(CONFIRMED_STAYS, |_, story| !story.journal.audit.confirmed_ended),
        Promise::always(ROWS_STAY, |_, story| !story.journal.audit.rows_differ),
        Promise::always(FRESH_ANSWER, |_, story| !story.journal.stale),
        Promise::always(KEY_IDLE, |_, story| !story.journal.clashed),
        Promise::always(ONE_ANSWER, |_, story| story.told.values().all(|told| told.len() == 1)),
        Promise::always(ACCEPTED_ONCE, |_, story| story.is_accepted_once()),
    ]
}

/// As far as the scope allows it.
pub fn sometimes(scope: &Scope) -> Vec<Promise> {
    let mut promises = vec![
        Promise::sometimes("a booking is confirmed", |_, story| story.has_stored(Ask::Confirm)),
        Promise::sometimes("a booking expires", |_, story| story.has_stored(Ask::Expire)),
        Promise::sometimes("a request is refused", |_, story| story.has_refused()),
        Promise::sometimes("what a request touches moves under it", |_, story| story.has_moved()),
    ];
    if scope.asks.contains(&Ask::Cancel) {
        promises.push(Promise::sometimes("a booking is cancelled", |_, story| story.has_stored(Ask::Cancel)));
    }
    if 0 < scope.repeats_max {
        promises
            .push(Promise::sometimes("a retry is answered from the ledger", |_, story| story.has_repeated()));
    }
    if 0 < scope.crashes_max {
        promises.push(Promise::sometimes("what a killed process sent is stored", |_, story| {
            story.has_unheard_of()
        }));
    }
    if 1 < scope.under_way_max {
        promises.push(Promise::sometimes("a request is decided on hope", |_, story| story.hopes()));
    }
    promises
}

impl Story {
    /// Whether each accepted answer is in the journal once, and what was told to nobody at most once.
    fn is_accepted_once(&self) -> bool {
        let stored = |key: &Key| {
            let commits = self.journal.commits.iter();
            commits.filter(|commit| commit.ticket.key() == Some(*key)).count()
        };
        let accepted = |answer: &Answer| matches!(answer, Answer::Accepted { .. });
        let none_twice = self.journal.ledger.keys().all(|key| stored(key) <= 1);
        none_twice && self.told.iter().all(|(key, told)| !told.iter().any(accepted) || stored(key) == 1)
    }

    fn has_stored(&self, ask: Ask) -> bool {
        self.journal.commits.iter().any(|commit| commit.ticket.ask == ask)
    }

    fn has_refused(&self) -> bool {
        self.told.values().flatten().any(|answer| matches!(answer, Answer::Refused(_)))
    }

    fn has_moved(&self) -> bool {
        let moved = |process: &Process| {
            let first = process.under_way.first();
            first.is_some_and(|first| self.journal.has_moved(process.known, first))
        };
        self.processes.iter().any(moved)
    }

    /// Whether an answered request came again, and that is over, too.
    fn has_repeated(&self) -> bool {
        let over = |key: &Key| 1 < self.delivered(*key) && !self.is_under_way(key);
        self.crashes == 0 && self.told.keys().any(over)
    }

    fn hopes(&self) -> bool {
        self.processes.iter().any(|process| 1 < process.under_way.len())
    }

    /// Whether something is stored that nobody was told of, and no process is about to be.
    fn has_unheard_of(&self) -> bool {
        self.journal.ledger.keys().any(|key| !self.told.contains_key(key) && !self.is_under_way(key))
    }

    fn is_under_way(&self, key: &Key) -> bool {
        self.processes.iter().any(|process| process.is_busy_with(Some(*key)))
    }
}
