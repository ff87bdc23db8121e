//! Letting a booking stand again.

use chrono::TimeDelta;
use uuid::Uuid;

use super::ChangeBooking;
use crate::booking::{AgreedItem, Agreement, Booking, BookingCommand, Claim, ItemClaim};
use crate::event::StreamId;
use crate::refusal::{Refusal, SaleRefusal, TakenSeat};
use crate::seat::Seat;
use crate::tenant::Settings;
use crate::use_cases::claiming::{Claiming, ahead, must_have_unit};
use crate::use_cases::hold_booking::flights_of;
use crate::use_cases::settle_departure::retime;
use crate::use_cases::wanted::taken_seat;
use crate::values::ClaimId;
use crate::world::{Draft, Touch};

impl ChangeBooking {
    /// In the same units, as long as all of them are free and nothing has started.
    pub(super) fn reinstate(
        &self,
        draft: &mut Draft<'_>,
        before: &Booking,
        settings: &Settings,
        fresh: Uuid,
    ) -> Result<(), Refusal> {
        let claims = anew(before, fresh);
        let payment_due_at = self.now + TimeDelta::minutes(i64::from(settings.payment_window_minutes));
        let (by, now) = (self.by, self.now);
        let reinstate = BookingCommand::Reinstate { claims: claims.clone(), payment_due_at, by, now };
        self.command(draft, reinstate)?;
        if draft.events().next().is_none() {
            return Ok(());
        }
        self.must_be_free(draft, &claims)?;
        let claiming = Claiming { booking_id: self.booking_id, now };
        for flight_id in before.agreement().map(flights_of).unwrap_or_default() {
            let schedule = ahead(draft, flight_id, now)?;
            let of_flight = || claims.iter().filter(|one| one.claim.flight_id() == flight_id);
            of_flight().try_for_each(|one| must_have_unit(&schedule, &one.claim))?;
            claiming.all(draft, flight_id, of_flight().map(|one| (one.item_id, &one.claim)))?;
            of_flight()
                .try_for_each(|one| retime(draft, self.booking_id, one.item_id, &schedule.flight, now))?;
        }
        Ok(())
    }

    /// All seats that are gone are named, not the first only.
    fn must_be_free(&self, draft: &mut Draft<'_>, claims: &[ItemClaim]) -> Result<(), Refusal> {
        let mut taken: Vec<TakenSeat> = vec![];
        for ItemClaim { claim, .. } in claims {
            let Claim::Seat { flight_id, seat_number, .. } = claim else { continue };
            let stream = StreamId::Seat(*flight_id, *seat_number);
            draft.touch(Touch::Stream(stream.clone()));
            taken.extend(draft.peek::<Seat, _>(&stream, |seat| taken_seat(*seat_number, seat)));
        }
        if taken.is_empty() {
            return Ok(());
        }
        Err(SaleRefusal::SeatsTaken { taken, alternatives: vec![] }.into())
    }
}

/// The units that it had, under new claims.
fn anew(before: &Booking, fresh: Uuid) -> Vec<ItemClaim> {
    let live = before.agreement().into_iter().flat_map(Agreement::live);
    let claim = |agreed: &AgreedItem| {
        let item_id = agreed.item.item_id;
        ItemClaim { item_id, claim: agreed.item.claim.under(ClaimId::of_item(fresh, item_id)) }
    };
    live.map(claim).collect()
}
