//! A customer: a person who books. How many holds of theirs are open, and whether their personal data was erased.

mod aggregate;
mod event;
#[cfg(test)]
mod scenarios;

pub use aggregate::{Customer, CustomerCommand, CustomerRefusal};
pub use event::CustomerEvent;
