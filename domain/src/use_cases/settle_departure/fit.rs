//! Items of a departure that takes place: at its time, in a unit that it has, or on another departure.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::seating::{Found, accommodate};
use super::{Pass, SettleDeparture, listed};
use crate::booking::{
    AgreedItem, Agreement, Booking, BookingCommand, Charging, Claim, ItemMove, ItemStatus, Step, Windows,
};
use crate::departure::{Displaced, Flight, Schedule};
use crate::event::StreamId;
use crate::pool::Pool;
use crate::refusal::Refusal;
use crate::seat::ReleaseCause;
use crate::use_cases::claiming::{Claiming, ahead, has_unit, release, span_of};
use crate::values::{Actor, BookingId, ClaimId, ItemId};
use crate::world::Draft;

impl SettleDeparture {
    pub(super) fn fit(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        agreement: &Agreement,
    ) -> Result<Vec<Displaced>, Refusal> {
        let here: Vec<&AgreedItem> = agreement.open().filter(|agreed| self.is_here(agreed)).collect();
        match schedule.passes.next() {
            Some(Pass::Settling) => self.settle(draft, schedule, agreement, &here),
            Some(Pass::Rebooking) => self.rebook(draft, schedule, agreement, here),
            None => Ok(vec![]),
        }
    }

    fn settle(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        agreement: &Agreement,
        here: &[&AgreedItem],
    ) -> Result<Vec<Displaced>, Refusal> {
        let beyond = beyond_limit(draft, schedule);
        let (sound, without): (Vec<&AgreedItem>, Vec<&AgreedItem>) =
            here.iter().partition(|agreed| is_sound(schedule, &beyond, &agreed.item.claim));
        let left = self.seat(draft, schedule, agreement, without)?;
        for agreed in sound.iter().chain(&left) {
            retime(draft, agreement.of.booking_id, agreed.item.item_id, &schedule.flight, self.now)?;
        }
        Ok(left.into_iter().map(|agreed| listed(agreement, agreed)).collect())
    }

    /// Nobody is moved when the other departure is not ahead any more.
    fn rebook(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        agreement: &Agreement,
        here: Vec<&AgreedItem>,
    ) -> Result<Vec<Displaced>, Refusal> {
        let Some(rebooking) = &schedule.passes.rebooking else { return Ok(vec![]) };
        let left = match ahead(draft, rebooking.to_flight_id, self.now) {
            Ok(other) => self.seat(draft, &other, agreement, here)?,
            Err(_gone) => here,
        };
        Ok(left.into_iter().map(|agreed| listed(agreement, agreed)).collect())
    }

    /// Gives items units of a departure at the price agreed, and returns those for which there was none as good.
    fn seat<'b>(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        agreement: &Agreement,
        items: Vec<&'b AgreedItem>,
    ) -> Result<Vec<&'b AgreedItem>, Refusal> {
        let Found { units, left } = accommodate(draft, schedule, items);
        let claiming = Claiming { booking_id: agreement.of.booking_id, now: self.now };
        for (agreed, claim) in units {
            if schedule.flight.flight_id != self.flight_id {
                undo_check_in(draft, &claiming, agreed);
            }
            release(draft, &agreed.item, ReleaseCause::Moved, self.now)?;
            claiming.all(draft, schedule.flight.flight_id, std::iter::once((agreed.item.item_id, &claim)))?;
            move_item(draft, &claiming, agreed, claim, &schedule.flight)?;
        }
        Ok(left)
    }
}

/// Gives an item the time that its departure has by now; its unit and its claim stay as they are.
pub(in crate::use_cases) fn retime(
    draft: &mut Draft<'_>,
    booking_id: BookingId,
    item_id: ItemId,
    flight: &Flight,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let stream = StreamId::Booking(booking_id);
    let found = draft.peek::<Booking, _>(&stream, |booking| {
        booking.agreement().and_then(|agreement| agreement.item(item_id)).cloned()
    });
    let Some(agreed) = found else { return Ok(()) };
    let claim = agreed.item.claim.during(span_of(flight));
    if claim == agreed.item.claim {
        return Ok(());
    }
    move_item(draft, &Claiming { booking_id, now }, &agreed, claim, flight)
}

/// Whoever has checked in for one departure has not for another. A booking that waits for a difference does not go
/// back, and its passenger stays checked in.
fn undo_check_in(draft: &mut Draft<'_>, Claiming { booking_id, now }: &Claiming, agreed: &AgreedItem) {
    if agreed.status != ItemStatus::CheckedIn {
        return;
    }
    let (item_id, step, by, now) = (agreed.item.item_id, Step::UndoCheckIn, Actor::SYSTEM, *now);
    let windows = Windows { check_in_opens_minutes: 0, no_show_grace_minutes: 0 };
    let undo = BookingCommand::Fulfil { item_id, step, windows, by, now };
    draft.command::<Booking>(&StreamId::Booking(*booking_id), undo).ok();
}

/// At the price agreed, whatever the unit costs others.
fn move_item(
    draft: &mut Draft<'_>,
    Claiming { booking_id, now }: &Claiming,
    agreed: &AgreedItem,
    to: Claim,
    flight: &Flight,
) -> Result<(), Refusal> {
    let price_lines = agreed.item.price_lines.clone();
    let move_item = BookingCommand::MoveItems {
        moves: vec![ItemMove { item_id: agreed.item.item_id, to, price_lines }],
        flight: Box::new(flight.clone()),
        charging: Charging::OnSite,
        by: Actor::SYSTEM,
        now: *now,
    };
    Ok(draft.command::<Booking>(&StreamId::Booking(*booking_id), move_item)?)
}

/// Whether a claim is on something that the departure has.
pub(super) fn is_sound(schedule: &Schedule, beyond: &HashSet<ClaimId>, claim: &Claim) -> bool {
    has_unit(schedule, claim) && !beyond.contains(&claim.claim_id())
}

/// Claims on places that pools do not have any more.
pub(super) fn beyond_limit(draft: &mut Draft<'_>, schedule: &Schedule) -> HashSet<ClaimId> {
    let counted = schedule.cabins.iter().filter(|cabin| cabin.rows().is_none());
    let pools = counted.map(|cabin| StreamId::Pool(schedule.flight.flight_id, cabin.class.clone()));
    pools.flat_map(|pool| draft.peek(&pool, Pool::beyond_limit)).collect()
}
