//! The booking engine's one binary: starts what it needs and wires the rooms. Decides nothing.

pub mod database;
pub mod servers;
