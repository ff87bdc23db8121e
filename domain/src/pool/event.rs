use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::seat::ReleaseCause;
use crate::values::{BookingId, ClaimId, Class, DepartureId, ItemId, instant};

/// What has happened to a pool. Past tense; never renamed, never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type")]
pub enum PoolEvent {
    /// How many places there are from now on.
    #[serde(rename = "pool.capacity_changed")]
    CapacityChanged {
        flight_id: DepartureId,
        class: Class,
        capacity: u32,
        overbooking_limit: u32,
        changed_at: DateTime<Utc>,
    },
    /// A booking's item took `units` places.
    #[serde(rename = "pool.claimed")]
    Claimed {
        flight_id: DepartureId,
        class: Class,
        claim_id: ClaimId,
        booking_id: BookingId,
        item_id: ItemId,
        units: u32,
        #[serde(serialize_with = "instant::utc")]
        claimed_at: DateTime<Utc>,
    },
    /// The claim ended; its places are free again.
    #[serde(rename = "pool.released")]
    Released {
        flight_id: DepartureId,
        class: Class,
        claim_id: ClaimId,
        booking_id: BookingId,
        units: u32,
        cause: ReleaseCause,
        #[serde(serialize_with = "instant::utc")]
        released_at: DateTime<Utc>,
    },
}

impl PoolEvent {
    /// The one name: column, payload tag, `ce-type` and end of the NATS subject.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CapacityChanged { .. } => "pool.capacity_changed",
            Self::Claimed { .. } => "pool.claimed",
            Self::Released { .. } => "pool.released",
        }
    }
}

impl DomainEvent for PoolEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        crate::event::VERSION.to_owned()
    }
}
