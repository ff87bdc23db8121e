//! The booking engine's one binary: starts what it needs and wires the rooms. Decides nothing.

mod archive;
pub mod bench;
pub mod cli;
pub mod contract;
pub mod database;
pub mod dev;
pub mod exit;
mod life;
mod logs;
pub mod metrics;
pub mod roles;
pub mod schema;
pub mod servers;
pub mod settings;
pub mod tools;
