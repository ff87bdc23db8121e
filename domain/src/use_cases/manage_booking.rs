//! What happens to a booking after it was placed.

use chrono::{DateTime, Utc};

use super::claiming::release_lost;
use super::hold_booking::close_hold;
use crate::booking::{Booking, BookingCommand, BookingRefusal};
use crate::event::{Family, StreamId};
use crate::refusal::Refusal;
use crate::seat::ReleaseCause;
use crate::values::{Actor, ActorKind, BookingId, CustomerId, Sealed, TenantId, UserId};
use crate::world::{Draft, World};

/// Makes a booking firm: paid at the desk, or approved by staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmBooking {
    pub booking_id: BookingId,
    pub by: Actor,
    pub now: DateTime<Utc>,
}

/// Gives a booking up and frees what it held. A customer may only cancel their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelBooking {
    pub booking_id: BookingId,
    pub by: Actor,
    /// A word code such as `user_requested`.
    pub reason: String,
    pub comments: Option<Sealed>,
    pub now: DateTime<Utc>,
}

/// Ends a booking that was not paid in time, and frees what it held. Safe when late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpireBooking {
    pub booking_id: BookingId,
    pub now: DateTime<Utc>,
}

/// The booking, and once it is there, the departures on which it holds something; of a hold its customer, too.
pub(super) fn needs(tenant: TenantId, booking_id: BookingId, world: &World) -> Vec<Family> {
    let mut families = vec![Family::Booking(booking_id)];
    let Some(booking) = world.booking(tenant, booking_id) else { return families };
    families.extend(booking.live_items().map(|item| Family::Departure(item.claim.flight_id())));
    if let Booking::Held(hold) = booking {
        families.push(Family::Customer(tenant, hold.agreement.of.customer_id));
    }
    families.sort_unstable();
    families.dedup();
    families
}

/// A booking is its customer's, whoever placed it for them; staff and the engine may see to any.
pub(super) fn is_theirs(tenant: TenantId, booking: &Booking, by: Actor) -> bool {
    let customer = CustomerId::of_account(tenant, UserId::new(by.id));
    let owns = booking.agreement().is_some_and(|agreement| agreement.of.customer_id == customer);
    by.kind != ActorKind::Customer || owns
}

impl ConfirmBooking {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let confirm = BookingCommand::Confirm { by: self.by, now: self.now };
        Ok(draft.command::<Booking>(&StreamId::Booking(self.booking_id), confirm)?)
    }
}

impl CancelBooking {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let stream = StreamId::Booking(self.booking_id);
        let before: Booking = draft.read(&stream);
        if !is_theirs(draft.tenant(), &before, self.by) {
            return Err(BookingRefusal::NotFound.into());
        }
        let (by, reason, now) = (self.by, self.reason.clone(), self.now);
        let cancel = BookingCommand::Cancel { by, reason, comments: self.comments.clone(), now };
        draft.command::<Booking>(&stream, cancel)?;
        release_lost(draft, &before, &stream, ReleaseCause::Cancelled, now)
    }
}

impl ExpireBooking {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let stream = StreamId::Booking(self.booking_id);
        let before: Booking = draft.read(&stream);
        draft.command::<Booking>(&stream, BookingCommand::Expire { now: self.now })?;
        release_lost(draft, &before, &stream, ReleaseCause::Expired, self.now)?;
        match &before {
            Booking::Held(hold) => close_hold(draft, &hold.agreement, self.now),
            Booking::Absent | Booking::Created(_) | Booking::Confirmed(_) | Booking::Ended(..) => Ok(()),
        }
    }
}
