use chrono::{DateTime, Utc};

use crate::booking::{Agreement, Awaiting, Booking, BookingEvent, BookingRefusal, Ending, ItemClaim};
use crate::values::{Actor, Sealed};

type Decided = Result<Vec<BookingEvent>, BookingRefusal>;

impl Booking {
    pub(in crate::booking) fn cancel(
        &self,
        by: Actor,
        reason: String,
        comments: Option<Sealed>,
        now: DateTime<Utc>,
    ) -> Decided {
        let agreement = match self {
            Self::Absent => return Err(BookingRefusal::NotFound),
            Self::Held(_) => return Err(BookingRefusal::OnlyHeld),
            Self::Ended(Ending::Expired, _) => {
                return Err(BookingRefusal::CannotCancel { ending: "expired" });
            }
            Self::Ended(Ending::Declined, _) => {
                return Err(BookingRefusal::CannotCancel { ending: "been declined" });
            }
            Self::Ended(Ending::Cancelled, _) => return Ok(vec![]),
            Self::Created(agreement) | Self::Confirmed(agreement) => agreement,
        };
        if agreement.open().next().is_none() {
            return Err(BookingRefusal::CannotCancel { ending: "taken place" });
        }
        if let Some(minutes) = agreement.cut_off_passed(by, now) {
            return Err(BookingRefusal::TooLateToCancel { minutes });
        }
        Ok(vec![BookingEvent::Cancelled {
            of: agreement.of.clone(),
            cancellation_reason: reason,
            comments,
            refund: agreement.refund(by, now),
            cancelled_by: by,
            cancelled_at: now,
        }])
    }

    /// An unpaid difference never ends a booking: it has no deadline.
    pub(in crate::booking) fn expire(&self, now: DateTime<Utc>) -> Decided {
        let (of, due_at) = match self {
            Self::Absent => return Err(BookingRefusal::NotFound),
            Self::Held(hold) => (&hold.agreement.of, hold.until),
            Self::Created(agreement) => {
                (&agreement.of, agreement.payment_due_at.ok_or(BookingRefusal::NeverExpires)?)
            }
            Self::Confirmed(_) | Self::Ended(..) => return Ok(vec![]),
        };
        if now < due_at {
            return Err(BookingRefusal::PaymentWindowOpen { due_at });
        }
        Ok(vec![BookingEvent::Expired { of: of.clone(), expired_at: now }])
    }

    /// A hold that ended was never a booking: it cannot stand again.
    pub(in crate::booking) fn reinstate(
        &self,
        claims: Vec<ItemClaim>,
        payment_due_at: DateTime<Utc>,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        let agreement = match self {
            Self::Absent => return Err(BookingRefusal::NotFound),
            Self::Held(_) => return Err(BookingRefusal::OnlyHeld),
            Self::Created(_) | Self::Confirmed(_) => return Ok(vec![]),
            Self::Ended(Ending::Cancelled | Ending::Expired, agreement)
                if !agreement.passengers.is_empty() =>
            {
                agreement
            }
            Self::Ended(ending, _) => return Err(BookingRefusal::Ended { ending: ending.word() }),
        };
        let awaiting = agreement.awaits_again();
        let is_unpaid = agreement.paid.minor == 0;
        Ok(vec![BookingEvent::Reinstated {
            of: agreement.of.clone(),
            claims,
            awaiting,
            payment_due_at: (awaiting == Some(Awaiting::Payment) && is_unpaid).then_some(payment_due_at),
            reinstated_by: by,
            reinstated_at: now,
        }])
    }

    pub(in crate::booking) fn archive(&self, by: Actor, now: DateTime<Utc>) -> Decided {
        let agreement = match self {
            Self::Absent => return Err(BookingRefusal::NotFound),
            Self::Held(_) => return Err(BookingRefusal::NotOver),
            Self::Created(agreement) | Self::Confirmed(agreement) if agreement.open().next().is_some() => {
                return Err(BookingRefusal::NotOver);
            }
            Self::Created(agreement) | Self::Confirmed(agreement) | Self::Ended(_, agreement) => agreement,
        };
        if agreement.archived {
            return Ok(vec![]);
        }
        let of = agreement.of.clone();
        Ok(vec![BookingEvent::Archived { of, archived_by: by, archived_at: now }])
    }
}

impl Agreement {
    /// What it waits for when it stands again: whatever it waited for when it ended, as far as it is still owed.
    fn awaits_again(&self) -> Option<Awaiting> {
        match self.awaiting {
            Some(Awaiting::Payment) => {
                (self.paid.minor < self.total_price.minor).then_some(Awaiting::Payment)
            }
            other => other,
        }
    }
}
