use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::values::{BookingId, CustomerId, PassengerId, instant};

/// What has happened to a customer. Past tense; never renamed, never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type")]
pub enum CustomerEvent {
    /// A hold of theirs began, in the same commit.
    #[serde(rename = "customer.hold_opened")]
    HoldOpened {
        customer_id: CustomerId,
        booking_id: BookingId,
        #[serde(serialize_with = "instant::utc")]
        opened_at: DateTime<Utc>,
    },
    /// It was placed, let go, or ran out, in the same commit.
    #[serde(rename = "customer.hold_closed")]
    HoldClosed {
        customer_id: CustomerId,
        booking_id: BookingId,
        #[serde(serialize_with = "instant::utc")]
        closed_at: DateTime<Utc>,
    },
    /// The keys of their personal texts, and of those of the passengers named, were destroyed in the same commit.
    #[serde(rename = "customer.erased")]
    Erased {
        customer_id: CustomerId,
        /// Of bookings of theirs, each once; those of an earlier erasure are not named again.
        passenger_ids: Vec<PassengerId>,
        #[serde(serialize_with = "instant::utc")]
        erased_at: DateTime<Utc>,
    },
}

impl CustomerEvent {
    /// The one name: column, payload tag, `ce-type` and end of the NATS subject.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::HoldOpened { .. } => "customer.hold_opened",
            Self::HoldClosed { .. } => "customer.hold_closed",
            Self::Erased { .. } => "customer.erased",
        }
    }
}

impl DomainEvent for CustomerEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        crate::event::VERSION.to_owned()
    }
}
