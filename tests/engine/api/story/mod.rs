//! A booking from its placing to its end, and the flights it is on.

mod airline;
mod cancelling;
mod changing;
mod confirming;
mod disruption;
mod flights;
mod fulfilling;
mod holding;
mod lists;
mod once;
mod placing;
mod reading;
mod rehearsing;
mod seats;
