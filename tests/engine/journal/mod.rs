//! The journal against real Postgres.

mod cqrs;
mod guards;
mod names;
mod races;
mod table;
