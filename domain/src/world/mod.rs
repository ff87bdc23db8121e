//! The world: the states that a writing process holds in memory, folded from the journal.
//!
//! Each stream has two states. `known` is what the journal says; `hoped` is what it will say if the commits
//! that are under way succeed. Deciding sees what is hoped. A clean commit turns hopes into knowledge; anything
//! else throws all hopes away, and what was decided on them is decided again.

mod draft;
mod entry;
mod state;

use std::collections::HashMap;

pub use draft::{Draft, Drafted, Name, NameKind, NewName, Touch};
use entry::Entry;
pub use state::{Kept, State};

use crate::booking::Booking;
use crate::event::{Event, Family, StreamId};
use crate::values::{BookingId, TenantId};

/// The states of the streams held in memory.
#[derive(Debug, Default)]
pub struct World {
    families: HashMap<Family, Streams>,
    names: HashMap<Name, String>,
    clock: u64,
}

#[derive(Debug, Default)]
struct Streams {
    entries: HashMap<StreamId, Entry>,
    last_used: u64,
}

/// One event of a stream, with its place there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub stream: StreamId,
    pub tenant: TenantId,
    /// 1, 2, 3 … within the stream.
    pub sequence: i64,
    pub event: Event,
}

impl World {
    /// Whether all streams of a family are in memory; asking keeps them there for longer.
    pub fn holds(&mut self, family: Family) -> bool {
        let Some(streams) = self.families.get_mut(&family) else { return false };
        streams.last_used = self.clock;
        true
    }

    /// The booking that deciding sees, if it is the tenant's.
    pub fn booking(&self, tenant: TenantId, booking_id: BookingId) -> Option<&Booking> {
        let entry = self.entry(&StreamId::Booking(booking_id)).filter(|entry| entry.tenant == tenant)?;
        Booking::of(entry.state())
    }

    /// Takes a family in with its whole history. One that is held already stays as it is.
    pub fn take_in(&mut self, family: Family, history: &[Placed]) {
        if self.holds(family) {
            return;
        }
        let mut streams = Streams { entries: HashMap::new(), last_used: self.clock };
        for placed in history {
            streams.entry(placed).learn(placed);
        }
        self.families.insert(family, streams);
    }

    /// Folds an event that the journal has. One already known is passed over, so that overlapping reads are
    /// harmless; one of a family that is not held does not matter. A family that missed an event in between is
    /// forgotten, to be taken in anew: deciding on it would be deciding on stale news.
    pub fn learn(&mut self, placed: &Placed) {
        let family = placed.stream.family();
        let Some(streams) = self.families.get_mut(&family) else { return };
        let entry = streams.entry(placed);
        if entry.misses_something_before(placed) {
            self.families.remove(&family);
        } else {
            entry.learn(placed);
        }
    }

    /// Lets later decisions see events that a commit under way will store.
    pub fn hope(&mut self, commit: u64, events: &[Placed]) {
        for placed in events {
            if let Some(streams) = self.families.get_mut(&placed.stream.family()) {
                streams.entry(placed).hope(commit, placed);
            }
        }
    }

    /// Turns what was hoped of a commit into knowledge: its events are in the journal.
    pub fn fulfil(&mut self, commit: u64, events: &[Placed]) {
        for placed in events {
            if let Some(streams) = self.families.get_mut(&placed.stream.family()) {
                streams.entry(placed).fulfil(commit, placed);
            }
        }
    }

    /// Gives up every hope.
    pub fn despair(&mut self) {
        for entry in self.families.values_mut().flat_map(|streams| streams.entries.values_mut()) {
            entry.despair();
        }
    }

    /// Remembers that a name is another's, so that it is not tried again.
    pub fn learn_name(&mut self, name: Name, owner: String) {
        self.names.insert(name, owner);
    }

    /// Forgets the families that were not used for longest, down to `families_max`; those with hopes stay.
    pub fn shrink_to(&mut self, families_max: usize) {
        self.clock += 1;
        if self.families.len() <= families_max {
            return;
        }
        self.names.clear();
        let mut ages: Vec<u64> = self.families.values().map(|streams| streams.last_used).collect();
        // A tenth more than needed goes, so that the next request does not pay again.
        let surplus = (ages.len() - families_max + families_max / 10).min(ages.len() - 1);
        let (_, oldest_kept, _) = ages.select_nth_unstable(surplus);
        let oldest_kept = *oldest_kept;
        self.families.retain(|_, streams| oldest_kept <= streams.last_used || streams.is_hoping());
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.families.clear();
        self.names.clear();
    }

    fn entry(&self, stream: &StreamId) -> Option<&Entry> {
        self.families.get(&stream.family())?.entries.get(stream)
    }
}

impl Streams {
    fn entry(&mut self, placed: &Placed) -> &mut Entry {
        self.entries
            .entry(placed.stream.clone())
            .or_insert_with(|| Entry::absent(&placed.stream, placed.tenant))
    }

    fn is_hoping(&self) -> bool {
        self.entries.values().any(Entry::is_hoping)
    }
}

#[cfg(test)]
mod tests;
