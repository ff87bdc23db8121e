//! The two halves of an aggregate, both pure: deciding and evolving.

use cqrs_es::Aggregate;

/// An aggregate that decides without waiting for anything.
///
/// `cqrs_es::Aggregate` asks for an async `handle` and an `apply` by value; aggregates here answer both from
/// these two functions.
pub trait Decide: Aggregate {
    /// The events that a command causes; none when it is already so, hence safe to repeat.
    ///
    /// # Errors
    /// The aggregate's refusal when a rule forbids the command in this state. Nothing happens then.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Error>;

    /// The state after an event. Total and silent: history cannot be argued with.
    fn evolve(&mut self, event: &Self::Event);
}
