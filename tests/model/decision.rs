//! What the engine's own use cases decide: the rules are not told again here.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

use booking_domain::World;
use booking_domain::world::{Draft, Placed, Touch};

use crate::flight::preparations;
use crate::requests::{Ticket, tenant_id};

/// A request with what was decided for it.
#[derive(Debug)]
pub struct Decision {
    pub ticket: Ticket,
    /// Its code.
    pub refusal: Option<&'static str>,
    pub events: Vec<Placed>,
    pub touched: Vec<Touch>,
    /// Stands for all of it in the hash of a state.
    mark: u64,
}

/// Decides on worlds folded from the journal.
#[derive(Debug)]
pub struct Judge {
    /// Events before those of the model.
    history: Vec<Placed>,
    /// Deciding is pure, so what was decided once is known.
    decided: Mutex<HashMap<(u64, Ticket), Arc<Decision>>>,
}

impl Judge {
    pub fn new() -> Self {
        let mut judge = Self { history: vec![], decided: Mutex::default() };
        for case in preparations() {
            let world = judge.world(&[], &[]);
            let mut draft = Draft::new(&world, tenant_id());
            case.decide(&mut draft).expect("nothing stands in the way yet");
            judge.history.extend(draft.finish().events);
        }
        judge
    }

    /// Decides on what `known` commits say and what is hoped of those that are under way.
    pub fn decide(&self, known: &[Arc<Decision>], hoped: &[Arc<Decision>], ticket: Ticket) -> Arc<Decision> {
        let asked = (mark_of(&(known, hoped)), ticket);
        let mut decided = self.decided.lock().expect("deciding does not panic");
        let decision =
            decided.entry(asked).or_insert_with(|| Arc::new(decide(&self.world(known, hoped), ticket)));
        Arc::clone(decision)
    }

    fn world(&self, known: &[Arc<Decision>], hoped: &[Arc<Decision>]) -> World {
        let mut world = World::default();
        for placed in self.history.iter().chain(known.iter().flat_map(|decision| &decision.events)) {
            world.take_in(placed.stream.family(), &[]);
            world.learn(placed);
        }
        for (commit, decision) in (1..).zip(hoped) {
            for placed in &decision.events {
                world.take_in(placed.stream.family(), &[]);
            }
            world.hope(commit, &decision.events);
        }
        world
    }
}

impl Decision {
    /// Whether both store the same, and say the same to whoever asked.
    pub fn agrees_with(&self, other: &Self) -> bool {
        (self.refusal, &self.events) == (other.refusal, &other.events)
    }
}

impl PartialEq for Decision {
    fn eq(&self, other: &Self) -> bool {
        self.mark == other.mark
    }
}

impl Hash for Decision {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.mark.hash(state);
    }
}

fn decide(world: &World, ticket: Ticket) -> Decision {
    let mut draft = Draft::new(world, tenant_id());
    let refusal = ticket.case().decide(&mut draft).err().map(|refusal| refusal.code());
    let drafted = if refusal.is_some() { draft.refuse() } else { draft.finish() };
    let (events, touched) = (drafted.events, drafted.touched);
    let stored: Vec<_> = events.iter().map(|placed| (placed.sequence, payload(placed))).collect();
    let mark = mark_of(&(ticket, refusal, &touched, stored));
    Decision { ticket, refusal, events, touched, mark }
}

fn payload(placed: &Placed) -> String {
    placed.event.to_json().expect("events have only text keys")
}

/// The same for the same, in every run.
pub fn mark_of<T: Hash>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
