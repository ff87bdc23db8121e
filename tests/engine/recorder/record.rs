//! What the recorder saw: for each thing, its states with the positions at which they came.

use std::collections::BTreeMap;

use serde_json::Value;

/// The states of one thing, by the position from which on they held.
#[derive(Default)]
pub struct States(BTreeMap<i64, Value>);

impl States {
    pub fn keep(&mut self, position: i64, state: Value) {
        self.0.insert(position, state);
    }

    /// The state at a position; nothing before the first.
    pub fn at(&self, position: i64) -> Option<&Value> {
        self.0.range(..=position).next_back().map(|(_, state)| state)
    }

    /// The positions of the states, in order.
    pub fn positions(&self) -> impl Iterator<Item = i64> {
        self.0.keys().copied()
    }
}

/// An answer without what is no part of the state: which position it shows.
pub fn state(mut body: Value) -> Value {
    if let Some(members) = body.as_object_mut() {
        members.remove("position");
    }
    body
}
