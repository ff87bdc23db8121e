//! What has happened to a booking, for people: each event with a sentence, who did it, why, and what it changed.

mod changes;
mod entry;
pub mod http;
mod sentence;

pub use changes::{Change, changes};
pub use entry::{Doer, Entry};
pub use sentence::told;
