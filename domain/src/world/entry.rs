//! One stream in memory: what is known of it, and what is hoped.

use super::{Placed, State};
use crate::event::StreamId;
use crate::values::TenantId;

/// What is known and hoped of a stream of one tenant.
#[derive(Debug)]
pub struct Entry {
    pub tenant: TenantId,
    known: Version,
    hoped: Option<Hope>,
}

#[derive(Debug, Clone)]
struct Version {
    sequence: i64,
    state: State,
}

#[derive(Debug)]
struct Hope {
    /// The last commit that would change the stream.
    commit: u64,
    then: Version,
}

impl Entry {
    /// Before its first event, which says whose it is.
    pub fn absent(stream: &StreamId, tenant: TenantId) -> Self {
        Self { tenant, known: Version { sequence: 0, state: State::absent(stream) }, hoped: None }
    }

    /// The state that deciding sees.
    pub fn state(&self) -> &State {
        self.hoped.as_ref().map_or(&self.known.state, |hope| &hope.then.state)
    }

    /// Sequence of the last event that deciding sees.
    pub fn sequence(&self) -> i64 {
        self.hoped.as_ref().map_or(self.known.sequence, |hope| hope.then.sequence)
    }

    /// Whether events lie between what is known and this one.
    pub const fn misses_something_before(&self, placed: &Placed) -> bool {
        self.known.sequence + 1 < placed.sequence
    }

    /// A hope that knowledge has caught up with is dropped: it came true, or its place was taken. Otherwise
    /// fulfilling it late would take knowledge back.
    pub fn learn(&mut self, placed: &Placed) {
        self.known.fold(placed);
        self.hoped.take_if(|hope| hope.then.sequence <= self.known.sequence);
    }

    /// Folds an event on top of what is hoped already.
    pub fn hope(&mut self, commit: u64, placed: &Placed) {
        let hope = self.hoped.get_or_insert_with(|| Hope { commit, then: self.known.clone() });
        hope.commit = commit;
        hope.then.fold(placed);
    }

    /// The hopes of later commits stay.
    pub fn fulfil(&mut self, commit: u64, placed: &Placed) {
        match self.hoped.take_if(|hope| hope.commit == commit && hope.then.sequence == placed.sequence) {
            Some(hope) => self.known = hope.then,
            None => self.learn(placed),
        }
    }

    /// Back to what is known.
    pub fn despair(&mut self) {
        self.hoped = None;
    }

    /// Whether a commit under way would change it.
    pub fn is_hoping(&self) -> bool {
        self.hoped.is_some()
    }
}

impl Version {
    /// Only the next event counts: an older one is known already.
    fn fold(&mut self, placed: &Placed) {
        if placed.sequence == self.sequence + 1 {
            self.state.evolve(&placed.event);
            self.sequence = placed.sequence;
        }
    }
}
