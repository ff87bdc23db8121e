//! Timers and dead letters, as their tables keep them.

mod change;
mod due;
mod settle;

pub use change::store;
pub use due::{Due, next_after, take};
pub use settle::{Failed, delete, fail, give_up, set_later};
