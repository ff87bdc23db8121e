//! What each command causes, in each state.

mod change;
mod end;
mod fulfil;
mod hold;
mod settle;

use std::sync::Arc;

pub use change::ITEMS_MAX;

use super::{Agreement, Booking, BookingRefusal};

/// An agreement that stands, and whether it is firm.
struct Standing<'b> {
    agreement: &'b Arc<Agreement>,
    is_firm: bool,
}

impl Booking {
    /// The agreement, if it stands.
    fn standing(&self) -> Result<Standing<'_>, BookingRefusal> {
        match self {
            Self::Absent => Err(BookingRefusal::NotFound),
            Self::Held(_) => Err(BookingRefusal::OnlyHeld),
            Self::Created(agreement) => Ok(Standing { agreement, is_firm: false }),
            Self::Confirmed(agreement) => Ok(Standing { agreement, is_firm: true }),
            Self::Ended(ending, _) => Err(BookingRefusal::Ended { ending: ending.word() }),
        }
    }
}
