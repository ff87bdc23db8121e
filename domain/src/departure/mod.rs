//! A departure: a flight, bus or show at one time, with what it has to sell.
//!
//! ```text
//!           Schedule               Cancel
//!  Absent -----------> Scheduled ---------> Cancelled
//!                      |       ^
//!                      +-------+ OpenSales, CloseSales
//! ```

mod aggregate;
mod event;
#[cfg(test)]
mod scenarios;

pub use aggregate::{Departure, DepartureCommand, DepartureRefusal, Schedule};
pub use event::{DepartureEvent, Flight};
