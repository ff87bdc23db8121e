use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::values::{BookingId, ClaimId, Class, DepartureId, ItemId, SeatNumber, instant};

/// What has happened to a seat. Past tense; never renamed, never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type")]
pub enum SeatEvent {
    /// A booking's item took it.
    #[serde(rename = "seat.claimed")]
    Claimed {
        flight_id: DepartureId,
        seat_number: SeatNumber,
        class: Class,
        claim_id: ClaimId,
        booking_id: BookingId,
        item_id: ItemId,
        #[serde(serialize_with = "instant::utc")]
        claimed_at: DateTime<Utc>,
    },
    /// The claim ended; the seat is free again.
    #[serde(rename = "seat.released")]
    Released {
        flight_id: DepartureId,
        seat_number: SeatNumber,
        claim_id: ClaimId,
        booking_id: BookingId,
        cause: ReleaseCause,
        #[serde(serialize_with = "instant::utc")]
        released_at: DateTime<Utc>,
    },
    /// Staff took it out of sale.
    #[serde(rename = "seat.blocked")]
    Blocked { flight_id: DepartureId, seat_number: SeatNumber, blocked_at: DateTime<Utc> },
    /// Staff put it back on sale.
    #[serde(rename = "seat.unblocked")]
    Unblocked { flight_id: DepartureId, seat_number: SeatNumber, unblocked_at: DateTime<Utc> },
}

/// Why a claim on a seat or a pool ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseCause {
    /// Its booking was cancelled.
    Cancelled,
    /// Its booking ran out.
    Expired,
    /// Its item moved to another unit.
    Moved,
}

impl SeatEvent {
    /// The one name: column, payload tag, `ce-type` and end of the NATS subject.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Claimed { .. } => "seat.claimed",
            Self::Released { .. } => "seat.released",
            Self::Blocked { .. } => "seat.blocked",
            Self::Unblocked { .. } => "seat.unblocked",
        }
    }
}

impl DomainEvent for SeatEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        crate::event::VERSION.to_owned()
    }
}
