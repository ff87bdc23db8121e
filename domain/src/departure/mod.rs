//! A departure: a flight, bus or show at one time, with what it has to sell.
//!
//! ```text
//!           Schedule               Cancel
//!  Absent -----------> Scheduled ---------> Cancelled
//!                      |  ^  |   Depart
//!                      |  |  +------------> Departed
//!                      +--+ OpenSales, CloseSales, Reschedule, ChangeCabins
//! ```
//! Whatever moves its bookings (cancelled, rescheduled, other cabins, a rebooking) leaves a pass to be made over
//! them, which goes on from batch to batch with `RecordSettled` until it is done.

mod aggregate;
mod changing;
mod event;
mod passes;
#[cfg(test)]
mod scenarios;

pub use aggregate::{Departure, DepartureCommand, DepartureRefusal, Schedule};
pub use event::{DepartureEvent, Displaced, Flight, Pass, SettledBatch};
pub use passes::{Cursor, Passes, Rebooking};
