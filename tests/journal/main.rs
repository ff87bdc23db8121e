//! The journal against real Postgres.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

mod chain;
mod cqrs;
mod erasure;
mod guards;
mod names;
mod past;
mod races;
mod table;
mod upstream;
