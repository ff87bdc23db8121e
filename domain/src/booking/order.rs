//! What a customer ordered, as the first event of a booking freezes it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Subject, item};
use crate::departure::Flight;
use crate::values::{
    BookingId, BookingReference, ClaimId, Class, Currency, CustomerId, DepartureId, ItemId, Money,
    PassengerId, PriceLine, Sealed, SeatNumber, Span, Terms, UserId, instant,
};

/// The whole order: who, what, for whom, for how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub booking_id: BookingId,
    pub booking_reference: BookingReference,
    /// The account that booked; absent for a walk-in without one.
    pub user_id: Option<UserId>,
    pub customer_id: CustomerId,
    /// The first departure's, if there is one (S3-11).
    pub flight_id: Option<DepartureId>,
    /// Each departure once, in the order of the items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flights: Vec<Flight>,
    pub items: Vec<Item>,
    pub passengers: Vec<Passenger>,
    /// Seat numbers in the order of the items (S3-11).
    pub seats: Vec<SeatNumber>,
    pub total_price: Money,
    pub currency: Currency,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub special_requests: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Sealed>,
    /// What is still missing; nothing means that it is confirmed at once.
    pub awaiting: Option<Awaiting>,
    /// First instant at which the booking may run out unpaid. Absent: it never does.
    #[serde(serialize_with = "instant::optional")]
    pub payment_due_at: Option<DateTime<Utc>>,
}

impl Order {
    /// Items on departures, for so much, with what follows from them. Nobody travels yet, and nothing is awaited.
    pub fn of(of: Subject, items: Vec<Item>, flights: Vec<Flight>, total_price: Money) -> Self {
        let Subject { booking_id, booking_reference, user_id, customer_id } = of;
        Self {
            booking_id,
            booking_reference,
            user_id,
            customer_id,
            flight_id: flights.first().map(|flight| flight.flight_id),
            flights,
            seats: items.iter().filter_map(|item| item.claim.seat_number()).collect(),
            items,
            passengers: vec![],
            total_price,
            currency: total_price.currency,
            special_requests: None,
            notes: None,
            awaiting: None,
            payment_due_at: None,
        }
    }
}

/// What a created booking waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Awaiting {
    /// Its price.
    Payment,
    /// The word of staff.
    Approval,
    /// The customer's code.
    Verification,
}

/// One claim, with its passenger and its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "item::Flat")]
pub struct Item {
    pub item_id: ItemId,
    #[serde(flatten)]
    pub claim: Claim,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// One of the order's passengers. Absent as long as it is only held.
    pub passenger_id: Option<PassengerId>,
    pub price_lines: Vec<PriceLine>,
    #[serde(flatten)]
    pub terms: Terms,
}

/// The unit that an item holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Claim {
    /// A numbered seat.
    Seat { claim_id: ClaimId, flight_id: DepartureId, class: Class, seat_number: SeatNumber, span: Span },
    /// Places without a number.
    Pool { claim_id: ClaimId, flight_id: DepartureId, class: Class, units: u32, span: Span },
}

/// How far an item has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// Its unit is held.
    Claimed,
    /// Its passenger is here.
    CheckedIn,
    /// It took place.
    Completed,
    /// Its passenger did not come.
    NoShow,
    /// Its unit is free again.
    Cancelled,
}

/// Someone who travels. Personal fields are sealed under the passenger's own key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passenger {
    pub id: PassengerId,
    pub first_name: Sealed,
    pub last_name: Sealed,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<Sealed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passport_number: Option<Sealed>,
    /// The one whom the airline talks to.
    pub is_primary: bool,
    pub kind: PassengerKind,
}

/// Decides whether a passenger needs a seat.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PassengerKind {
    /// Takes a seat.
    #[default]
    Adult,
    /// Takes a seat, at the same fare.
    Child,
    /// Travels on a lap: no seat, no fare.
    Infant,
}

impl ItemStatus {
    /// As answers write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::CheckedIn => "checked_in",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
        }
    }
}

impl PassengerKind {
    /// Whether it takes a seat or place of its own.
    pub const fn needs_seat(self) -> bool {
        match self {
            Self::Adult | Self::Child => true,
            Self::Infant => false,
        }
    }
}

impl Claim {
    /// New with each move.
    pub const fn claim_id(&self) -> ClaimId {
        match self {
            Self::Seat { claim_id, .. } | Self::Pool { claim_id, .. } => *claim_id,
        }
    }

    /// The same unit under another claim.
    #[must_use]
    pub fn under(&self, claim_id: ClaimId) -> Self {
        let mut claim = self.clone();
        match &mut claim {
            Self::Seat { claim_id: old, .. } | Self::Pool { claim_id: old, .. } => *old = claim_id,
        }
        claim
    }

    /// The same claim at another time.
    #[must_use]
    pub fn during(&self, span: Span) -> Self {
        let mut claim = self.clone();
        match &mut claim {
            Self::Seat { span: old, .. } | Self::Pool { span: old, .. } => *old = span,
        }
        claim
    }

    /// Which class it is in.
    pub const fn class(&self) -> &Class {
        match self {
            Self::Seat { class, .. } | Self::Pool { class, .. } => class,
        }
    }

    /// How many there are of it: a seat is one.
    pub const fn units(&self) -> u32 {
        match self {
            Self::Seat { .. } => 1,
            Self::Pool { units, .. } => *units,
        }
    }

    /// The departure claimed on.
    pub const fn flight_id(&self) -> DepartureId {
        match self {
            Self::Seat { flight_id, .. } | Self::Pool { flight_id, .. } => *flight_id,
        }
    }

    /// The time it covers.
    pub const fn span(&self) -> Span {
        match self {
            Self::Seat { span, .. } | Self::Pool { span, .. } => *span,
        }
    }

    /// The seat, if it is a numbered one.
    pub const fn seat_number(&self) -> Option<SeatNumber> {
        match self {
            Self::Seat { seat_number, .. } => Some(*seat_number),
            Self::Pool { .. } => None,
        }
    }
}
