//! Events of other processes that were folded lately: streams that were being loaded meanwhile need them too.

use std::collections::VecDeque;

use booking_domain::world::Placed;

/// Most events remembered. A load that began before the oldest of them is made again.
const RECENT_EVENTS_MAX: usize = 20_000;

#[derive(Debug, Default)]
pub struct Recent {
    /// Complete from here on.
    since: i64,
    events: VecDeque<(i64, Placed)>,
}

impl Recent {
    /// Starts anew: nothing before `known` is remembered.
    pub fn restart(&mut self, known: i64) {
        self.since = known;
        self.events.clear();
    }

    pub fn push(&mut self, position: i64, placed: Placed) {
        self.events.push_back((position, placed));
        if RECENT_EVENTS_MAX < self.events.len() {
            self.since = self.events.pop_front().map_or(self.since, |(position, _)| position);
        }
    }

    /// The events after a position, or nothing when they are no longer all remembered.
    pub fn after(&self, position: i64) -> Option<impl Iterator<Item = &Placed>> {
        let newer = move |(at, placed)| if position < at { Some(placed) } else { None };
        (self.since <= position)
            .then(|| self.events.iter().map(|(at, placed)| (*at, placed)).filter_map(newer))
    }
}
