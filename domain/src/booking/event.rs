use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{
    Awaiting, Balance, Claim, DetailsChange, Item, Order, Passenger, PassengerChange, RefundQuote, created,
};
use crate::departure::Flight;
use crate::values::{
    Actor, BookingId, BookingReference, CustomerId, ItemId, PriceLine, Sealed, UserId, instant,
};

/// What has happened to a booking. Past tense; never renamed, never removed. The payloads keep those of the
/// airline source field for field (S3-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type")]
pub enum BookingEvent {
    /// The units are kept for a while, at this price; nobody is named and nothing is owed yet. They were claimed in
    /// the same commit.
    #[serde(rename = "booking.held")]
    Held {
        #[serde(flatten)]
        order: Box<Order>,
        /// First instant at which the hold may run out.
        #[serde(serialize_with = "instant::utc")]
        hold_expires_at: DateTime<Utc>,
        held_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        held_at: DateTime<Utc>,
    },
    /// The hold lasts longer.
    #[serde(rename = "booking.hold_extended")]
    HoldExtended {
        #[serde(flatten)]
        of: Subject,
        #[serde(serialize_with = "instant::utc")]
        hold_expires_at: DateTime<Utc>,
        extended_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        extended_at: DateTime<Utc>,
    },
    /// The hold was let go. The units were released in the same commit.
    #[serde(rename = "booking.hold_released")]
    HoldReleased {
        #[serde(flatten)]
        of: Subject,
        released_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        released_at: DateTime<Utc>,
    },
    /// Everything that was agreed, terms of sale included. The units were claimed in the same commit, or held
    /// before.
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
    /// Staff said no. The units were released in the same commit.
    #[serde(rename = "booking.declined")]
    Declined {
        #[serde(flatten)]
        of: Subject,
        /// A word code such as `not_available`.
        decline_reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        comments: Option<Sealed>,
        #[serde(flatten)]
        refund: RefundQuote,
        declined_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        declined_at: DateTime<Utc>,
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
    /// Not paid in time, or not placed before the hold ran out. The units were released in the same commit.
    #[serde(rename = "booking.expired")]
    Expired {
        #[serde(flatten)]
        of: Subject,
        #[serde(serialize_with = "instant::utc")]
        expired_at: DateTime<Utc>,
    },
    /// It stands again, in the same units, which were claimed anew in the same commit.
    #[serde(rename = "booking.reinstated")]
    Reinstated {
        #[serde(flatten)]
        of: Subject,
        /// The new claim of each item that stands again.
        claims: Vec<ItemClaim>,
        /// Nothing: it is confirmed.
        awaiting: Option<Awaiting>,
        #[serde(serialize_with = "instant::optional")]
        payment_due_at: Option<DateTime<Utc>>,
        reinstated_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        reinstated_at: DateTime<Utc>,
    },
    /// Put away: it is over, and lists leave it out.
    #[serde(rename = "booking.archived")]
    Archived {
        #[serde(flatten)]
        of: Subject,
        archived_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        archived_at: DateTime<Utc>,
    },
    /// Particulars of one passenger were mended (S3-5).
    #[serde(rename = "booking.passenger_changed")]
    PassengerChanged {
        #[serde(flatten)]
        of: Subject,
        passenger: Box<PassengerChange>,
        changed_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        changed_at: DateTime<Utc>,
    },
    /// What people wrote to each other about it.
    #[serde(rename = "booking.details_changed")]
    DetailsChanged {
        #[serde(flatten)]
        of: Subject,
        #[serde(flatten)]
        details: DetailsChange,
        changed_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        changed_at: DateTime<Utc>,
    },
    /// One more unit. It was claimed in the same commit.
    #[serde(rename = "booking.item_added")]
    ItemAdded {
        #[serde(flatten)]
        of: Subject,
        item: Box<Item>,
        flight: Box<Flight>,
        /// When the item is for someone who was not on the booking before.
        #[serde(skip_serializing_if = "Option::is_none")]
        passenger: Option<Box<Passenger>>,
        #[serde(flatten)]
        balance: Balance,
        added_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        added_at: DateTime<Utc>,
    },
    /// An item has another unit: another seat, or another departure. The old one was released and the new one
    /// claimed in the same commit.
    #[serde(rename = "booking.item_moved")]
    ItemMoved {
        #[serde(flatten)]
        of: Subject,
        item_id: ItemId,
        from: Claim,
        to: Claim,
        /// The item's from now on.
        price_lines: Vec<PriceLine>,
        /// The departure of the new unit.
        flight: Box<Flight>,
        #[serde(flatten)]
        balance: Balance,
        moved_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        moved_at: DateTime<Utc>,
    },
    /// One unit was given up. It was released in the same commit.
    #[serde(rename = "booking.item_cancelled")]
    ItemCancelled {
        #[serde(flatten)]
        of: Subject,
        item_id: ItemId,
        /// A word code such as `user_requested`.
        cancellation_reason: String,
        /// What is kept of its price; empty when all comes back.
        price_lines: Vec<PriceLine>,
        #[serde(flatten)]
        balance: Balance,
        cancelled_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        cancelled_at: DateTime<Utc>,
    },
    /// The passenger is here.
    #[serde(rename = "booking.item_checked_in")]
    ItemCheckedIn(Fulfilment),
    /// The check-in was a mistake.
    #[serde(rename = "booking.check_in_reverted")]
    CheckInReverted(Fulfilment),
    /// It took place.
    #[serde(rename = "booking.item_completed")]
    ItemCompleted(Fulfilment),
    /// The passenger did not come.
    #[serde(rename = "booking.item_marked_no_show")]
    ItemMarkedNoShow(Fulfilment),
    /// The passenger came after all.
    #[serde(rename = "booking.no_show_reverted")]
    NoShowReverted(Fulfilment),
    /// Staff let something off or added something.
    #[serde(rename = "booking.price_adjusted")]
    PriceAdjusted {
        #[serde(flatten)]
        of: Subject,
        price_line: PriceLine,
        /// A word code such as `goodwill`.
        adjustment_reason: String,
        #[serde(flatten)]
        balance: Balance,
        adjusted_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        adjusted_at: DateTime<Utc>,
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

/// An item went one step on, or back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fulfilment {
    #[serde(flatten)]
    pub of: Subject,
    pub item_id: ItemId,
    pub by: Actor,
    #[serde(serialize_with = "instant::utc")]
    pub at: DateTime<Utc>,
}

/// What an item claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemClaim {
    pub item_id: ItemId,
    pub claim: Claim,
}

impl BookingEvent {
    /// Reads a payload of the newest version.
    ///
    /// # Errors
    /// When the event is unknown to this program, or the payload is garbled.
    pub fn from_json(payload: &str) -> serde_json::Result<Self> {
        created::read(payload).map_or_else(|| serde_json::from_str(payload), Ok)
    }

    /// Whose it is.
    pub const fn booking_id(&self) -> BookingId {
        match self {
            Self::Held { order, .. } | Self::Created { order, .. } => order.booking_id,
            Self::HoldExtended { of, .. }
            | Self::HoldReleased { of, .. }
            | Self::Confirmed { of, .. }
            | Self::Declined { of, .. }
            | Self::Cancelled { of, .. }
            | Self::Expired { of, .. }
            | Self::Reinstated { of, .. }
            | Self::Archived { of, .. }
            | Self::PassengerChanged { of, .. }
            | Self::DetailsChanged { of, .. }
            | Self::ItemAdded { of, .. }
            | Self::ItemMoved { of, .. }
            | Self::ItemCancelled { of, .. }
            | Self::ItemCheckedIn(Fulfilment { of, .. })
            | Self::CheckInReverted(Fulfilment { of, .. })
            | Self::ItemCompleted(Fulfilment { of, .. })
            | Self::ItemMarkedNoShow(Fulfilment { of, .. })
            | Self::NoShowReverted(Fulfilment { of, .. })
            | Self::PriceAdjusted { of, .. } => of.booking_id,
        }
    }

    /// The one name: column, payload tag, `ce-type` and end of the NATS subject.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Held { .. } => "booking.held",
            Self::HoldExtended { .. } => "booking.hold_extended",
            Self::HoldReleased { .. } => "booking.hold_released",
            Self::Created { .. } => "booking.created",
            Self::Confirmed { .. } => "booking.confirmed",
            Self::Declined { .. } => "booking.declined",
            Self::Cancelled { .. } => "booking.cancelled",
            Self::Expired { .. } => "booking.expired",
            Self::Reinstated { .. } => "booking.reinstated",
            Self::Archived { .. } => "booking.archived",
            Self::PassengerChanged { .. } => "booking.passenger_changed",
            Self::DetailsChanged { .. } => "booking.details_changed",
            Self::ItemAdded { .. } => "booking.item_added",
            Self::ItemMoved { .. } => "booking.item_moved",
            Self::ItemCancelled { .. } => "booking.item_cancelled",
            Self::ItemCheckedIn(_) => "booking.item_checked_in",
            Self::CheckInReverted(_) => "booking.check_in_reverted",
            Self::ItemCompleted(_) => "booking.item_completed",
            Self::ItemMarkedNoShow(_) => "booking.item_marked_no_show",
            Self::NoShowReverted(_) => "booking.no_show_reverted",
            Self::PriceAdjusted { .. } => "booking.price_adjusted",
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
