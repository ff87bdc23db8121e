use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::values::{
    Actor, BookingId, BookingReference, Cabins, DepartureId, ItemId, SeatNumber, ZonedTime, instant,
};

/// Which departure it is, as tickets and boards name it (S3-2 `flight_details`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flight {
    pub flight_id: DepartureId,
    /// Such as `AA100`.
    pub flight_number: String,
    /// Name of the carrier.
    pub airline: String,
    /// Code of the place, such as `JFK`.
    pub origin: String,
    /// Code of the place, such as `LAX`.
    pub destination: String,
    /// In the origin's zone.
    pub departure: ZonedTime,
    /// In the destination's zone.
    pub arrival: ZonedTime,
}

/// What has happened to a departure. Past tense; never renamed, never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type")]
pub enum DepartureEvent {
    /// On the timetable, with all that it has to sell.
    #[serde(rename = "departure.scheduled")]
    Scheduled {
        #[serde(flatten)]
        flight: Flight,
        cabins: Cabins,
        sales_open: bool,
        scheduled_at: DateTime<Utc>,
    },
    /// It will not take place. Its bookings are cancelled afterwards, in batches.
    #[serde(rename = "departure.cancelled")]
    Cancelled { flight_id: DepartureId, reason: Option<String>, cancelled_at: DateTime<Utc> },
    /// Customers may book again.
    #[serde(rename = "departure.sales_opened")]
    SalesOpened { flight_id: DepartureId, opened_at: DateTime<Utc> },
    /// No new bookings; those that are there stay.
    #[serde(rename = "departure.sales_closed")]
    SalesClosed { flight_id: DepartureId, closed_at: DateTime<Utc> },
    /// It takes place at another time. Its bookings are brought up to date afterwards, in batches.
    #[serde(rename = "departure.rescheduled")]
    Rescheduled {
        flight_id: DepartureId,
        departure: ZonedTime,
        arrival: ZonedTime,
        #[serde(serialize_with = "instant::utc")]
        rescheduled_at: DateTime<Utc>,
    },
    /// It has other cabins, such as those of another aircraft. Pools got their new sizes in the same commit; whoever
    /// sits where no seat is any more is seated elsewhere afterwards, in batches.
    #[serde(rename = "departure.seat_map_changed")]
    SeatMapChanged {
        flight_id: DepartureId,
        cabins: Cabins,
        #[serde(serialize_with = "instant::utc")]
        changed_at: DateTime<Utc>,
    },
    /// It has left.
    #[serde(rename = "departure.departed")]
    Departed {
        flight_id: DepartureId,
        #[serde(serialize_with = "instant::utc")]
        departed_at: DateTime<Utc>,
    },
    /// Staff want its bookings, or these of them, on another departure. They are moved afterwards, in batches.
    #[serde(rename = "departure.rebooking_requested")]
    RebookingRequested {
        flight_id: DepartureId,
        to_flight_id: DepartureId,
        /// Absent: all.
        bookings: Option<Vec<BookingId>>,
        requested_by: Actor,
        #[serde(serialize_with = "instant::utc")]
        requested_at: DateTime<Utc>,
    },
    /// A batch of its bookings was seen to, in the same commit.
    #[serde(rename = "departure.bookings_settled")]
    BookingsSettled {
        flight_id: DepartureId,
        #[serde(flatten)]
        batch: SettledBatch,
        #[serde(serialize_with = "instant::utc")]
        settled_at: DateTime<Utc>,
    },
}

/// What became of the next bookings of a departure, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledBatch {
    pub pass: Pass,
    /// The last booking looked at; absent when there was none.
    pub through: Option<BookingId>,
    /// How many were looked at.
    pub looked_at: u32,
    /// How many of them were changed.
    pub changed: u32,
    /// Items that a person must see to: they stay as they are.
    pub displaced: Vec<Displaced>,
    /// How many are still to be looked at; with none the pass is over.
    pub left: u32,
}

/// Why bookings of a departure are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// The departure has changed.
    Settling,
    /// They are moved to another departure.
    Rebooking,
}

/// An item for which no unit as good was free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Displaced {
    pub booking_id: BookingId,
    pub booking_reference: BookingReference,
    pub item_id: ItemId,
    /// Absent for a place of a pool.
    pub seat_number: Option<SeatNumber>,
}

impl DepartureEvent {
    /// Which one it is about.
    pub const fn flight_id(&self) -> DepartureId {
        match self {
            Self::Scheduled { flight, .. } => flight.flight_id,
            Self::Cancelled { flight_id, .. }
            | Self::SalesOpened { flight_id, .. }
            | Self::SalesClosed { flight_id, .. }
            | Self::Rescheduled { flight_id, .. }
            | Self::SeatMapChanged { flight_id, .. }
            | Self::Departed { flight_id, .. }
            | Self::RebookingRequested { flight_id, .. }
            | Self::BookingsSettled { flight_id, .. } => *flight_id,
        }
    }

    /// The one name: column, payload tag, `ce-type` and end of the NATS subject.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Scheduled { .. } => "departure.scheduled",
            Self::Cancelled { .. } => "departure.cancelled",
            Self::SalesOpened { .. } => "departure.sales_opened",
            Self::SalesClosed { .. } => "departure.sales_closed",
            Self::Rescheduled { .. } => "departure.rescheduled",
            Self::SeatMapChanged { .. } => "departure.seat_map_changed",
            Self::Departed { .. } => "departure.departed",
            Self::RebookingRequested { .. } => "departure.rebooking_requested",
            Self::BookingsSettled { .. } => "departure.bookings_settled",
        }
    }
}

impl DomainEvent for DepartureEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        crate::event::VERSION.to_owned()
    }
}
