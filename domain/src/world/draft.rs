//! One request being decided: what it has looked at, and what it would store.

use std::collections::BTreeSet;

use super::{IdMap, Kept, Placed, State, World};
use crate::event::{Event, Family, StreamId};
use crate::values::{BookingId, DepartureId, TenantId};

/// A decision in the making, on what the world hopes plus what this request has decided so far.
///
/// Everything goes through the tenant: a stream of another tenant is seen as absent.
#[derive(Debug)]
pub struct Draft<'w> {
    world: &'w World,
    tenant: TenantId,
    events: Vec<Placed>,
    /// Streams commanded more than once, or read after they were commanded.
    ahead: IdMap<StreamId, (i64, State)>,
    touched: Vec<Touch>,
    names: Vec<NewName>,
}

/// What a decision depends on: if it moves before the commit, the decision is taken again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Touch {
    /// One stream.
    Stream(StreamId),
    /// Any stream of a family: a refusal for want of free seats has looked at all of them.
    Family(Family),
}

/// A name that only one stream may bear.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// Absent for names that are unique over the whole platform.
    pub tenant: Option<TenantId>,
    pub kind: NameKind,
    pub value: String,
}

/// What kinds of names there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// Of a booking, within its tenant.
    BookingReference,
    /// Of a tenant, over the platform.
    Subdomain,
}

/// A name and the stream that is to bear it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewName {
    pub name: Name,
    pub owner: StreamId,
}

/// What a request would store. Nothing, when it was refused or when it is already so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drafted {
    pub events: Vec<Placed>,
    pub touched: Vec<Touch>,
    pub names: Vec<NewName>,
}

impl NameKind {
    /// Column `kind`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BookingReference => "booking_reference",
            Self::Subdomain => "subdomain",
        }
    }
}

impl<'w> Draft<'w> {
    /// An empty decision for a tenant.
    pub fn new(world: &'w World, tenant: TenantId) -> Self {
        Self { world, tenant, events: vec![], ahead: IdMap::default(), touched: vec![], names: vec![] }
    }

    /// Whose streams are seen.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The state of a stream, and the decision depends on it from now on.
    pub fn read<A: Kept + Clone>(&mut self, stream: &StreamId) -> A {
        self.touch(Touch::Stream(stream.clone()));
        self.peek::<A, A>(stream, Clone::clone)
    }

    /// Looks at a stream without depending on it: whoever chooses among many touches what was chosen.
    pub fn peek<A: Kept, T>(&mut self, stream: &StreamId, look: impl FnOnce(&A) -> T) -> T {
        self.catch_up(stream);
        match self.state(stream).and_then(|(_, state)| A::of(state)) {
            Some(aggregate) => look(aggregate),
            None => look(&A::default()),
        }
    }

    /// Bookings that hold something on a departure before this request, each once; nothing depends on it. What
    /// happens to them afterwards, they follow from the departure as it was read.
    pub fn holders(&self, flight_id: DepartureId) -> BTreeSet<BookingId> {
        self.world.holders(self.tenant, flight_id)
    }

    /// Makes the decision depend on something.
    pub fn touch(&mut self, touch: Touch) {
        if !self.touched.contains(&touch) {
            self.touched.push(touch);
        }
    }

    /// Gives a stream a command; what it causes is stored with all else, or not at all.
    ///
    /// # Errors
    /// The aggregate's refusal; the whole request is then refused.
    pub fn command<A: Kept>(&mut self, stream: &StreamId, command: A::Command) -> Result<(), A::Error> {
        self.touch(Touch::Stream(stream.clone()));
        let decided = self.peek::<A, _>(stream, |aggregate| aggregate.decide(command))?;
        let last = self.state(stream).map_or(0, |(sequence, _)| sequence);
        for (sequence, event) in (last + 1..).zip(decided) {
            let (stream, tenant, event) = (stream.clone(), self.tenant, A::event(event));
            self.events.push(Placed { stream, tenant, sequence, event });
        }
        Ok(())
    }

    /// Sequence of the last event of a stream, 0 before the first; the decision depends on it from now on.
    pub fn version(&mut self, stream: &StreamId) -> i64 {
        self.touch(Touch::Stream(stream.clone()));
        self.state(stream).map_or(0, |(sequence, _)| sequence)
    }

    /// Claims a name for a stream. Whether it is free is settled by the journal, when it is stored.
    pub fn claim(&mut self, name: Name, owner: StreamId) {
        self.names.push(NewName { name, owner });
    }

    /// Whether a name is known to belong to another.
    pub fn is_anothers(&self, name: &Name, owner: &StreamId) -> bool {
        self.world.is_anothers(name, owner)
    }

    /// The events decided so far.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().map(|placed| &placed.event)
    }

    /// What is to be stored, and what it depends on.
    pub fn finish(self) -> Drafted {
        Drafted { events: self.events, touched: self.touched, names: self.names }
    }

    /// What a refusal depends on; nothing of it is stored.
    pub fn refuse(self) -> Drafted {
        Drafted { touched: self.touched, ..Drafted::default() }
    }

    fn state(&self, stream: &StreamId) -> Option<(i64, &State)> {
        if let Some((sequence, state)) = self.ahead.get(stream) {
            return Some((*sequence, state));
        }
        let entry = self.world.entry(stream).filter(|entry| entry.tenant == self.tenant)?;
        Some((entry.sequence(), entry.state()))
    }

    /// Folds what this very request has decided about a stream, which most commanded streams never need.
    fn catch_up(&mut self, stream: &StreamId) {
        let seen = self.state(stream).map_or(0, |(sequence, _)| sequence);
        let news = |placed: &&Placed| placed.stream == *stream && seen < placed.sequence;
        if !self.events.iter().any(|placed| news(&placed)) {
            return;
        }
        let mut state = self.state(stream).map_or_else(|| State::absent(stream), |(_, state)| state.clone());
        let mut last = seen;
        for placed in self.events.iter().filter(news) {
            state.evolve(&placed.event);
            last = placed.sequence;
        }
        self.ahead.insert(stream.clone(), (last, state));
    }
}
