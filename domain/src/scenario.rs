//! Given / when / then for any aggregate that can [`Decide`].

use std::fmt::Debug;

use crate::decide::Decide;

/// An aggregate with some history.
pub struct Given<A: Decide>(A);

/// What deciding answered.
pub struct Outcome<A: Decide>(Result<Vec<A::Event>, A::Error>);

/// Starts a row with what has happened so far.
pub fn given<A: Decide>(events: &[A::Event]) -> Given<A> {
    let mut aggregate = A::default();
    for event in events {
        aggregate.evolve(event);
    }
    Given(aggregate)
}

impl<A: Decide<Error: PartialEq> + PartialEq + Debug> Given<A> {
    pub fn when(self, command: A::Command) -> Outcome<A> {
        Outcome(self.0.decide(command))
    }

    #[track_caller]
    pub fn then_state(self, expected: &A) {
        assert_eq!(&self.0, expected);
    }
}

impl<A: Decide<Error: PartialEq>> Outcome<A>
where
    A::Event: Debug,
{
    #[track_caller]
    pub fn then(self, expected: &[A::Event]) {
        assert_eq!(self.0.as_deref(), Ok(expected));
    }

    #[track_caller]
    pub fn then_nothing(self) {
        self.then(&[]);
    }

    #[track_caller]
    pub fn then_refused(self, expected: &A::Error) {
        assert_eq!(self.0.as_ref(), Err(expected));
    }
}
