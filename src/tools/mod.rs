//! Tools: what is run by hand, and ends.

pub mod backup;
pub mod doctor;
pub mod migrate;
pub(crate) mod progress;
pub mod rebuild;
pub mod rekey;
pub mod replay;
pub mod restore;
pub mod seed;
pub mod tenant;
pub mod token;
pub mod user;
pub mod verify;
