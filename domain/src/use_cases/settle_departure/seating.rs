//! Units as good as those that were lost.

use uuid::Uuid;

use crate::booking::{AgreedItem, Claim};
use crate::departure::Schedule;
use crate::event::StreamId;
use crate::pool::Pool;
use crate::seat::Seat;
use crate::use_cases::choose::together;
use crate::use_cases::claiming::claim;
use crate::use_cases::wanted::Unit;
use crate::values::{Cabin, ClaimId, Class, Seating};
use crate::world::Draft;

/// Items with the units that were found for them, and those for which there are none.
#[derive(Debug, Default)]
pub struct Found<'b> {
    pub units: Vec<(&'b AgreedItem, Claim)>,
    pub left: Vec<&'b AgreedItem>,
}

/// The best free units for items of one booking, those of a class together as far as can be. Their own class comes
/// first, then any that costs at least as much, the cheapest first: nobody is moved down by the engine.
pub fn accommodate<'b>(
    draft: &mut Draft<'_>,
    schedule: &Schedule,
    mut items: Vec<&'b AgreedItem>,
) -> Found<'b> {
    let mut found = Found::default();
    while let Some(first) = items.first() {
        let class = first.item.claim.class().clone();
        let (party, rest) = items.into_iter().partition(|agreed| *agreed.item.claim.class() == class);
        items = rest;
        found.party(draft, schedule, &class, party);
    }
    found
}

impl<'b> Found<'b> {
    /// All of them in one cabin, else each where there is room.
    fn party(
        &mut self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        class: &Class,
        party: Vec<&'b AgreedItem>,
    ) {
        if let Some(units) = self.look(draft, schedule, class, &party) {
            return self.take(schedule, &party, units);
        }
        for one in party {
            match self.look(draft, schedule, class, &[one]) {
                Some(units) => self.take(schedule, &[one], units),
                None => self.left.push(one),
            }
        }
    }

    fn look(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        class: &Class,
        party: &[&AgreedItem],
    ) -> Option<Vec<Unit>> {
        let paid = party.iter().map(|agreed| agreed.price()).max()?;
        let lines = || party.iter().flat_map(|agreed| &agreed.item.price_lines);
        let is_as_good = |cabin: &Cabin| {
            paid <= cabin.price.minor && lines().all(|line| line.price.currency == cabin.price.currency)
        };
        let cabins = schedule.cabins.iter();
        let mut cabins: Vec<&Cabin> =
            cabins.filter(|cabin| cabin.class == *class || is_as_good(cabin)).collect();
        cabins.sort_by_key(|cabin| (cabin.class != *class, cabin.price.minor));
        cabins.into_iter().find_map(|cabin| self.units_in(draft, schedule, cabin, party.len()))
    }

    /// What was found for others of the booking is not free any more.
    fn units_in(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        cabin: &Cabin,
        wanted: usize,
    ) -> Option<Vec<Unit>> {
        let flight_id = schedule.flight.flight_id;
        let given = |claim: &Claim| *claim.class() == cabin.class;
        match &cabin.seating {
            Seating::Numbered(rows) => {
                let has = |seat| self.units.iter().any(|(_, claim)| claim.seat_number() == Some(seat));
                let is_free =
                    |seat| !has(seat) && draft.peek(&StreamId::Seat(flight_id, seat), Seat::is_free);
                let seats = together(rows, wanted, is_free)?;
                let unit = |seat| Unit::Seat(seat, cabin.class.clone(), cabin.price);
                Some(seats.into_iter().map(unit).collect())
            }
            Seating::Counted(_) => {
                let left = draft.peek(&StreamId::Pool(flight_id, cabin.class.clone()), Pool::left) as usize;
                let given = self.units.iter().filter(|(_, claim)| given(claim)).count();
                (given + wanted <= left)
                    .then(|| (0..wanted).map(|_| Unit::Place(cabin.class.clone(), cabin.price)).collect())
            }
        }
    }

    fn take(&mut self, schedule: &Schedule, party: &[&'b AgreedItem], units: Vec<Unit>) {
        for (agreed, unit) in party.iter().zip(units) {
            let claim_id = follows(agreed.item.claim.claim_id(), schedule, &unit);
            let (claim, _price) = claim(&schedule.flight, unit, claim_id);
            self.units.push((agreed, claim));
        }
    }
}

/// The id of a claim that takes the place of another. The engine has no chance to draw from, and needs none: a claim
/// ends when it is replaced, so no two follow from it.
fn follows(claim_id: ClaimId, schedule: &Schedule, unit: &Unit) -> ClaimId {
    let what = match unit {
        Unit::Seat(seat, ..) => seat.to_string(),
        Unit::Place(class, _) => class.to_string(),
    };
    let name = format!("{}/{what}", schedule.flight.flight_id);
    ClaimId::new(Uuid::new_v5(&claim_id.uuid(), name.as_bytes()))
}
