//! A counted class of a departure: places without numbers, with an optional overbooking limit.
//!
//! Open claims never exceed `capacity + overbooking_limit` when they are accepted; a capacity that is lowered
//! later leaves them as they are.

mod aggregate;
mod event;
#[cfg(test)]
mod scenarios;

pub use aggregate::{Pool, PoolClaim, PoolCommand, PoolRefusal};
pub use event::PoolEvent;
