use chrono::{DateTime, Utc};

use crate::booking::{Booking, BookingEvent, BookingRefusal, Ending, Order};
use crate::values::Actor;

type Decided = Result<Vec<BookingEvent>, BookingRefusal>;

impl Booking {
    pub(in crate::booking) fn hold(
        &self,
        order: Box<Order>,
        until: DateTime<Utc>,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        if order.items.is_empty() {
            return Err(BookingRefusal::NothingOrdered);
        }
        match self {
            Self::Absent => {
                Ok(vec![BookingEvent::Held { order, hold_expires_at: until, held_by: by, held_at: now }])
            }
            Self::Held(_) | Self::Created(_) | Self::Confirmed(_) | Self::Ended(..) => {
                Err(BookingRefusal::AlreadyPlaced)
            }
        }
    }

    /// Never shortens it.
    pub(in crate::booking) fn extend_hold(
        &self,
        until: DateTime<Utc>,
        extensions_max: u32,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        let hold = match self {
            Self::Absent => return Err(BookingRefusal::NotFound),
            Self::Held(hold) => hold,
            Self::Created(_) | Self::Confirmed(_) => return Err(BookingRefusal::HoldWasPlaced),
            Self::Ended(ending, _) => return Err(BookingRefusal::Ended { ending: ending.word() }),
        };
        if hold.until <= now {
            return Err(BookingRefusal::HoldRanOut { until: hold.until });
        }
        if until <= hold.until {
            return Ok(vec![]);
        }
        if extensions_max <= hold.extensions {
            return Err(BookingRefusal::HoldExtendedOften { max: extensions_max });
        }
        let of = hold.agreement.of.clone();
        Ok(vec![BookingEvent::HoldExtended { of, hold_expires_at: until, extended_by: by, extended_at: now }])
    }

    pub(in crate::booking) fn release_hold(&self, by: Actor, now: DateTime<Utc>) -> Decided {
        match self {
            Self::Absent => Err(BookingRefusal::NotFound),
            Self::Held(hold) => {
                let of = hold.agreement.of.clone();
                Ok(vec![BookingEvent::HoldReleased { of, released_by: by, released_at: now }])
            }
            Self::Created(_) | Self::Confirmed(_) => Err(BookingRefusal::HoldWasPlaced),
            Self::Ended(Ending::Expired, agreement) if agreement.passengers.is_empty() => Ok(vec![]),
            Self::Ended(Ending::Expired, _) => Err(BookingRefusal::HoldWasPlaced),
            Self::Ended(ending, _) => Err(BookingRefusal::Ended { ending: ending.word() }),
        }
    }
}
