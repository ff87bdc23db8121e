//! Departures come onto the timetable, and leave it.

use chrono::{DateTime, Utc};

use crate::departure::{Departure, DepartureCommand, Flight};
use crate::event::StreamId;
use crate::pool::{Pool, PoolCommand};
use crate::refusal::Refusal;
use crate::values::{Cabins, DepartureId, Places, Seating};
use crate::world::Draft;

/// Puts a departure on the timetable and opens its pools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleDeparture {
    pub flight: Flight,
    pub cabins: Cabins,
    pub sales_open: bool,
    pub now: DateTime<Utc>,
}

/// Takes a departure off the timetable. Its bookings stay as they are.
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
        for cabin in self.cabins.iter() {
            let Seating::Counted(Places { count, overbooking_limit }) = cabin.seating else { continue };
            let (class, capacity, now) = (cabin.class.clone(), count, self.now);
            let set = PoolCommand::SetCapacity { flight_id, class, capacity, overbooking_limit, now };
            draft.command::<Pool>(&StreamId::Pool(flight_id, cabin.class.clone()), set)?;
        }
        Ok(())
    }
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
