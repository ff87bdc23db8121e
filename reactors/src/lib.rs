//! Policies: what is to be done about an event, and when.
//!
//! ```text
//!   Feed --> react (pure) --> timers + checkpoint, one transaction
//!                                |
//!                                v  due
//!             wake (pure) --> deed, at least once, under the timer's key --> Journal
//!                                |
//!                                +-- fails: later again, in the end a dead letter
//! ```
//! A reactor is a pure mapping of events to timers, and of timers to deeds; its own state is its timers. A deed is
//! done on old news, so it is a command that is safe when late, and the aggregate has the last word. What is
//! absent: a decision, and any way into the journal but its door.

mod action;
mod backoff;
mod checkpoint;
mod digest;
mod disruption;
mod expiry;
mod reactor;
mod runner;
#[cfg(test)]
mod samples;
mod timers;

pub use action::{Action, Cause, Deed, Timer, TimerKey, Verdict};
pub use backoff::{PAUSE_S, PAUSE_S_MAX, TRIES_MAX};
pub use reactor::Reactor;
pub use runner::{DEED_WITHIN_MS, LOOK_MS_MAX, Reactors, Settings, TIMERS_MAX};
