//! What the journal must never say, looked for in its events.

use std::collections::{BTreeMap, BTreeSet};

use booking_domain::booking::{Booking, BookingEvent, Item};
use booking_domain::decide::Decide;
use booking_domain::pool::PoolEvent;
use booking_domain::seat::SeatEvent;
use booking_domain::values::{Actor, ClaimId};
use booking_domain::world::Placed;
use booking_domain::{Event, StreamId};

use crate::flight::PLACES;
use crate::rows::differ_when_read_again;

/// What is wrong; by default nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Hash)]
pub struct Audit {
    /// Two live bookings have one seat.
    pub seat_twice: bool,
    /// More places are claimed than there are.
    pub oversold: bool,
    /// A live item does not hold its claim, or a claim is held for none.
    pub claims_differ: bool,
    /// The timer ended a booking that was confirmed.
    pub confirmed_ended: bool,
    /// A read model fed again from some checkpoint is another.
    pub rows_differ: bool,
}

/// What the events have said.
#[derive(Default)]
struct Told<'e> {
    bookings: BTreeMap<&'e StreamId, Booking>,
    confirmed: BTreeSet<&'e StreamId>,
    seats: Vec<ClaimId>,
    places: Vec<ClaimId>,
    confirmed_ended: bool,
}

impl Audit {
    pub fn of(events: &[&Placed]) -> Self {
        let mut told = Told::default();
        events.iter().for_each(|placed| told.hear(placed));
        let items = || told.bookings.values().flat_map(Booking::live_items);
        let seats: Vec<_> = items().filter_map(|item| item.claim.seat_number()).collect();
        Self {
            seat_twice: BTreeSet::from_iter(&seats).len() < seats.len(),
            oversold: PLACES < told.places.len(),
            claims_differ: claims(items()) != sorted(told.seats.iter().chain(&told.places)),
            confirmed_ended: told.confirmed_ended,
            rows_differ: differ_when_read_again(events),
        }
    }
}

impl<'e> Told<'e> {
    fn hear(&mut self, placed: &'e Placed) {
        match &placed.event {
            Event::Booking(event) => self.hear_of_booking(&placed.stream, event),
            Event::Seat(SeatEvent::Claimed { claim_id, .. }) => self.seats.push(*claim_id),
            Event::Seat(SeatEvent::Released { claim_id, .. }) => self.seats.retain(|held| held != claim_id),
            Event::Pool(PoolEvent::Claimed { claim_id, .. }) => self.places.push(*claim_id),
            Event::Pool(PoolEvent::Released { claim_id, .. }) => self.places.retain(|held| held != claim_id),
            Event::Seat(SeatEvent::Blocked { .. } | SeatEvent::Unblocked { .. })
            | Event::Pool(PoolEvent::CapacityChanged { .. })
            | Event::Tenant(_)
            | Event::Departure(_)
            | Event::Customer(_)
            | Event::User(_) => {}
        }
    }

    fn hear_of_booking(&mut self, stream: &'e StreamId, event: &BookingEvent) {
        self.bookings.entry(stream).or_default().evolve(event);
        if matches!(event, BookingEvent::Confirmed { .. }) {
            self.confirmed.insert(stream);
        }
        // The others of the life cycle are not in this model.
        let by_timer = matches!(
            event,
            BookingEvent::Cancelled { cancelled_by: Actor::SYSTEM, .. } | BookingEvent::Expired { .. }
        );
        self.confirmed_ended |= by_timer && self.confirmed.contains(stream);
    }
}

fn claims<'i>(items: impl Iterator<Item = &'i Item>) -> Vec<ClaimId> {
    let claims: Vec<ClaimId> = items.map(|item| item.claim.claim_id()).collect();
    sorted(&claims)
}

fn sorted<'c>(claims: impl IntoIterator<Item = &'c ClaimId>) -> Vec<ClaimId> {
    let mut claims: Vec<ClaimId> = claims.into_iter().copied().collect();
    claims.sort_unstable();
    claims
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Judge;
    use crate::requests::{Ask, Buyer, Ticket};

    #[test]
    fn a_claim_without_its_item_and_an_item_without_its_claim_are_seen() {
        let ticket = Ticket { buyer: Buyer::Seated, ask: Ask::Place, booking: 0, late: false };
        let placed = Judge::new().decide(&[], &[], ticket);
        let [claimed, created] = placed.events.as_slice() else {
            panic!("a claim and a booking: {placed:?}")
        };
        assert_eq!(Audit::of(&[claimed, created]), Audit::default());
        assert!(Audit::of(&[claimed]).claims_differ);
        assert!(Audit::of(&[created]).claims_differ);
    }
}
