use std::fmt;

use chrono::{DateTime, Utc};

use crate::refusal::RefusalKind;

/// Why a booking command was turned down. Nothing is stored when it is.
///
/// The text is for people and may change; [`code`](Self::code) is for programs and may not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BookingRefusal {
    #[error("there is no such booking")]
    NotFound,
    #[error("this booking was already placed with another order")]
    AlreadyPlaced,
    #[error("a booking needs at least one item")]
    NothingOrdered,
    #[error("the hold ran out at {until}")]
    HoldRanOut {
        /// The deadline.
        until: DateTime<Utc>,
    },
    #[error("a hold can be extended {max} time(s) at most")]
    HoldExtendedOften {
        /// The bound.
        max: u32,
    },
    #[error("the booking is only held: place it, or let the hold go")]
    OnlyHeld,
    #[error("the hold is a booking by now")]
    HoldWasPlaced,
    #[error("the booking was to be paid by {due_at}")]
    PaymentWindowPassed {
        /// The deadline.
        due_at: DateTime<Utc>,
    },
    #[error("the booking can still be paid until {due_at}")]
    PaymentWindowOpen {
        /// The deadline.
        due_at: DateTime<Utc>,
    },
    #[error("the booking waits for no payment that could run out")]
    NeverExpires,
    #[error("cannot cancel the booking: it starts within {}", Stretch(*minutes))]
    TooLateToCancel {
        /// The cut-off agreed.
        minutes: u32,
    },
    #[error("cannot change the booking: it starts within {}", Stretch(*minutes))]
    TooLateToChange {
        /// The cut-off agreed.
        minutes: u32,
    },
    #[error("the booking has ended: {ending}")]
    Ended {
        /// `cancelled`, `declined`, `expired` or `completed`.
        ending: &'static str,
    },
    #[error("cannot cancel the booking: it has {ending}")]
    CannotCancel {
        /// `expired`, `been declined` or `taken place`.
        ending: &'static str,
    },
    #[error("a confirmed booking cannot be declined: cancel it")]
    AlreadyConfirmed,
    #[error("the booking is not confirmed yet")]
    NotConfirmed,
    #[error("the booking is not over yet")]
    NotOver,
    #[error("passengers can be changed only before the booking is confirmed")]
    PassengersLocked,
    #[error("the booking has no such passenger")]
    NoSuchPassenger,
    #[error("the booking has no such item")]
    NoSuchItem,
    #[error("the item is {status}")]
    ItemIs {
        /// As answers write it, such as `checked_in`.
        status: &'static str,
    },
    #[error("check-in is open from {opens_at} until {closes_at}")]
    CheckInClosed {
        /// First instant.
        opens_at: DateTime<Utc>,
        /// The start.
        closes_at: DateTime<Utc>,
    },
    #[error("the item starts at {starts_at}")]
    NotStarted {
        /// From then on it can be.
        starts_at: DateTime<Utc>,
    },
    #[error("a price lies between 0 and what can be counted")]
    PriceOutOfRange,
    #[error("one booking has one currency")]
    MixedCurrencies,
    #[error("a booking has at most {max} items")]
    TooManyItems {
        /// The bound.
        max: usize,
    },
}

impl BookingRefusal {
    /// Stable, documented in `docs/errors.md`, and sent as `code` in problem responses.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "BOOKING_NOT_FOUND",
            Self::AlreadyPlaced => "BOOKING_ALREADY_PLACED",
            Self::NothingOrdered => "BOOKING_NOTHING_ORDERED",
            Self::HoldRanOut { .. } => "HOLD_EXPIRED",
            Self::HoldExtendedOften { .. } => "HOLD_EXTENSIONS_USED_UP",
            Self::OnlyHeld => "BOOKING_ONLY_HELD",
            Self::HoldWasPlaced => "HOLD_WAS_PLACED",
            Self::PaymentWindowPassed { .. } => "PAYMENT_WINDOW_PASSED",
            Self::PaymentWindowOpen { .. } => "PAYMENT_WINDOW_OPEN",
            Self::NeverExpires => "BOOKING_NEVER_EXPIRES",
            Self::TooLateToCancel { .. } | Self::CannotCancel { .. } => "CANNOT_CANCEL_BOOKING",
            Self::TooLateToChange { .. } => "CANNOT_CHANGE_BOOKING",
            Self::Ended { .. } => "BOOKING_ENDED",
            Self::AlreadyConfirmed => "BOOKING_ALREADY_CONFIRMED",
            Self::NotConfirmed => "BOOKING_NOT_CONFIRMED",
            Self::NotOver => "BOOKING_NOT_OVER",
            Self::PassengersLocked => "PASSENGERS_LOCKED",
            Self::NoSuchPassenger => "PASSENGER_NOT_FOUND",
            Self::NoSuchItem => "ITEM_NOT_FOUND",
            Self::ItemIs { .. } => "ITEM_STATUS_CONFLICT",
            Self::CheckInClosed { .. } => "CHECK_IN_CLOSED",
            Self::NotStarted { .. } => "ITEM_NOT_STARTED",
            Self::PriceOutOfRange => "PRICE_OUT_OF_RANGE",
            Self::MixedCurrencies => "MIXED_CURRENCIES",
            Self::TooManyItems { .. } => "TOO_MANY_ITEMS",
        }
    }

    /// How to take it.
    pub const fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound | Self::NoSuchPassenger | Self::NoSuchItem => RefusalKind::Absent,
            Self::NothingOrdered
            | Self::PriceOutOfRange
            | Self::MixedCurrencies
            | Self::TooManyItems { .. } => RefusalKind::Wrong,
            Self::AlreadyPlaced
            | Self::HoldRanOut { .. }
            | Self::HoldExtendedOften { .. }
            | Self::OnlyHeld
            | Self::HoldWasPlaced
            | Self::PaymentWindowPassed { .. }
            | Self::PaymentWindowOpen { .. }
            | Self::NeverExpires
            | Self::TooLateToCancel { .. }
            | Self::TooLateToChange { .. }
            | Self::Ended { .. }
            | Self::CannotCancel { .. }
            | Self::AlreadyConfirmed
            | Self::NotConfirmed
            | Self::NotOver
            | Self::PassengersLocked
            | Self::ItemIs { .. }
            | Self::CheckInClosed { .. }
            | Self::NotStarted { .. } => RefusalKind::Conflict,
        }
    }
}

/// A number of minutes as people say it.
struct Stretch(u32);

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 60, self.0 % 60) {
            (1, 0) => f.write_str("an hour"),
            (hours, 0) => write!(f, "{hours} hours"),
            (_, _) => write!(f, "{} minutes", self.0),
        }
    }
}
