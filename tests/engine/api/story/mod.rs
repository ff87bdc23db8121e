//! A booking from its placing to its end, and the flights it is on.

mod cancelling;
mod confirming;
mod flights;
mod lists;
mod once;
mod placing;
mod reading;
mod seats;
