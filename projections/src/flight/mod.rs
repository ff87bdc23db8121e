//! Departures: what is said about each, and what is left of it.

mod bits;
mod disruption;
mod filters;
mod find;
pub mod http;
mod row;
mod seat_map;
mod seats;
mod sheet;
mod store;
#[cfg(test)]
mod tests;
mod view;

pub use bits::Bits;
pub use row::{FlightRow, Flights};
pub use seat_map::{Holder, SeatMap};
pub use seats::{SeatStatus, SeatsView};
pub use sheet::FlightSheet;
pub use view::FlightView;
