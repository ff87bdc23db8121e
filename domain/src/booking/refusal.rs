use chrono::{DateTime, Utc};

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
    #[error("cannot cancel the booking: it starts within {minutes} minutes")]
    TooLateToCancel {
        /// The cut-off agreed.
        minutes: u32,
    },
    #[error("the booking has ended: {ending}")]
    Ended {
        /// `cancelled` or `expired`.
        ending: &'static str,
    },
    #[error("cannot cancel the booking: it has expired")]
    CannotCancelExpired,
}

impl BookingRefusal {
    /// Stable, documented in `docs/errors.md`, and sent as `code` in problem responses.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "BOOKING_NOT_FOUND",
            Self::AlreadyPlaced => "BOOKING_ALREADY_PLACED",
            Self::NothingOrdered => "BOOKING_NOTHING_ORDERED",
            Self::PaymentWindowPassed { .. } => "PAYMENT_WINDOW_PASSED",
            Self::PaymentWindowOpen { .. } => "PAYMENT_WINDOW_OPEN",
            Self::NeverExpires => "BOOKING_NEVER_EXPIRES",
            Self::TooLateToCancel { .. } | Self::CannotCancelExpired => "CANNOT_CANCEL_BOOKING",
            Self::Ended { .. } => "BOOKING_ENDED",
        }
    }
}
