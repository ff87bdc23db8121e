use chrono::{DateTime, Utc};

use super::Order;
use crate::values::{Actor, Sealed};

/// What callers may ask of a booking. Every command carries `now`, so deciding never reads a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookingCommand {
    /// Agrees to the order; the units are claimed in the same commit.
    Place { order: Box<Order>, by: Actor, now: DateTime<Utc> },
    /// Makes the agreement firm: paid at the desk, or approved.
    Confirm { by: Actor, now: DateTime<Utc> },
    /// Gives it up. Sending it twice is harmless.
    Cancel {
        by: Actor,
        /// A word code such as `user_requested`.
        reason: String,
        /// Sealed under the customer's key.
        comments: Option<Sealed>,
        now: DateTime<Utc>,
    },
    /// Ends a booking that was not paid in time. Sent on old news, so it never touches one that was confirmed.
    Expire { now: DateTime<Utc> },
}
