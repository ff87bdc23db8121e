//! A booking as people read it: everything that its events have said, sealed fields still sealed.
//!
//! Both faces answer with a sheet, the command side folded from the journal and the query side from its rows,
//! so that they can never disagree.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Awaiting, BookingEvent, Claim, Item, Order, Passenger, PassengerKind, RefundStatus};
use crate::departure::Flight;
use crate::values::{
    BookingId, BookingReference, Class, Currency, CustomerId, DepartureId, ItemId, Money, PassengerId,
    PriceLine, Sealed, SeatNumber, UserId, instant,
};

/// The document behind `GET /bookings/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Of the earliest item.
    #[serde(serialize_with = "instant::optional")]
    pub start_time: Option<DateTime<Utc>>,
    /// Of the latest item.
    #[serde(serialize_with = "instant::optional")]
    pub end_time: Option<DateTime<Utc>>,
    /// Where the first departure starts.
    pub time_zone: Option<Tz>,
    pub items: Vec<SheetItem>,
    pub passengers: Vec<SheetPassenger>,
    pub passengers_count: usize,
    /// As they were sold, even when the booking has ended.
    pub allocated_seats: Vec<SeatNumber>,
    pub total_price: Money,
    pub price_lines: Vec<PriceLine>,
    pub currency: Currency,
    pub payment_status: PaymentStatus,
    #[serde(serialize_with = "instant::optional")]
    pub payment_due_at: Option<DateTime<Utc>>,
    pub refund_status: Option<RefundStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_refund_amount: Option<Money>,
    pub special_requests: Option<Sealed>,
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
    pub archived: bool,
    /// Sequence of the last event; the ETag.
    pub version: i64,
}

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Agreed, but something is awaited.
    Created,
    /// Firm.
    Confirmed,
    /// Given up.
    Cancelled,
    /// Not paid in time.
    Expired,
}

/// What is known of the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// One claim, as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// An item's own fulfilment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// Its unit is held.
    Claimed,
    /// Its unit is free again.
    Cancelled,
}

/// Someone who travels, with the first seat that is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetPassenger {
    pub passenger_id: PassengerId,
    pub first_name: Sealed,
    pub last_name: Sealed,
    pub email: Option<Sealed>,
    pub phone_number: Option<Sealed>,
    pub date_of_birth: Option<Sealed>,
    pub passport_number: Option<Sealed>,
    pub is_primary: bool,
    pub kind: PassengerKind,
    pub seat: Option<SeatNumber>,
}

impl Sheet {
    /// The sheet after one more event, `version` being its sequence. Nothing before the first.
    pub fn after(before: Option<Self>, event: &BookingEvent, version: i64) -> Option<Self> {
        match (event, before) {
            (BookingEvent::Created { order, created_at, .. }, _) => {
                Some(Self::new(order, *created_at, version))
            }
            (_, None) => None,
            (BookingEvent::Confirmed { confirmation_timestamp: at, .. }, Some(sheet)) => {
                Some(sheet.confirmed(*at, version))
            }
            (BookingEvent::Cancelled { cancellation_reason, refund, cancelled_at, .. }, Some(sheet)) => {
                Some(Self {
                    cancelled_at: Some(*cancelled_at),
                    cancellation_reason: Some(cancellation_reason.clone()),
                    refund_status: Some(refund.refund_status),
                    estimated_refund_amount: Some(refund.estimated_refund_amount),
                    ..sheet.ended(Status::Cancelled, *cancelled_at, version)
                })
            }
            (BookingEvent::Expired { expired_at, .. }, Some(sheet)) => {
                Some(sheet.ended(Status::Expired, *expired_at, version))
            }
        }
    }

    fn new(order: &Order, created_at: DateTime<Utc>, version: i64) -> Self {
        let first = order.flights.first();
        let spans = || order.items.iter().map(|item| item.claim.span());
        Self {
            booking_id: order.booking_id,
            booking_reference: order.booking_reference.clone(),
            status: Status::Created,
            awaiting: order.awaiting,
            kind: order.items.first().map_or("seat", |item| kind(&item.claim)).to_owned(),
            user_id: order.user_id,
            customer_id: order.customer_id,
            flight_id: order.flight_id,
            flight_details: first.map(FlightDetails::of),
            start_time: spans().map(|span| span.from()).min(),
            end_time: spans().map(|span| span.until()).max(),
            time_zone: first.map(|flight| flight.departure.time_zone),
            items: order.items.iter().map(|item| SheetItem::of(item, &order.flights)).collect(),
            passengers: order.passengers.iter().map(|one| SheetPassenger::of(one, &order.items)).collect(),
            passengers_count: order.passengers.len(),
            allocated_seats: order.seats.clone(),
            total_price: order.total_price,
            price_lines: order.items.iter().flat_map(|item| item.price_lines.clone()).collect(),
            currency: order.currency,
            payment_status: if order.total_price.minor == 0 {
                PaymentStatus::None
            } else {
                PaymentStatus::Due
            },
            payment_due_at: order.payment_due_at,
            refund_status: None,
            estimated_refund_amount: None,
            special_requests: order.special_requests.clone(),
            notes: order.notes.clone(),
            confirmation_url: format!("/bookings/{}", order.booking_id),
            created_at,
            updated_at: created_at,
            confirmed_at: None,
            cancelled_at: None,
            cancellation_reason: None,
            archived: false,
            version,
        }
    }

    fn confirmed(self, at: DateTime<Utc>, version: i64) -> Self {
        let paid = self.awaiting == Some(Awaiting::Payment);
        let payment_status = if paid { PaymentStatus::Captured } else { self.payment_status };
        let status = Status::Confirmed;
        let confirmed_at = Some(at);
        Self {
            status,
            payment_status,
            awaiting: None,
            payment_due_at: None,
            confirmed_at,
            ..self.touched(at, version)
        }
    }

    fn ended(mut self, status: Status, at: DateTime<Utc>, version: i64) -> Self {
        for item in &mut self.items {
            item.status = ItemStatus::Cancelled;
        }
        Self { status, awaiting: None, payment_due_at: None, ..self.touched(at, version) }
    }

    fn touched(self, updated_at: DateTime<Utc>, version: i64) -> Self {
        Self { updated_at, version, ..self }
    }
}

impl FlightDetails {
    fn of(flight: &Flight) -> Self {
        Self {
            flight_number: flight.flight_number.clone(),
            airline: flight.airline.clone(),
            departure: flight.departure.at,
            arrival: flight.arrival.at,
            origin: flight.origin.clone(),
            destination: flight.destination.clone(),
        }
    }
}

impl SheetItem {
    fn of(item: &Item, flights: &[Flight]) -> Self {
        let (class, units) = match &item.claim {
            Claim::Seat { class, .. } => (class, 1),
            Claim::Pool { class, units, .. } => (class, *units),
        };
        let flight = flights.iter().find(|flight| flight.flight_id == item.claim.flight_id());
        Self {
            item_id: item.item_id,
            kind: kind(&item.claim).to_owned(),
            status: ItemStatus::Claimed,
            flight_id: item.claim.flight_id(),
            flight_number: flight.map(|flight| flight.flight_number.clone()),
            class: class.clone(),
            seat_number: item.claim.seat_number(),
            units,
            passenger_id: item.passenger_id,
            start_time: item.claim.span().from(),
            end_time: item.claim.span().until(),
            price_lines: item.price_lines.clone(),
        }
    }
}

impl SheetPassenger {
    fn of(passenger: &Passenger, items: &[Item]) -> Self {
        let theirs = items.iter().filter(|item| item.passenger_id == Some(passenger.id));
        Self {
            passenger_id: passenger.id,
            first_name: passenger.first_name.clone(),
            last_name: passenger.last_name.clone(),
            email: passenger.email.clone(),
            phone_number: passenger.phone_number.clone(),
            date_of_birth: passenger.date_of_birth.clone(),
            passport_number: passenger.passport_number.clone(),
            is_primary: passenger.is_primary,
            kind: passenger.kind,
            seat: theirs.filter_map(|item| item.claim.seat_number()).next(),
        }
    }
}

const fn kind(claim: &Claim) -> &'static str {
    match claim {
        Claim::Seat { .. } => "seat",
        Claim::Pool { .. } => "pool",
    }
}

#[cfg(test)]
mod tests;
