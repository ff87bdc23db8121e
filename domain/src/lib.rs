//! What a booking is: values, aggregates, and the use cases over several of them.
//!
//! Pure: no I/O, no clock, no chance. What a decision needs comes with the request, and what it changes goes
//! out as events. Absent on purpose: sqlx, tokio, axum, `Utc::now`, `Uuid::new_v4`.

pub mod booking;
pub mod customer;
pub mod decide;
pub mod departure;
pub mod event;
pub mod pool;
pub mod refusal;
#[cfg(test)]
mod scenario;
pub mod seat;
pub mod tenant;
pub mod use_cases;
pub mod user;
pub mod values;
pub mod world;

pub use event::{Event, Family, StreamId};
pub use refusal::{Refusal, RefusalKind};
pub use use_cases::UseCase;
pub use world::World;
