//! The reactors' runner against real Postgres and NATS.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../journal/support/mod.rs"]
#[expect(dead_code, reason = "tests/journal uses more of it")]
mod support;

mod expiring;
mod failing;
mod guards;
mod stage;
