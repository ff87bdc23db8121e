//! What is wanted on one departure, and the units found for it on the world's occupancy.

use std::collections::BTreeSet;

use super::choose::together;
use crate::departure::Schedule;
use crate::event::{Family, StreamId};
use crate::pool::Pool;
use crate::refusal::{Refusal, SaleRefusal, SeatOffer, TakenSeat};
use crate::seat::Seat;
use crate::values::{Cabin, Class, DepartureId, Money, PassengerId, Rows, SeatNumber, Seating};
use crate::world::{Draft, Touch};

/// At most so many free seats are offered in place of a taken one.
const ALTERNATIVES_MAX: usize = 6;

/// Seats or places on one departure for some of the passengers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub flight_id: DepartureId,
    /// Absent: the first wish's, else the cheapest that has room for all.
    pub class: Option<Class>,
    pub seats: Seats,
    /// Those who travel here and need a seat.
    pub passengers: Vec<PassengerId>,
}

/// Which seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seats {
    /// Exactly these, one per passenger, or none at all.
    Exactly(Vec<SeatNumber>),
    /// These as far as they are free, the best free ones of their cabin for the rest. Empty: any.
    Preferring(Vec<SeatNumber>),
}

/// A unit that was found for a passenger.
pub(super) enum Unit {
    Seat(SeatNumber, Class, Money),
    Place(Class, Money),
}

impl Wanted {
    /// A unit for each passenger, chosen on the world's occupancy.
    pub(super) fn choose(&self, draft: &mut Draft<'_>, schedule: &Schedule) -> Result<Vec<Unit>, Refusal> {
        match &self.seats {
            Seats::Exactly(seats) => self.exactly(draft, schedule, seats),
            Seats::Preferring(wishes) => self.preferring(draft, schedule, wishes),
        }
    }

    fn exactly(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        seats: &[SeatNumber],
    ) -> Result<Vec<Unit>, Refusal> {
        let passengers = self.passengers.len();
        if seats.len() != passengers {
            return Err(SaleRefusal::SeatCount { seats: seats.len(), passengers }.into());
        }
        let distinct = seats.iter().collect::<BTreeSet<_>>().len();
        if distinct < passengers {
            return Err(SaleRefusal::SeatCount { seats: distinct, passengers }.into());
        }
        let (mut units, mut taken) = (vec![], vec![]);
        for seat in seats {
            let cabin = self.cabin_with(schedule, *seat)?;
            units.push(Unit::Seat(*seat, cabin.class.clone(), cabin.price));
            let stream = StreamId::Seat(self.flight_id, *seat);
            draft.touch(Touch::Stream(stream.clone()));
            taken.extend(draft.peek::<Seat, _>(&stream, |state| taken_seat(*seat, state)));
        }
        if taken.is_empty() {
            return Ok(units);
        }
        let alternatives = self.alternatives(draft, schedule, seats);
        Err(SaleRefusal::SeatsTaken { taken, alternatives }.into())
    }

    fn preferring(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        wishes: &[SeatNumber],
    ) -> Result<Vec<Unit>, Refusal> {
        for seat in wishes {
            self.cabin_with(schedule, *seat)?;
        }
        for cabin in self.cabins(schedule, wishes)? {
            let units = match &cabin.seating {
                Seating::Numbered(rows) => self.seats_in(draft, cabin, rows, wishes),
                Seating::Counted(_) => self.places_in(draft, cabin),
            };
            if let Some(units) = units {
                return Ok(units);
            }
        }
        draft.touch(Touch::Family(Family::Departure(self.flight_id)));
        Err(self.too_full(draft, schedule, wishes))
    }

    /// The cabins to try: the one asked for, else the first wish's, else the cheapest first.
    fn cabins<'s>(&self, schedule: &'s Schedule, wishes: &[SeatNumber]) -> Result<Vec<&'s Cabin>, Refusal> {
        if let Some(class) = &self.class {
            let flight_number = schedule.flight.flight_number.clone();
            let unknown = || SaleRefusal::NoSuchClass { flight_number, class: class.clone() };
            return Ok(vec![schedule.cabins.of(class).ok_or_else(unknown)?]);
        }
        if let Some(wish) = wishes.first() {
            return Ok(vec![self.cabin_with(schedule, *wish)?]);
        }
        let mut cabins: Vec<&Cabin> = schedule.cabins.iter().collect();
        cabins.sort_by_key(|cabin| cabin.price.minor);
        Ok(cabins)
    }

    /// The wishes that are free, and the best of the rest together.
    fn seats_in(
        &self,
        draft: &mut Draft<'_>,
        cabin: &Cabin,
        rows: &Rows,
        wishes: &[SeatNumber],
    ) -> Option<Vec<Unit>> {
        let needed = self.passengers.len();
        let free =
            |draft: &mut Draft<'_>, seat| draft.peek(&StreamId::Seat(self.flight_id, seat), Seat::is_free);
        let mut chosen: Vec<SeatNumber> = vec![];
        for wish in wishes.iter().copied().filter(|wish| rows.index_of(*wish).is_some()) {
            if chosen.len() < needed && !chosen.contains(&wish) && free(draft, wish) {
                chosen.push(wish);
            }
        }
        let rest =
            together(rows, needed - chosen.len(), |seat| !chosen.contains(&seat) && free(draft, seat))?;
        chosen.extend(rest);
        let unit = |seat| Unit::Seat(seat, cabin.class.clone(), cabin.price);
        Some(chosen.into_iter().map(unit).collect())
    }

    fn places_in(&self, draft: &mut Draft<'_>, cabin: &Cabin) -> Option<Vec<Unit>> {
        let needed = self.passengers.len();
        let left = draft.peek(&StreamId::Pool(self.flight_id, cabin.class.clone()), Pool::left);
        let fits = needed <= left as usize;
        fits.then(|| (0..needed).map(|_| Unit::Place(cabin.class.clone(), cabin.price)).collect())
    }

    fn too_full(&self, draft: &mut Draft<'_>, schedule: &Schedule, wishes: &[SeatNumber]) -> Refusal {
        let cabins = self.cabins(schedule, wishes).unwrap_or_default();
        let free = cabins.iter().map(|cabin| self.free_in(draft, cabin)).max().unwrap_or(0);
        let (number, asked) = (&schedule.flight.flight_number, self.passengers.len());
        let seats = if free == 1 { "seat" } else { "seats" };
        let passengers = if asked == 1 { "passenger" } else { "passengers" };
        SaleRefusal::FlightUnavailable(format!(
            "Flight {number} has only {free} {seats} available but {asked} {passengers} requested"
        ))
        .into()
    }

    fn free_in(&self, draft: &mut Draft<'_>, cabin: &Cabin) -> usize {
        match &cabin.seating {
            Seating::Numbered(rows) => {
                let free =
                    |seat: &SeatNumber| draft.peek(&StreamId::Seat(self.flight_id, *seat), Seat::is_free);
                rows.seats().filter(free).count()
            }
            Seating::Counted(_) => {
                draft.peek(&StreamId::Pool(self.flight_id, cabin.class.clone()), Pool::left) as usize
            }
        }
    }

    /// Free seats of the cabin of the first seat asked for: the best ones together, then the foremost.
    fn alternatives(
        &self,
        draft: &mut Draft<'_>,
        schedule: &Schedule,
        seats: &[SeatNumber],
    ) -> Vec<SeatOffer> {
        let cabin = seats.first().and_then(|seat| schedule.cabins.with_seat(*seat));
        let Some((cabin, rows)) = cabin.and_then(|cabin| Some((cabin, cabin.rows()?))) else { return vec![] };
        let mut free =
            |seat| !seats.contains(&seat) && draft.peek(&StreamId::Seat(self.flight_id, seat), Seat::is_free);
        let mut offered = together(rows, seats.len().min(ALTERNATIVES_MAX), &mut free).unwrap_or_default();
        for seat in rows.seats() {
            if ALTERNATIVES_MAX <= offered.len() {
                break;
            }
            if !offered.contains(&seat) && free(seat) {
                offered.push(seat);
            }
        }
        let offer = |seat_number| SeatOffer { seat_number, class: cabin.class.clone(), price: cabin.price };
        offered.into_iter().map(offer).collect()
    }

    fn cabin_with<'s>(&self, schedule: &'s Schedule, seat_number: SeatNumber) -> Result<&'s Cabin, Refusal> {
        let of_class = |cabin: &&Cabin| self.class.as_ref().is_none_or(|class| *class == cabin.class);
        let flight_number = schedule.flight.flight_number.clone();
        let unknown = || SaleRefusal::NoSuchSeat { flight_number, seat_number };
        Ok(schedule.cabins.with_seat(seat_number).filter(of_class).ok_or_else(unknown)?)
    }
}

/// Why a seat cannot be had; nothing when it can.
pub(super) fn taken_seat(seat_number: SeatNumber, seat: &Seat) -> Option<TakenSeat> {
    match seat {
        Seat::Free => None,
        Seat::Claimed { at, .. } => Some(TakenSeat { seat_number, status: "taken", since: Some(*at) }),
        Seat::Blocked { .. } => Some(TakenSeat { seat_number, status: "blocked", since: None }),
    }
}
