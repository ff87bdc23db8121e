//! The engine against real Postgres and NATS, room by room and as a whole.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a run of faults says what it did")]

#[expect(dead_code, reason = "tests/chaos uses more of it")]
mod support;

mod api;
mod faults;
mod operations;
mod recorder;
