//! A customer: a person who books. So far only how many holds of theirs are open.

mod aggregate;
mod event;
#[cfg(test)]
mod scenarios;

pub use aggregate::{Customer, CustomerCommand, CustomerRefusal};
pub use event::CustomerEvent;
