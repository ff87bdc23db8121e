//! The world: the states that a writing process holds in memory, folded from the journal.
//!
//! Each stream has two states. `known` is what the journal says; `hoped` is what it will say if the commits
//! that are under way succeed. Deciding sees what is hoped. A clean commit turns hopes into knowledge; anything
//! else throws all hopes away, and what was decided on them is decided again.

mod draft;
mod entry;
mod state;

use std::collections::{BTreeSet, HashMap, VecDeque};

pub use draft::{Draft, Drafted, Name, NameKind, NewName, Touch};
use entry::Entry;
pub use state::{Kept, State};

use crate::booking::Booking;
use crate::departure::Departure;
use crate::event::{Event, Family, StreamId};
use crate::values::{BookingId, DepartureId, TenantId};

/// By streams of a family, and by what a batch changes: few of them, and all of one departure, booking or business. A
/// quick hash is enough there; families, which callers name, are kept by one that withstands chosen keys.
pub type IdMap<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Names remembered as another's at most; beyond it all are forgotten, and the journal says so again.
const NAMES_MAX: usize = 10_000;

/// The states of the streams held in memory.
#[derive(Debug, Default)]
pub struct World {
    families: HashMap<Family, Streams>,
    /// What commits under way would change, the oldest commit first: only there is anything hoped.
    hopes: VecDeque<(u64, StreamId)>,
    names: HashMap<Name, String>,
    /// Names that commits under way would give, the oldest commit first.
    hoped_names: VecDeque<(u64, Name)>,
    clock: u64,
}

#[derive(Debug, Default)]
struct Streams {
    entries: IdMap<StreamId, Entry>,
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

    /// The departure that deciding sees, if it is the tenant's.
    pub fn departure(&self, tenant: TenantId, flight_id: DepartureId) -> Option<&Departure> {
        let entry = self.entry(&StreamId::Departure(flight_id)).filter(|entry| entry.tenant == tenant)?;
        Departure::of(entry.state())
    }

    /// Bookings that hold something on a departure, if it is the tenant's, each once. It goes through all seats and
    /// pools; nothing depends on it.
    pub fn holders(&self, tenant: TenantId, flight_id: DepartureId) -> BTreeSet<BookingId> {
        let streams = self.families.get(&Family::Departure(flight_id));
        let entries = streams.into_iter().flat_map(|streams| streams.entries.values());
        entries.filter(|entry| entry.tenant == tenant).flat_map(|entry| entry.state().holders()).collect()
    }

    /// Whether a name is known or hoped to be another's.
    pub fn is_anothers(&self, name: &Name, owner: &StreamId) -> bool {
        self.names.get(name).is_some_and(|bearer| *bearer != owner.aggregate_id())
    }

    /// Takes a family in with its whole history. One that is held already stays as it is.
    pub fn take_in(&mut self, family: Family, history: &[Placed]) {
        if self.holds(family) {
            return;
        }
        let mut streams = Streams { entries: IdMap::default(), last_used: self.clock };
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
                self.hopes.push_back((commit, placed.stream.clone()));
            }
        }
    }

    /// Lets later decisions see a name as taken by a commit under way.
    pub fn hope_name(&mut self, commit: u64, name: Name, owner: String) {
        self.hoped_names.push_back((commit, name.clone()));
        self.names.insert(name, owner);
    }

    /// Turns what was hoped of a commit's request into knowledge: its events are in the journal.
    pub fn fulfil(&mut self, commit: u64, events: &[Placed]) {
        for placed in events {
            if let Some(streams) = self.families.get_mut(&placed.stream.family()) {
                streams.entry(placed).fulfil(commit, placed);
            }
        }
    }

    /// Nothing of a commit is hoped any more: all of it was fulfilled. Its names are left to the journal, which
    /// knows them now.
    pub fn landed(&mut self, commit: u64) {
        while self.hopes.front().is_some_and(|(of, _)| *of <= commit) {
            self.hopes.pop_front();
        }
        while let Some((_, name)) = self.hoped_names.pop_front_if(|(of, _)| *of <= commit) {
            self.names.remove(&name);
        }
    }

    /// Gives up every hope.
    pub fn despair(&mut self) {
        for (_, stream) in self.hopes.drain(..) {
            let streams = self.families.get_mut(&stream.family());
            if let Some(entry) = streams.and_then(|streams| streams.entries.get_mut(&stream)) {
                entry.despair();
            }
        }
        for (_, name) in self.hoped_names.drain(..) {
            self.names.remove(&name);
        }
    }

    /// Remembers that a name is another's, so that it is not tried again.
    pub fn learn_name(&mut self, name: Name, owner: String) {
        if NAMES_MAX <= self.names.len() {
            self.names.clear();
        }
        self.names.insert(name, owner);
    }

    /// How many families are in memory.
    pub fn families_held(&self) -> usize {
        self.families.len()
    }

    /// Forgets the families that were not used for longest, down to `families_max`; those with hopes stay.
    pub fn shrink_to(&mut self, families_max: usize) {
        self.clock += 1;
        if self.families.len() <= families_max {
            return;
        }
        let mut ages: Vec<u64> = self.families.values().map(|streams| streams.last_used).collect();
        // A tenth more than needed goes, so that the next request does not pay again.
        let surplus = (ages.len() - families_max + families_max / 10).min(ages.len() - 1);
        let (_, oldest_kept, _) = ages.select_nth_unstable(surplus);
        let oldest_kept = *oldest_kept;
        self.families.retain(|_, streams| oldest_kept <= streams.last_used || streams.is_hoping());
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self { clock: self.clock, ..Self::default() };
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
