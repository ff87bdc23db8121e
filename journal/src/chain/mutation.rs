//! Shows that the chain finds what it should: events are changed in memory, and each change must be seen.

use std::borrow::Cow;

use booking_domain::values::TenantId;
use chrono::TimeDelta;
use rand::{Rng, RngExt};
use uuid::Uuid;

use super::link::Link;
use super::store::Batch;
use crate::Recorded;

/// What is done to a batch. Indexes count from its first event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mutation {
    /// One event became another one: a byte of one of its parts was changed.
    Changed { index: usize, event: Box<Recorded> },
    /// An event is gone, and its position with it.
    Dropped { index: usize },
    /// An event is gone, and the positions of those after it were moved up.
    DroppedUnseen { index: usize },
    /// Two events have exchanged their positions.
    Swapped { first: usize, second: usize },
}

/// A batch that is whole, to be asked what it would look like after a mutation.
#[derive(Debug)]
pub struct MutationCheck {
    events: Vec<Recorded>,
    /// Before each event.
    links: Vec<Link>,
    end: Link,
}

impl MutationCheck {
    /// `None` when the events are not those that were chained: then nothing can be shown with them.
    pub fn new(since: Link, events: Vec<Recorded>, batch: &Batch) -> Option<Self> {
        let (mut links, mut link) = (Vec::with_capacity(events.len()), since);
        for event in &events {
            links.push(link);
            link = link.then(event);
        }
        let is_whole = !events.is_empty() && link == batch.end();
        is_whole.then_some(Self { events, links, end: link })
    }

    /// Something random that is done to the event at a position of the batch, or to it and another one.
    pub fn any_at(&self, position: i64, rng: &mut impl Rng) -> Mutation {
        let index = self.events.iter().position(|event| event.position == position).unwrap_or(0);
        mutate(&self.events, index, rng)
    }

    /// Whether the hash at the end of the batch gives the mutation away. Only what comes after the first
    /// changed event is computed again.
    pub fn finds(&self, mutation: &Mutation) -> bool {
        let (from, changed) = self.after(mutation);
        let link = changed.iter().fold(self.links[from], |link, event| link.then(event));
        link.hash != self.end.hash
    }

    fn after<'a>(&'a self, mutation: &'a Mutation) -> (usize, Vec<Cow<'a, Recorded>>) {
        let mut events: Vec<Cow<'_, Recorded>> = self.events.iter().map(Cow::Borrowed).collect();
        let first = match mutation {
            Mutation::Changed { index, event } => {
                events[*index] = Cow::Borrowed(event);
                *index
            }
            Mutation::Dropped { index } => {
                events.remove(*index);
                *index
            }
            Mutation::DroppedUnseen { index } => {
                events.remove(*index);
                events.iter_mut().skip(*index).for_each(|event| event.to_mut().position -= 1);
                *index
            }
            Mutation::Swapped { first, second } => {
                events.swap(*first, *second);
                events[*first].to_mut().position = self.events[*first].position;
                events[*second].to_mut().position = self.events[*second].position;
                *first.min(second)
            }
        };
        (first, events.split_off(first))
    }
}

/// A random mutation of the event at `index`. A batch of one event has nothing to exchange it with.
pub fn mutate(events: &[Recorded], index: usize, rng: &mut impl Rng) -> Mutation {
    match rng.random_range(0..4) {
        0 => Mutation::Dropped { index },
        1 => Mutation::DroppedUnseen { index },
        2 if 1 < events.len() => {
            let second = (index + rng.random_range(1..events.len())) % events.len();
            Mutation::Swapped { first: index, second }
        }
        _ => Mutation::Changed { index, event: Box::new(changed(&events[index], rng)) },
    }
}

fn changed(event: &Recorded, rng: &mut impl Rng) -> Recorded {
    let mut event = event.clone();
    match rng.random_range(0..10) {
        0 => event.event_id = changed_id(event.event_id, rng),
        1 => event.tenant_id = TenantId::new(changed_id(event.tenant_id.uuid(), rng)),
        2 => change(&mut event.aggregate_type, rng),
        3 => change(&mut event.aggregate_id, rng),
        4 => event.sequence ^= 1 << rng.random_range(0..63),
        5 => change(&mut event.event_type, rng),
        6 => change(&mut event.event_version, rng),
        7 => event.recorded_at += TimeDelta::microseconds(1 << rng.random_range(0..40)),
        8 => change(&mut event.metadata, rng),
        _ => change(&mut event.payload, rng),
    }
    event
}

fn changed_id(id: Uuid, rng: &mut impl Rng) -> Uuid {
    Uuid::from_u128(id.as_u128() ^ (1 << rng.random_range(0..128)))
}

/// Another sign instead of one of them. It stays ASCII, so the text stays a text.
fn change(text: &mut String, rng: &mut impl Rng) {
    let plain: Vec<usize> = (0..text.len()).filter(|at| text.as_bytes()[*at].is_ascii()).collect();
    if plain.is_empty() {
        return text.push('0');
    }
    let at = plain[rng.random_range(0..plain.len())];
    let other = text.as_bytes()[at] ^ (1 << rng.random_range(0..7));
    text.replace_range(at..=at, char::from(other).encode_utf8(&mut [0; 4]));
}
