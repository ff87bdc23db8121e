//! A numbered seat of a departure. An unsold seat has no stream.
//!
//! ```text
//!         Claim               Block
//!  Free ---------> Claimed   Free ---------> Blocked
//!   ^                 |       ^                 |
//!   +---- Release ----+       +---- Unblock ----+
//! ```

mod aggregate;
mod event;
#[cfg(test)]
mod scenarios;

pub use aggregate::{Seat, SeatCommand, SeatRefusal};
pub use event::{ReleaseCause, SeatEvent};
