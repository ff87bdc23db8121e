//! What happens to a booking after it was placed.

use chrono::{DateTime, Utc};

use crate::booking::{Booking, BookingCommand, BookingRefusal, Claim, Item};
use crate::event::{Family, StreamId};
use crate::pool::{Pool, PoolCommand};
use crate::refusal::Refusal;
use crate::seat::{ReleaseCause, Seat, SeatCommand};
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

/// The booking, and once it is there, the departures on which it holds something.
pub(super) fn needs(tenant: TenantId, booking_id: BookingId, world: &World) -> Vec<Family> {
    let items = world.booking(tenant, booking_id).map(Booking::live_items).unwrap_or_default();
    let mut families = vec![Family::Booking(booking_id)];
    families.extend(items.iter().map(|item| Family::Departure(item.claim.flight_id())));
    families.sort_unstable();
    families.dedup();
    families
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
        let booking: Booking = draft.read(&stream);
        if self.by.kind == ActorKind::Customer && !self.is_theirs(draft.tenant(), &booking) {
            return Err(BookingRefusal::NotFound.into());
        }
        let (by, reason, now) = (self.by, self.reason.clone(), self.now);
        let cancel = BookingCommand::Cancel { by, reason, comments: self.comments.clone(), now };
        draft.command::<Booking>(&stream, cancel)?;
        release(draft, booking.live_items(), ReleaseCause::Cancelled, now)
    }
}

impl CancelBooking {
    /// A booking is its customer's, whoever placed it for them.
    fn is_theirs(&self, tenant: TenantId, booking: &Booking) -> bool {
        let customer = CustomerId::of_account(tenant, UserId::new(self.by.id));
        booking.agreement().is_some_and(|agreement| agreement.of.customer_id == customer)
    }
}

impl ExpireBooking {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let stream = StreamId::Booking(self.booking_id);
        let booking: Booking = draft.read(&stream);
        draft.command::<Booking>(&stream, BookingCommand::Expire { now: self.now })?;
        if draft.events().next().is_none() {
            return Ok(());
        }
        release(draft, booking.live_items(), ReleaseCause::Expired, self.now)
    }
}

/// Frees the units of items, whatever they are.
fn release(
    draft: &mut Draft<'_>,
    items: &[Item],
    cause: ReleaseCause,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    for item in items {
        match &item.claim {
            Claim::Seat { claim_id, flight_id, seat_number, .. } => {
                let release = SeatCommand::Release { claim_id: *claim_id, cause, now };
                draft.command::<Seat>(&StreamId::Seat(*flight_id, *seat_number), release)?;
            }
            Claim::Pool { claim_id, flight_id, class, .. } => {
                let (flight_id, class, claim_id) = (*flight_id, class.clone(), *claim_id);
                let stream = StreamId::Pool(flight_id, class.clone());
                let release = PoolCommand::Release { flight_id, class, claim_id, cause, now };
                draft.command::<Pool>(&stream, release)?;
            }
        }
    }
    Ok(())
}
