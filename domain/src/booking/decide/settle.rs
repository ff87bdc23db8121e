use chrono::{DateTime, Utc};

use crate::booking::{Booking, BookingEvent, BookingRefusal, Ending, Order, Subject};
use crate::values::{Actor, Sealed};

type Decided = Result<Vec<BookingEvent>, BookingRefusal>;

impl Booking {
    pub(in crate::booking) fn place(&self, order: Box<Order>, by: Actor, now: DateTime<Utc>) -> Decided {
        if order.items.is_empty() {
            return Err(BookingRefusal::NothingOrdered);
        }
        match self {
            Self::Held(hold) if hold.until <= now => Err(BookingRefusal::HoldRanOut { until: hold.until }),
            Self::Absent | Self::Held(_) => {
                let confirmed = order.awaiting.is_none().then(|| BookingEvent::Confirmed {
                    of: Subject::of(&order),
                    confirmed_by: by,
                    confirmation_timestamp: now,
                });
                let created = BookingEvent::Created { order, created_by: by, created_at: now };
                Ok(std::iter::once(created).chain(confirmed).collect())
            }
            Self::Created(_) | Self::Confirmed(_) | Self::Ended(..) => Err(BookingRefusal::AlreadyPlaced),
        }
    }

    pub(in crate::booking) fn confirm(&self, by: Actor, now: DateTime<Utc>) -> Decided {
        match self {
            Self::Absent => Err(BookingRefusal::NotFound),
            Self::Held(_) => Err(BookingRefusal::OnlyHeld),
            Self::Created(agreement) => {
                agreement.may_still_confirm(now)?;
                let of = agreement.of.clone();
                Ok(vec![BookingEvent::Confirmed { of, confirmed_by: by, confirmation_timestamp: now }])
            }
            Self::Confirmed(_) => Ok(vec![]),
            Self::Ended(ending, _) => Err(BookingRefusal::Ended { ending: ending.word() }),
        }
    }

    /// Whoever paid a part already gets all of it back.
    pub(in crate::booking) fn decline(
        &self,
        by: Actor,
        reason: String,
        comments: Option<Sealed>,
        now: DateTime<Utc>,
    ) -> Decided {
        match self {
            Self::Absent => Err(BookingRefusal::NotFound),
            Self::Held(_) => Err(BookingRefusal::OnlyHeld),
            Self::Created(agreement) => Ok(vec![BookingEvent::Declined {
                of: agreement.of.clone(),
                decline_reason: reason,
                comments,
                refund: agreement.refund(Actor::SYSTEM, now),
                declined_by: by,
                declined_at: now,
            }]),
            Self::Confirmed(_) => Err(BookingRefusal::AlreadyConfirmed),
            Self::Ended(Ending::Declined, _) => Ok(vec![]),
            Self::Ended(ending, _) => Err(BookingRefusal::Ended { ending: ending.word() }),
        }
    }
}
