//! A booking: one customer's order of items, agreed as a whole.
//!
//! ```text
//!           Hold           Place             Confirm
//!  Absent ------> Held ------------> Created ------> Confirmed --+ check in, complete,
//!     |             |                 |  |  ^            |  |    | no-show: each item
//!     |   let go,   |                 |  |  | more is due|  +----+ by itself
//!     |   expire    |   expire,       |  |  +------------+
//!     |             v   decline       |  | Cancel        | Cancel
//!     |          Expired <------------+  v               v
//!     +-------------> Place           Cancelled      Cancelled    Reinstate: back to where it stood
//! ```
//! A booking for which nothing is due or awaited is confirmed in the same commit that creates it. A change that costs
//! more takes a confirmed booking back to waiting for the difference.

mod aggregate;
mod agreement;
mod balance;
mod change;
mod command;
mod created;
mod decide;
mod event;
mod item;
mod order;
mod refusal;
#[cfg(test)]
pub mod samples;
#[cfg(test)]
mod scenarios;
mod sheet;

pub use aggregate::{Booking, Ending, Hold};
pub use agreement::{AgreedItem, Agreement};
pub use balance::{Balance, RefundQuote, RefundStatus};
pub use change::{DetailsChange, PassengerChange, given};
pub use command::{BookingCommand, Charging, ItemMove, Step, Windows};
pub use decide::ITEMS_MAX;
pub use event::{BookingEvent, Fulfilment, ItemClaim, Subject};
pub use order::{Awaiting, Claim, Item, ItemStatus, Order, Passenger, PassengerKind};
pub use refusal::BookingRefusal;
pub use sheet::{FlightDetails, PaymentStatus, Sheet, SheetItem, SheetPassenger, Status};
