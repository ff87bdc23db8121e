//! A departure that does not stay as it was planned.

use chrono::{DateTime, TimeDelta, Utc};

use super::aggregate::check_times;
use super::{Departure, DepartureEvent, DepartureRefusal, SettledBatch};
use crate::values::{Actor, BookingId, Cabins, DepartureId, ZonedTime};

type Decided = Result<Vec<DepartureEvent>, DepartureRefusal>;

/// It can be said to have left so many minutes before its time.
const EARLY_MINUTES_MAX: i64 = 60;

impl Departure {
    pub(super) fn reschedule(&self, departure: ZonedTime, arrival: ZonedTime, now: DateTime<Utc>) -> Decided {
        check_times(departure, arrival)?;
        let schedule = match self {
            Self::Absent => return Err(DepartureRefusal::NotFound),
            Self::Cancelled(schedule) => return Err(schedule.cancelled()),
            Self::Departed(schedule) => return Err(schedule.departed()),
            Self::Scheduled(schedule) => schedule,
        };
        if (schedule.flight.departure, schedule.flight.arrival) == (departure, arrival) {
            return Ok(vec![]);
        }
        if schedule.flight.departure.at <= now {
            return Err(schedule.departed());
        }
        if departure.at <= now {
            return Err(DepartureRefusal::DepartsInThePast);
        }
        let flight_id = schedule.id();
        Ok(vec![DepartureEvent::Rescheduled { flight_id, departure, arrival, rescheduled_at: now }])
    }

    /// Prices count for whoever books from now on.
    pub(super) fn change_cabins(&self, cabins: Cabins, now: DateTime<Utc>) -> Decided {
        let schedule = match self {
            Self::Absent => return Err(DepartureRefusal::NotFound),
            Self::Cancelled(schedule) => return Err(schedule.cancelled()),
            Self::Departed(schedule) => return Err(schedule.departed()),
            Self::Scheduled(schedule) => schedule,
        };
        if schedule.cabins == cabins {
            return Ok(vec![]);
        }
        if schedule.flight.departure.at <= now {
            return Err(schedule.departed());
        }
        if schedule.cabins.currency() != cabins.currency() {
            let flight_number = schedule.flight.flight_number.clone();
            return Err(DepartureRefusal::OtherCurrency { flight_number });
        }
        Ok(vec![DepartureEvent::SeatMapChanged { flight_id: schedule.id(), cabins, changed_at: now }])
    }

    pub(super) fn depart(&self, now: DateTime<Utc>) -> Decided {
        let schedule = match self {
            Self::Absent => return Err(DepartureRefusal::NotFound),
            Self::Cancelled(schedule) => return Err(schedule.cancelled()),
            Self::Departed(_) => return Ok(vec![]),
            Self::Scheduled(schedule) => schedule,
        };
        let departs_at = schedule.flight.departure.at;
        if now < departs_at - TimeDelta::minutes(EARLY_MINUTES_MAX) {
            let flight_number = schedule.flight.flight_number.clone();
            return Err(DepartureRefusal::NotDue { flight_number, departs_at });
        }
        Ok(vec![DepartureEvent::Departed { flight_id: schedule.id(), departed_at: now }])
    }

    /// One at a time: a second request would have to wait for the first, or tear its passengers apart.
    pub(super) fn request_rebooking(
        &self,
        to_flight_id: DepartureId,
        bookings: Option<Vec<BookingId>>,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        let schedule = match self {
            Self::Absent => return Err(DepartureRefusal::NotFound),
            Self::Cancelled(schedule) => return Err(schedule.cancelled()),
            Self::Departed(schedule) => return Err(schedule.departed()),
            Self::Scheduled(schedule) => schedule,
        };
        if schedule.flight.departure.at <= now {
            return Err(schedule.departed());
        }
        if to_flight_id == schedule.id() {
            return Err(DepartureRefusal::RebookedToItself);
        }
        if schedule.passes.rebooking.is_some() {
            let flight_number = schedule.flight.flight_number.clone();
            return Err(DepartureRefusal::RebookingUnderWay { flight_number });
        }
        Ok(vec![DepartureEvent::RebookingRequested {
            flight_id: schedule.id(),
            to_flight_id,
            bookings,
            requested_by: by,
            requested_at: now,
        }])
    }

    /// A batch of a pass that is not being made is nothing to remember.
    pub(super) fn record_settled(&self, batch: SettledBatch, now: DateTime<Utc>) -> Vec<DepartureEvent> {
        let schedule = self.timetabled().filter(|schedule| schedule.passes.next() == Some(batch.pass));
        let flight_id = schedule.map(|schedule| schedule.id());
        let settled = |flight_id| DepartureEvent::BookingsSettled { flight_id, batch, settled_at: now };
        flight_id.map(settled).into_iter().collect()
    }
}
