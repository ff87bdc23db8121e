//! Departures out of the OpenFlights tables: real airports, airlines, routes and aircraft. The tables hold no
//! timetable, so one is worked out: the same rows give the same departures, in whatever order routes stand.
//!
//! ```text
//! Tables     rows of the four files, each broken one named
//!   Timetable    one leg for each usable route: number, weekdays, time, aircraft; each other route named
//!     departures     leg x date -> (Flight, Cabins), one at a time
//! ```
//!
//! Absent on purpose: the clock, chance, the journal. The only I/O is [`Tables::read_dir`].

mod aircraft;
mod distance;
mod fares;
mod fleet;
mod hash;
mod left_out;
mod leg;
mod numbers;
mod pattern;
mod record;
mod route;
mod summary;
mod tables;
#[cfg(test)]
mod tests;
mod text;
mod timetable;

pub use left_out::{File, LeftOut, Reason};
pub use summary::Summary;
pub use tables::{ReadFailure, TABLE_BYTES_MAX, Tables};
pub use timetable::Timetable;
