//! The API as callers meet it: the real binary, over HTTP.

pub mod stage;

mod accounts;
mod bad_input;
mod contract;
mod dev;
mod outages;
mod privacy;
mod races;
mod story;
mod time_travel;
