use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{Order, created};
use crate::values::{Actor, BookingId, BookingReference, CustomerId, Money, Sealed, UserId, instant};

/// What has happened to a booking. Past tense; never renamed, never removed. The payloads keep those of the
/// airline source field for field (S3-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type")]
pub enum BookingEvent {
    /// Everything that was agreed, terms of sale included. The units were claimed in the same commit.
    #[serde(rename = "booking.created")]
    Created {
        #[serde(flatten)]
        order: Box<Order>,
        created_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        created_at: DateTime<Utc>,
    },
    /// Firm: what was awaited has come, or nothing was.
    #[serde(rename = "booking.confirmed")]
    Confirmed {
        #[serde(flatten)]
        of: Subject,
        confirmed_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        confirmation_timestamp: DateTime<Utc>,
    },
    /// Given up before its time. The units were released in the same commit.
    #[serde(rename = "booking.cancelled")]
    Cancelled {
        #[serde(flatten)]
        of: Subject,
        /// A word code such as `user_requested`.
        cancellation_reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        comments: Option<Sealed>,
        #[serde(flatten)]
        refund: RefundQuote,
        cancelled_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        cancelled_at: DateTime<Utc>,
    },
    /// Not paid in time. The units were released in the same commit.
    #[serde(rename = "booking.expired")]
    Expired {
        #[serde(flatten)]
        of: Subject,
        #[serde(serialize_with = "instant::utc")]
        expired_at: DateTime<Utc>,
    },
}

/// Whose booking an event is about; stands in each, so that a subscriber need not call back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub booking_id: BookingId,
    pub booking_reference: BookingReference,
    /// Absent for a walk-in without an account.
    pub user_id: Option<UserId>,
    pub customer_id: CustomerId,
}

/// What a cancellation gives back, by the terms of sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundQuote {
    pub refund_status: RefundStatus,
    /// What is owed; zero when nothing is.
    pub estimated_refund_amount: Money,
}

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Nothing was paid, or the terms give nothing back.
    NotDue,
    /// Owed, not yet paid out.
    Initiated,
}

impl BookingEvent {
    /// Reads a payload of the newest version.
    ///
    /// # Errors
    /// When the event is unknown to this program, or the payload is garbled.
    pub fn from_json(payload: &str) -> serde_json::Result<Self> {
        created::read(payload).map_or_else(|| serde_json::from_str(payload), Ok)
    }

    /// The one name: column, payload tag, `ce-type` and end of the NATS subject.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "booking.created",
            Self::Confirmed { .. } => "booking.confirmed",
            Self::Cancelled { .. } => "booking.cancelled",
            Self::Expired { .. } => "booking.expired",
        }
    }
}

impl DomainEvent for BookingEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        crate::event::VERSION.to_owned()
    }
}
