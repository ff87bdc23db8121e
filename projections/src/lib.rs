//! Read models: what the journal says, in the form in which it is asked for.
//!
//! ```text
//!   Feed --> digest --> fold (pure) --> rows + checkpoint --> Positions --> who waits
//!                                           |
//!   GET <-- Scoped (one tenant) <-----------+
//! ```
//! What is absent: a decision is never taken on a read model, nothing here writes to the journal, and no query
//! can be written outside of a tenant.

mod admin;
mod api;
mod api_keys;
mod audit;
mod booking;
mod checkpoint;
mod fact;
mod flight;
mod history;
mod list;
mod model;
mod moment;
mod past;
mod positions;
mod projection;
pub mod rebuild;
mod runner;
#[cfg(test)]
mod samples;
mod schema;
mod scope;
mod stop;
mod users;
pub mod verify;

pub use api::{QueryFailure, QuerySettings, WAIT_MS, operations, query_api};
pub use booking::Bookings;
pub use checkpoint::CHANNEL;
pub use fact::{Fact, Key, Poison};
pub use flight::Flights;
pub use model::Model;
pub use past::{Survey, SurveyOf};
pub use positions::Positions;
pub use projection::{Digest, Projection, Row, StoreFailure, digest};
pub use runner::{Projections, Settings};
