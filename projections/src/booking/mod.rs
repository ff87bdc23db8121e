//! Bookings as `GET /bookings/{id}` shows them: one row each, the document and what lists are sorted by.

mod columns;
mod filters;
pub mod http;
mod past;
mod past_list;
mod row;
mod show;
mod store;
#[cfg(test)]
mod tests;

pub use columns::Columns;
pub use row::{BookingRow, Bookings};
