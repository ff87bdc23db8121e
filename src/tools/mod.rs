//! Tools: what is run by hand, and ends.

pub mod doctor;
pub mod migrate;
pub(crate) mod progress;
pub mod replay;
pub mod seed;
pub mod token;
pub mod verify;
