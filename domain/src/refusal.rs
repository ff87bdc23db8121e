//! Why a request was turned down, whichever part of it said no.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::booking::BookingRefusal;
use crate::customer::CustomerRefusal;
use crate::departure::DepartureRefusal;
use crate::pool::PoolRefusal;
use crate::seat::SeatRefusal;
use crate::tenant::TenantRefusal;
use crate::user::UserRefusal;
use crate::values::{Class, Money, SeatNumber};

/// A refusal by a rule. Nothing is stored; the same request may succeed when what stands in its way has gone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Tenant(#[from] TenantRefusal),
    #[error(transparent)]
    Departure(#[from] DepartureRefusal),
    #[error(transparent)]
    Seat(#[from] SeatRefusal),
    #[error(transparent)]
    Pool(#[from] PoolRefusal),
    #[error(transparent)]
    Booking(#[from] BookingRefusal),
    #[error(transparent)]
    Customer(#[from] CustomerRefusal),
    #[error(transparent)]
    User(#[from] UserRefusal),
    #[error(transparent)]
    Sale(#[from] SaleRefusal),
    /// The caller meant an older version.
    #[error("this has changed since: it is version {now} by now")]
    VersionConflict {
        /// Sequence of the last event.
        now: i64,
    },
}

/// Why what was asked for cannot be sold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaleRefusal {
    /// Absent, cancelled, closed, departed or too full (S3-1).
    #[error("{0}")]
    FlightUnavailable(String),
    /// Taken or blocked; all of the seats asked for that cannot be had.
    #[error("seat {} is taken", list(taken))]
    SeatsTaken {
        taken: Vec<TakenSeat>,
        /// Free seats of the same cabins, the best ones together first.
        alternatives: Vec<SeatOffer>,
    },
    /// Absent, or of another class than the one asked for.
    #[error("flight {flight_number} has no seat {seat_number}")]
    NoSuchSeat { flight_number: String, seat_number: SeatNumber },
    #[error("flight {flight_number} has no class {class}")]
    NoSuchClass { flight_number: String, class: Class },
    /// Seats are counted once each, passengers without infants.
    #[error("{seats} seats were named for {passengers} passengers that need one")]
    SeatCount { seats: usize, passengers: usize },
    #[error("the price is {now}, not {expected}")]
    PriceChanged { expected: Money, now: Money },
    #[error("one booking has one currency")]
    MixedCurrencies,
    #[error("the sum is too large")]
    SumTooLarge,
    #[error("seats can be exchanged on one flight only")]
    NotOnOneFlight,
}

/// Why a seat that was asked for cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenSeat {
    pub seat_number: SeatNumber,
    /// `taken` or `blocked`.
    pub status: &'static str,
    /// Since when it is taken.
    pub since: Option<DateTime<Utc>>,
}

/// A seat that can be had instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeatOffer {
    pub seat_number: SeatNumber,
    pub class: Class,
    pub price: Money,
}

/// What kind of no it is; faces map it onto their own status codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// What the request is about does not exist, or is another tenant's.
    Absent,
    /// The state does not allow it now.
    Conflict,
    /// It can never be, whatever the state.
    Wrong,
    /// It was meant for another version than there is.
    Stale,
}

impl Refusal {
    /// Stable, documented in `docs/errors.md`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Tenant(refusal) => refusal.code(),
            Self::Departure(refusal) => refusal.code(),
            Self::Seat(refusal) => refusal.code(),
            Self::Pool(refusal) => refusal.code(),
            Self::Booking(refusal) => refusal.code(),
            Self::Customer(refusal) => refusal.code(),
            Self::User(refusal) => refusal.code(),
            Self::Sale(refusal) => refusal.code(),
            Self::VersionConflict { .. } => "VERSION_CONFLICT",
        }
    }

    /// How to take it.
    pub const fn kind(&self) -> RefusalKind {
        match self {
            Self::Departure(DepartureRefusal::NotFound)
            | Self::Tenant(TenantRefusal::NotFound)
            | Self::User(UserRefusal::NotFound) => RefusalKind::Absent,
            Self::Departure(
                DepartureRefusal::ArrivesBeforeItDeparts
                | DepartureRefusal::OutOfCalendar
                | DepartureRefusal::DepartsInThePast
                | DepartureRefusal::OtherCurrency { .. }
                | DepartureRefusal::NoSuchTime(_)
                | DepartureRefusal::RebookedToItself,
            ) => RefusalKind::Wrong,
            Self::Booking(refusal) => refusal.kind(),
            Self::Sale(refusal) => refusal.kind(),
            Self::VersionConflict { .. } => RefusalKind::Stale,
            Self::Tenant(_)
            | Self::Departure(_)
            | Self::Seat(_)
            | Self::Pool(_)
            | Self::Customer(_)
            | Self::User(_) => RefusalKind::Conflict,
        }
    }
}

impl SaleRefusal {
    const fn code(&self) -> &'static str {
        match self {
            Self::FlightUnavailable(_) => "FLIGHT_UNAVAILABLE",
            Self::SeatsTaken { .. } => "SEAT_TAKEN",
            Self::NoSuchSeat { .. } => "SEAT_UNKNOWN",
            Self::NoSuchClass { .. } => "CLASS_UNKNOWN",
            Self::SeatCount { .. } => "SEAT_COUNT_MISMATCH",
            Self::PriceChanged { .. } => "PRICE_CHANGED",
            Self::MixedCurrencies => "MIXED_CURRENCIES",
            Self::SumTooLarge => "SUM_TOO_LARGE",
            Self::NotOnOneFlight => "NOT_ON_ONE_FLIGHT",
        }
    }

    const fn kind(&self) -> RefusalKind {
        match self {
            Self::FlightUnavailable(_) | Self::SeatsTaken { .. } | Self::PriceChanged { .. } => {
                RefusalKind::Conflict
            }
            Self::NoSuchSeat { .. }
            | Self::NoSuchClass { .. }
            | Self::SeatCount { .. }
            | Self::MixedCurrencies
            | Self::SumTooLarge
            | Self::NotOnOneFlight => RefusalKind::Wrong,
        }
    }
}

fn list(taken: &[TakenSeat]) -> String {
    taken.iter().map(|seat| seat.seat_number.to_string()).collect::<Vec<_>>().join(", ")
}
