//! NATS: the only room that speaks to it.
//!
//! JetStream is delivery, never the truth. The [`Relay`] copies the journal into one stream so that
//! **stream sequence = journal position**; a [`Feed`] hands those events to a projection in order, and reads
//! from the journal whatever the stream cannot give. What is absent: nothing here is published by a command,
//! nothing trusts a position that the server keeps, and no other crate uses `async-nats`.

pub mod config;
mod connect;
pub mod doctor;
mod failure;
mod feed;
mod live;
pub mod message;
mod percent;
mod relay;
mod shared;
pub mod streams;
pub mod subjects;
mod subscriber;

/// What relay and feed do next, as pure functions of what they saw. The simulation asks them, too.
pub mod plan {
    pub use crate::feed::plan::{Place, Source, place, source};
    pub use crate::relay::plan::{Start, start};
}

pub use connect::{ConnectFailure, Connection, connect};
pub use failure::NatsFailure;
pub use feed::{BATCH_EVENTS_MAX, Feed, FeedFailure};
pub use relay::{Progress, Relay, RelayFailure, RelayState, WINDOW_EVENTS};
pub use streams::{Definition, StreamFailure, StreamState, ensure};
pub use subscriber::{durable_name, ensure_subscriber};
