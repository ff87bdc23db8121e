//! The journal for those who answer for it: what happened, who did it, and whether history is still what it was.
//!
//! Owners see their own business; the hash chain is one for all businesses, and tells nothing about any.

mod checkpoints;
mod events;
pub mod http;
mod trail;
mod verify;
