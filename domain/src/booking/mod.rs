//! A booking: one customer's order of items, agreed as a whole.
//!
//! ```text
//!           Place             Confirm
//!  Absent ---------> Created ---------> Confirmed
//!                    |     |                |
//!             Expire |     | Cancel         | Cancel
//!                    v     v                v
//!                 Expired  Cancelled   Cancelled
//! ```
//! A booking for which nothing is due or awaited is confirmed in the same commit that creates it.

mod aggregate;
mod command;
mod created;
mod event;
mod item;
mod order;
mod refusal;
#[cfg(test)]
pub mod samples;
#[cfg(test)]
mod scenarios;
mod sheet;

pub use aggregate::{Agreement, Booking, Ending};
pub use command::BookingCommand;
pub use event::{BookingEvent, RefundQuote, RefundStatus, Subject};
pub use order::{Awaiting, Claim, Item, Order, Passenger, PassengerKind, earliest_start};
pub use refusal::BookingRefusal;
pub use sheet::{FlightDetails, ItemStatus, PaymentStatus, Sheet, SheetItem, SheetPassenger, Status};
