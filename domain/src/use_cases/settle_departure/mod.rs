//! Bringing the bookings of a departure in line with it, a batch at a time.
//!
//! ```text
//!   cancelled            -> its items are cancelled by the engine, and all comes back
//!   rescheduled          -> its items get the new time
//!   other seats, places  -> who has none any more gets one as good, or is listed for a person
//!   rebooking requested  -> its items get units as good on the other departure, or are listed
//! ```
//! The departure remembers how far the pass is (`departure.bookings_settled`), in the commit of the batch itself: so
//! each booking is seen to once, whoever dies in between. A sale at the same instant depends on the departure's
//! stream; it was decided either before the change, and is among its holders, or after it, and is right already.

mod fit;
mod seating;

use chrono::{DateTime, Utc};

pub(super) use fit::retime;

use super::claiming::release_lost;
use super::hold_booking::close_hold;
use super::manage_booking;
use crate::booking::{AgreedItem, Agreement, Booking, BookingCommand, Charging, Hold};
use crate::departure::{Departure, DepartureCommand, Displaced, Pass, Schedule, SettledBatch};
use crate::event::{Family, StreamId};
use crate::refusal::Refusal;
use crate::seat::ReleaseCause;
use crate::values::{Actor, BookingId, DepartureId, ItemId, TenantId};
use crate::world::{Draft, World};

/// Why the engine cancels what is on a cancelled departure.
const CANCELLED: &str = "flight_cancelled";

/// The next bookings of a departure are seen to. Nothing, when nothing is left to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettleDeparture {
    pub flight_id: DepartureId,
    /// At least 1.
    pub bookings_max: usize,
    pub now: DateTime<Utc>,
}

impl SettleDeparture {
    /// The departure, and once it is there, the bookings of the batch with what their holds are on, and where they
    /// are moved to.
    pub(super) fn needs(&self, tenant: TenantId, world: &World) -> Vec<Family> {
        let mut families = vec![Family::Departure(self.flight_id)];
        let Some(schedule) = world.departure(tenant, self.flight_id).and_then(Departure::timetabled) else {
            return families;
        };
        if let Some(rebooking) = &schedule.passes.rebooking {
            families.push(Family::Departure(rebooking.to_flight_id));
        }
        if schedule.passes.next().is_none() {
            return families;
        }
        let holders = world.holders(tenant, self.flight_id);
        for booking_id in schedule.passes.ahead(&holders).into_iter().take(self.bookings_max) {
            match world.booking(tenant, booking_id) {
                Some(Booking::Held(_)) => families.extend(manage_booking::needs(tenant, booking_id, world)),
                Some(Booking::Absent | Booking::Created(_) | Booking::Confirmed(_) | Booking::Ended(..))
                | None => families.push(Family::Booking(booking_id)),
            }
        }
        families.sort_unstable();
        families.dedup();
        families
    }

    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let stream = StreamId::Departure(self.flight_id);
        let departure: Departure = draft.read(&stream);
        let Some(schedule) = departure.timetabled() else { return Ok(()) };
        let Some(pass) = schedule.passes.next() else { return Ok(()) };
        let mut bookings = schedule.passes.ahead(&draft.holders(self.flight_id));
        let left = bookings.len().saturating_sub(self.bookings_max);
        bookings.truncate(self.bookings_max);
        let (mut changed, mut displaced) = (0, vec![]);
        for booking_id in &bookings {
            let before = draft.events().count();
            displaced.extend(self.booking(draft, &departure, schedule, *booking_id)?);
            changed += u32::from(before < draft.events().count());
        }
        let [looked_at, left] = [bookings.len(), left].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let batch =
            SettledBatch { pass, through: bookings.last().copied(), looked_at, changed, displaced, left };
        let record = DepartureCommand::RecordSettled { batch, now: self.now };
        Ok(draft.command::<Departure>(&stream, record)?)
    }

    /// Sees to one booking, and returns the items for which nothing as good was found.
    fn booking(
        &self,
        draft: &mut Draft<'_>,
        departure: &Departure,
        schedule: &Schedule,
        booking_id: BookingId,
    ) -> Result<Vec<Displaced>, Refusal> {
        let before: Booking = draft.read(&StreamId::Booking(booking_id));
        match &before {
            Booking::Absent | Booking::Ended(..) => Ok(vec![]),
            Booking::Held(hold) => self.held(draft, departure, schedule, &before, hold),
            Booking::Created(agreement) | Booking::Confirmed(agreement) => match departure {
                Departure::Absent => Ok(vec![]),
                Departure::Cancelled(_) => self.cancel(draft, &before, agreement),
                Departure::Scheduled(_) | Departure::Departed(_) => self.fit(draft, schedule, agreement),
            },
        }
    }

    /// A hold has nobody to be seated elsewhere: it is let go when something of it is no more. A new time it gets
    /// when it is placed.
    fn held(
        &self,
        draft: &mut Draft<'_>,
        departure: &Departure,
        schedule: &Schedule,
        before: &Booking,
        hold: &Hold,
    ) -> Result<Vec<Displaced>, Refusal> {
        let is_cancelled = matches!(departure, Departure::Cancelled(_));
        let beyond = fit::beyond_limit(draft, schedule);
        let mut here = hold.agreement.live().filter(|agreed| self.is_here(agreed));
        if !is_cancelled && here.all(|agreed| fit::is_sound(schedule, &beyond, &agreed.item.claim)) {
            return Ok(vec![]);
        }
        let stream = StreamId::Booking(hold.agreement.of.booking_id);
        let (by, now) = (Actor::SYSTEM, self.now);
        draft.command::<Booking>(&stream, BookingCommand::ReleaseHold { by, now })?;
        release_lost(draft, before, &stream, ReleaseCause::Cancelled, now)?;
        close_hold(draft, &hold.agreement, now)?;
        Ok(vec![])
    }

    /// The whole booking when it has nothing else; what took place stays.
    fn cancel(
        &self,
        draft: &mut Draft<'_>,
        before: &Booking,
        agreement: &Agreement,
    ) -> Result<Vec<Displaced>, Refusal> {
        let stream = StreamId::Booking(agreement.of.booking_id);
        let (by, now, reason) = (Actor::SYSTEM, self.now, CANCELLED.to_owned());
        let mut displaced = vec![];
        if agreement.live().all(|agreed| self.is_here(agreed) && agreed.is_open()) {
            draft.command::<Booking>(&stream, BookingCommand::Cancel { by, reason, comments: None, now })?;
        } else {
            for agreed in agreement.open().filter(|agreed| self.is_here(agreed)) {
                let (item_id, reason, charging) = (agreed.item.item_id, reason.clone(), Charging::OnSite);
                let cancel = BookingCommand::CancelItem { item_id, reason, charging, by, now };
                // One booking that is out of bounds must not stop all others.
                if draft.command::<Booking>(&stream, cancel).is_err() {
                    displaced.push(listed(agreement, agreed));
                }
            }
        }
        release_lost(draft, before, &stream, ReleaseCause::Cancelled, now)?;
        Ok(displaced)
    }

    fn is_here(&self, agreed: &AgreedItem) -> bool {
        agreed.item.claim.flight_id() == self.flight_id
    }
}

fn listed(agreement: &Agreement, agreed: &AgreedItem) -> Displaced {
    let item_id: ItemId = agreed.item.item_id;
    Displaced {
        booking_id: agreement.of.booking_id,
        booking_reference: agreement.of.booking_reference.clone(),
        item_id,
        seat_number: agreed.item.claim.seat_number(),
    }
}
