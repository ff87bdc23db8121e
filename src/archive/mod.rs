//! Backups: two files of one moment, made and read by Postgres's own programs.
//!
//! ```text
//! booking-20261127T143000Z-1.48213.dump        everything but the keys; `read` without its rows
//! booking-20261127T143000Z-1.48213.keys.dump   the wrapped keys of persons
//! ```
//! The keys stand apart, so that copies of the journal can be kept where those of the keys are not, and be given up
//! one without the other: an erased person stays erased only where no old keys are kept.

mod files;
mod moment;
mod programs;
mod target;

pub use files::{Archive, Stamp};
pub use moment::Moment;
pub use programs::{Part, Programs};
pub use target::{Target, nobody_at_work};
