//! A booking as people read it: everything that its events have said, sealed fields still sealed.
//!
//! Both faces answer with a sheet, the command side folded from the journal and the query side from its rows,
//! so that they can never disagree.

mod after;
mod begin;
mod recount;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Awaiting, ItemStatus, PassengerKind, RefundStatus};
use crate::values::{
    BookingId, BookingReference, Class, Currency, CustomerId, DepartureId, ItemId, Money, PassengerId,
    PriceLine, Sealed, SeatNumber, UserId, instant,
};

/// The document behind `GET /bookings/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Booking)]
pub struct Sheet {
    pub booking_id: BookingId,
    pub booking_reference: BookingReference,
    pub status: Status,
    pub awaiting: Option<Awaiting>,
    /// Kind of the first item.
    pub kind: String,
    pub user_id: Option<UserId>,
    pub customer_id: CustomerId,
    pub flight_id: Option<DepartureId>,
    pub flight_details: Option<FlightDetails>,
    /// Departures after the first, in the order of the items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further_flights: Vec<FurtherFlight>,
    /// Of the earliest item.
    #[serde(serialize_with = "instant::optional")]
    pub start_time: Option<DateTime<Utc>>,
    /// Of the latest item.
    #[serde(serialize_with = "instant::optional")]
    pub end_time: Option<DateTime<Utc>>,
    /// Where the first departure starts.
    #[schema(value_type = Option<String>)]
    pub time_zone: Option<Tz>,
    pub items: Vec<SheetItem>,
    pub passengers: Vec<SheetPassenger>,
    pub passengers_count: usize,
    /// As they were sold, even when the booking has ended.
    pub allocated_seats: Vec<SeatNumber>,
    pub total_price: Money,
    /// Those of the items, then adjustments.
    pub price_lines: Vec<PriceLine>,
    /// What staff let off or added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<PriceLine>,
    #[schema(value_type = String)]
    pub currency: Currency,
    pub payment_status: PaymentStatus,
    /// What was paid and has not come back.
    pub amount_paid: Money,
    /// What came back, or is to, because the booking was changed.
    pub amount_refunded: Money,
    #[serde(serialize_with = "instant::optional")]
    pub payment_due_at: Option<DateTime<Utc>>,
    /// Of a hold: first instant at which it may run out.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "instant::optional")]
    pub hold_expires_at: Option<DateTime<Utc>>,
    pub refund_status: Option<RefundStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_refund_amount: Option<Money>,
    #[schema(value_type = Sealed)]
    pub special_requests: Option<Sealed>,
    #[schema(value_type = Sealed)]
    pub notes: Option<Sealed>,
    pub confirmation_url: String,
    #[serde(serialize_with = "instant::utc")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "instant::utc")]
    pub updated_at: DateTime<Utc>,
    #[serde(serialize_with = "instant::optional")]
    pub confirmed_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "instant::optional")]
    pub cancelled_at: Option<DateTime<Utc>>,
    pub cancellation_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "instant::optional")]
    pub declined_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "instant::optional")]
    pub expired_at: Option<DateTime<Utc>>,
    pub archived: bool,
    /// Sequence of the last event; the ETag.
    pub version: i64,
}

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BookingStatus)]
pub enum Status {
    /// Its units are kept for a while.
    Held,
    /// Agreed, but something is awaited.
    Created,
    /// Firm.
    Confirmed,
    /// Everyone is here.
    CheckedIn,
    /// It took place.
    Completed,
    /// Nobody came.
    NoShow,
    /// Given up.
    Cancelled,
    /// Turned down by staff.
    Declined,
    /// Not paid in time; or a hold that ran out or was let go.
    Expired,
}

/// What is known of the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// There is nothing to pay.
    None,
    /// Not paid yet.
    Due,
    /// Paid.
    Captured,
}

/// The first departure (S3-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlightDetails {
    pub flight_number: String,
    pub airline: String,
    #[serde(serialize_with = "instant::utc")]
    pub departure: DateTime<Utc>,
    #[serde(serialize_with = "instant::utc")]
    pub arrival: DateTime<Utc>,
    pub origin: String,
    pub destination: String,
}

/// A departure after the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FurtherFlight {
    pub flight_id: DepartureId,
    /// Where it starts.
    #[schema(value_type = String)]
    pub time_zone: Tz,
    #[serde(flatten)]
    pub details: FlightDetails,
}

/// One claim, as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = BookingItem)]
pub struct SheetItem {
    pub item_id: ItemId,
    pub kind: String,
    pub status: ItemStatus,
    pub flight_id: DepartureId,
    pub flight_number: Option<String>,
    pub class: Class,
    pub seat_number: Option<SeatNumber>,
    pub units: u32,
    pub passenger_id: Option<PassengerId>,
    #[serde(serialize_with = "instant::utc")]
    pub start_time: DateTime<Utc>,
    #[serde(serialize_with = "instant::utc")]
    pub end_time: DateTime<Utc>,
    pub price_lines: Vec<PriceLine>,
}

/// Someone who travels, with the first seat that is theirs now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = BookingPassenger)]
pub struct SheetPassenger {
    pub passenger_id: PassengerId,
    pub first_name: Sealed,
    pub last_name: Sealed,
    #[schema(value_type = Sealed)]
    pub email: Option<Sealed>,
    #[schema(value_type = Sealed)]
    pub phone_number: Option<Sealed>,
    #[schema(value_type = Sealed)]
    pub date_of_birth: Option<Sealed>,
    #[schema(value_type = Sealed)]
    pub passport_number: Option<Sealed>,
    pub is_primary: bool,
    pub kind: PassengerKind,
    pub seat: Option<SeatNumber>,
}

impl Status {
    /// As answers and filters write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Created => "created",
            Self::Confirmed => "confirmed",
            Self::CheckedIn => "checked_in",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
            Self::Expired => "expired",
        }
    }
}

#[cfg(test)]
mod tests;
