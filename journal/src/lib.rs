//! The journal: the only way in and out of the schemas `journal` and `keys`.

mod lease;
mod reader;
mod recorded;
mod upcast;

pub use lease::{Lease, LeaseFailure};
pub use reader::{CHANNEL, POLL_MS, READ_EVENTS_MAX, ReadFailure, Reader, Tail};
pub use recorded::{Recorded, Unreadable};
