//! command-api

pub mod openflights;
