//! Bookings as `GET /bookings/{id}` shows them: one row each, the document and what lists are sorted by.

mod columns;
//pub mod http;
//mod list;
//mod moment;
mod row;
//#[cfg(test)]
//mod samples;
//mod show;
mod store;
//#[cfg(test)]
//mod tests;

pub use columns::Columns;
pub use row::{BookingRow, Bookings};
