//! Read models: what the journal says, in the form in which it is asked for.
mod booking;
mod checkpoint;
mod fact;
mod flight;
mod model;
mod positions;
mod projection;
mod runner;
