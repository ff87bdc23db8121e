//! Departures come onto the timetable, change, and leave it.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::claiming::ahead;
use crate::departure::{Departure, DepartureCommand, DepartureRefusal, Flight};
use crate::event::{Family, StreamId};
use crate::pool::{Pool, PoolCommand};
use crate::refusal::{Refusal, SaleRefusal};
use crate::seat::{Seat, SeatCommand};
use crate::values::{Actor, BookingId, Cabins, Class, DepartureId, Places, SeatNumber, Seating, ZonedTime};
use crate::world::Draft;

/// Puts a departure on the timetable and opens its pools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleDeparture {
    pub flight: Flight,
    pub cabins: Cabins,
    pub sales_open: bool,
    pub now: DateTime<Utc>,
}

/// Takes a departure off the timetable. Its bookings are cancelled by [`SettleDeparture`](super::SettleDeparture).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelDeparture {
    pub flight_id: DepartureId,
    pub reason: Option<String>,
    pub now: DateTime<Utc>,
}

/// Opens or closes sales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetSales {
    pub flight_id: DepartureId,
    pub open: bool,
    pub now: DateTime<Utc>,
}

/// Moves a departure to another time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RescheduleDeparture {
    pub flight_id: DepartureId,
    /// Absent: as it is, in its zone.
    pub departure: Option<NewTime>,
    /// Absent: as long after the departure as it was.
    pub arrival: Option<NewTime>,
    pub now: DateTime<Utc>,
}

/// A time in the zone that the place has by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewTime {
    At(DateTime<Utc>),
    /// What the clock on the wall shows.
    Local(NaiveDateTime),
}

/// Gives a departure other cabins, and its pools their sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSeatMap {
    pub flight_id: DepartureId,
    pub cabins: Cabins,
    pub now: DateTime<Utc>,
}

/// Says that it has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depart {
    pub flight_id: DepartureId,
    pub now: DateTime<Utc>,
}

/// Has bookings moved to another departure, by [`SettleDeparture`](super::SettleDeparture).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRebooking {
    pub flight_id: DepartureId,
    pub to_flight_id: DepartureId,
    /// Absent: all.
    pub bookings: Option<Vec<BookingId>>,
    pub by: Actor,
    pub now: DateTime<Utc>,
}

/// Takes a free seat out of sale, or puts it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetSeat {
    pub flight_id: DepartureId,
    pub seat_number: SeatNumber,
    pub is_blocked: bool,
    pub now: DateTime<Utc>,
}

impl ScheduleDeparture {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let flight_id = self.flight.flight_id;
        let (flight, cabins) = (self.flight.clone(), self.cabins.clone());
        let schedule =
            DepartureCommand::Schedule { flight, cabins, sales_open: self.sales_open, now: self.now };
        draft.command::<Departure>(&StreamId::Departure(flight_id), schedule)?;
        if draft.events().next().is_none() {
            return Ok(());
        }
        set_pools(draft, flight_id, &self.cabins, self.now)
    }
}

fn set_pools(
    draft: &mut Draft<'_>,
    flight_id: DepartureId,
    cabins: &Cabins,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    for cabin in cabins.iter() {
        let Seating::Counted(places) = cabin.seating else { continue };
        set_pool(draft, flight_id, &cabin.class, places, now)?;
    }
    Ok(())
}

fn set_pool(
    draft: &mut Draft<'_>,
    flight_id: DepartureId,
    class: &Class,
    Places { count, overbooking_limit }: Places,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let (class, capacity) = (class.clone(), count);
    let stream = StreamId::Pool(flight_id, class.clone());
    let set = PoolCommand::SetCapacity { flight_id, class, capacity, overbooking_limit, now };
    Ok(draft.command::<Pool>(&stream, set)?)
}

impl CancelDeparture {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let cancel = DepartureCommand::Cancel { reason: self.reason.clone(), now: self.now };
        Ok(draft.command::<Departure>(&StreamId::Departure(self.flight_id), cancel)?)
    }
}

impl SetSales {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let now = self.now;
        let command = if self.open {
            DepartureCommand::OpenSales { now }
        } else {
            DepartureCommand::CloseSales { now }
        };
        Ok(draft.command::<Departure>(&StreamId::Departure(self.flight_id), command)?)
    }
}

impl RescheduleDeparture {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let stream = StreamId::Departure(self.flight_id);
        let before: Departure = draft.read(&stream);
        let flight = &before.timetabled().ok_or(DepartureRefusal::NotFound)?.flight;
        let departure = in_zone(self.departure, flight.departure)?.unwrap_or(flight.departure);
        let as_long = departure.later(flight.arrival.at - flight.departure.at, flight.arrival.time_zone);
        let arrival = in_zone(self.arrival, flight.arrival)?.unwrap_or(as_long);
        let reschedule = DepartureCommand::Reschedule { departure, arrival, now: self.now };
        Ok(draft.command::<Departure>(&stream, reschedule)?)
    }
}

fn in_zone(time: Option<NewTime>, before: ZonedTime) -> Result<Option<ZonedTime>, Refusal> {
    let zone = before.time_zone;
    let zoned = match time {
        None => return Ok(None),
        Some(NewTime::At(at)) => ZonedTime::at(at, zone),
        Some(NewTime::Local(local)) => ZonedTime::local(local, zone).map_err(DepartureRefusal::NoSuchTime)?,
    };
    Ok(Some(zoned))
}

impl ChangeSeatMap {
    /// Pools of classes that are no more, or have numbers now, get no places.
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let stream = StreamId::Departure(self.flight_id);
        let before: Departure = draft.read(&stream);
        let change = DepartureCommand::ChangeCabins { cabins: self.cabins.clone(), now: self.now };
        draft.command::<Departure>(&stream, change)?;
        if draft.events().next().is_none() {
            return Ok(());
        }
        let is_counted = |class: &Class| {
            self.cabins.of(class).is_some_and(|cabin| matches!(cabin.seating, Seating::Counted(_)))
        };
        let old = before.timetabled().into_iter().flat_map(|schedule| schedule.cabins.iter());
        let gone = old.filter(|cabin| cabin.rows().is_none() && !is_counted(&cabin.class));
        let none = Places { count: 0, overbooking_limit: 0 };
        for cabin in gone {
            set_pool(draft, self.flight_id, &cabin.class, none, self.now)?;
        }
        set_pools(draft, self.flight_id, &self.cabins, self.now)
    }
}

impl Depart {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let depart = DepartureCommand::Depart { now: self.now };
        Ok(draft.command::<Departure>(&StreamId::Departure(self.flight_id), depart)?)
    }
}

impl RequestRebooking {
    pub(super) fn needs(&self) -> Vec<Family> {
        vec![Family::Departure(self.flight_id), Family::Departure(self.to_flight_id)]
    }

    /// The other departure may be closed for sale: staff decide who goes there.
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let Self { to_flight_id, by, now, .. } = *self;
        let request =
            DepartureCommand::RequestRebooking { to_flight_id, bookings: self.bookings.clone(), by, now };
        draft.command::<Departure>(&StreamId::Departure(self.flight_id), request)?;
        ahead(draft, to_flight_id, now).map(drop)
    }
}

impl SetSeat {
    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let Self { flight_id, seat_number, now, .. } = *self;
        let departure: Departure = draft.read(&StreamId::Departure(flight_id));
        let schedule = departure.timetabled().ok_or(DepartureRefusal::NotFound)?;
        if schedule.cabins.with_seat(seat_number).is_none() {
            let flight_number = schedule.flight.flight_number.clone();
            return Err(SaleRefusal::NoSuchSeat { flight_number, seat_number }.into());
        }
        let command = if self.is_blocked {
            SeatCommand::Block { flight_id, seat_number, now }
        } else {
            SeatCommand::Unblock { now }
        };
        Ok(draft.command::<Seat>(&StreamId::Seat(flight_id, seat_number), command)?)
    }
}
