//! The engine against real Postgres and NATS, room by room and as a whole.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

mod api;
mod faults;
