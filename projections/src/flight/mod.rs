//! Departures: what is said about each, and what is left of it.

mod bits;
//pub mod http;
//mod list;
mod row;
//#[cfg(test)]
//mod samples;
mod seat_map;
//mod seats;
mod sheet;
mod store;
//#[cfg(test)]
//mod tests;
//mod view;

pub use bits::Bits;
pub use row::{FlightNews, FlightRow, Flights};
pub use seat_map::{Holder, PoolCount, SeatMap};
pub use sheet::FlightSheet;
