use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::{DepartureEvent, Flight};
use crate::decide::Decide;
use crate::values::{Cabins, DepartureId};

/// Years, in UTC, in which something can depart and arrive: wider by one than faces take, so that no time zone
/// moves a day of theirs out. Far within what databases and calendars can count.
const YEARS: RangeInclusive<i32> = 1970..=2200;

/// What callers may ask of a departure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepartureCommand {
    /// Puts it on the timetable. The same again is nothing to do.
    Schedule { flight: Flight, cabins: Cabins, sales_open: bool, now: DateTime<Utc> },
    /// It will not take place. Blocks every new claim; bookings stay as they are.
    Cancel { reason: Option<String>, now: DateTime<Utc> },
    /// Lets customers book.
    OpenSales { now: DateTime<Utc> },
    /// Stops new bookings, keeps those that are there.
    CloseSales { now: DateTime<Utc> },
}

/// Why a command on a departure was turned down. Nothing is stored when it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DepartureRefusal {
    #[error("there is no such flight")]
    NotFound,
    #[error("this flight is already scheduled with other times or cabins")]
    AlreadyScheduled,
    #[error("a flight must arrive after it departs")]
    ArrivesBeforeItDeparts,
    #[error("a flight departs and arrives in the years {} to {}", YEARS.start(), YEARS.end())]
    OutOfCalendar,
    #[error("flight {flight_number} was cancelled")]
    Cancelled { flight_number: String },
    #[error("flight {flight_number} has departed")]
    Departed { flight_number: String },
}

impl DepartureRefusal {
    /// Stable, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "FLIGHT_NOT_FOUND",
            Self::AlreadyScheduled => "FLIGHT_ALREADY_SCHEDULED",
            Self::ArrivesBeforeItDeparts => "FLIGHT_ARRIVES_BEFORE_IT_DEPARTS",
            Self::OutOfCalendar => "FLIGHT_OUT_OF_CALENDAR",
            Self::Cancelled { .. } => "FLIGHT_CANCELLED",
            Self::Departed { .. } => "FLIGHT_DEPARTED",
        }
    }
}

/// Only what selling needs; what screens need lives in projections.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Departure {
    /// Never scheduled.
    #[default]
    Absent,
    /// On the timetable.
    Scheduled(Arc<Schedule>),
    /// Will not take place.
    Cancelled(Arc<Schedule>),
}

/// When, where, and what there is to sell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub flight: Flight,
    pub cabins: Cabins,
    pub sales_open: bool,
}

impl Departure {
    fn schedule(
        &self,
        flight: Flight,
        cabins: Cabins,
        sales_open: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<DepartureEvent>, DepartureRefusal> {
        if flight.arrival.at <= flight.departure.at {
            return Err(DepartureRefusal::ArrivesBeforeItDeparts);
        }
        if [flight.departure, flight.arrival].iter().any(|time| !YEARS.contains(&time.at.year())) {
            return Err(DepartureRefusal::OutOfCalendar);
        }
        match self {
            Self::Absent => {
                Ok(vec![DepartureEvent::Scheduled { flight, cabins, sales_open, scheduled_at: now }])
            }
            Self::Scheduled(schedule) if schedule.flight == flight && schedule.cabins == cabins => Ok(vec![]),
            Self::Scheduled(_) => Err(DepartureRefusal::AlreadyScheduled),
            Self::Cancelled(schedule) => Err(schedule.cancelled()),
        }
    }

    fn cancel(
        &self,
        reason: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Vec<DepartureEvent>, DepartureRefusal> {
        match self {
            Self::Absent => Err(DepartureRefusal::NotFound),
            Self::Scheduled(schedule) if schedule.flight.departure.at <= now => Err(schedule.departed()),
            Self::Scheduled(schedule) => {
                Ok(vec![DepartureEvent::Cancelled { flight_id: schedule.id(), reason, cancelled_at: now }])
            }
            Self::Cancelled(_) => Ok(vec![]),
        }
    }

    fn open(&self, now: DateTime<Utc>) -> Result<Vec<DepartureEvent>, DepartureRefusal> {
        match self {
            Self::Absent => Err(DepartureRefusal::NotFound),
            Self::Scheduled(schedule) if schedule.sales_open => Ok(vec![]),
            Self::Scheduled(schedule) if schedule.flight.departure.at <= now => Err(schedule.departed()),
            Self::Scheduled(schedule) => {
                Ok(vec![DepartureEvent::SalesOpened { flight_id: schedule.id(), opened_at: now }])
            }
            Self::Cancelled(schedule) => Err(schedule.cancelled()),
        }
    }

    fn close(&self, now: DateTime<Utc>) -> Result<Vec<DepartureEvent>, DepartureRefusal> {
        match self {
            Self::Absent => Err(DepartureRefusal::NotFound),
            Self::Scheduled(schedule) if schedule.sales_open => {
                Ok(vec![DepartureEvent::SalesClosed { flight_id: schedule.id(), closed_at: now }])
            }
            Self::Scheduled(_) => Ok(vec![]),
            Self::Cancelled(schedule) => Err(schedule.cancelled()),
        }
    }
}

impl Schedule {
    const fn id(&self) -> DepartureId {
        self.flight.flight_id
    }

    fn cancelled(&self) -> DepartureRefusal {
        DepartureRefusal::Cancelled { flight_number: self.flight.flight_number.clone() }
    }

    fn departed(&self) -> DepartureRefusal {
        DepartureRefusal::Departed { flight_number: self.flight.flight_number.clone() }
    }
}

impl Decide for Departure {
    fn decide(&self, command: DepartureCommand) -> Result<Vec<DepartureEvent>, DepartureRefusal> {
        match command {
            DepartureCommand::Schedule { flight, cabins, sales_open, now } => {
                self.schedule(flight, cabins, sales_open, now)
            }
            DepartureCommand::Cancel { reason, now } => self.cancel(reason, now),
            DepartureCommand::OpenSales { now } => self.open(now),
            DepartureCommand::CloseSales { now } => self.close(now),
        }
    }

    fn evolve(&mut self, event: &DepartureEvent) {
        match event {
            DepartureEvent::Scheduled { flight, cabins, sales_open, scheduled_at: _ } => {
                *self = Self::Scheduled(Arc::new(Schedule {
                    flight: flight.clone(),
                    cabins: cabins.clone(),
                    sales_open: *sales_open,
                }));
            }
            DepartureEvent::Cancelled { .. } => {
                if let Self::Scheduled(schedule) = self {
                    *self = Self::Cancelled(schedule.clone());
                }
            }
            DepartureEvent::SalesOpened { .. } => self.set_sales(true),
            DepartureEvent::SalesClosed { .. } => self.set_sales(false),
        }
    }
}

impl Departure {
    fn set_sales(&mut self, open: bool) {
        match self {
            Self::Scheduled(schedule) | Self::Cancelled(schedule) => {
                Arc::make_mut(schedule).sales_open = open
            }
            Self::Absent => {}
        }
    }
}

impl Aggregate for Departure {
    const TYPE: &'static str = "departure";
    type Command = DepartureCommand;
    type Event = DepartureEvent;
    type Error = DepartureRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: DepartureCommand,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), DepartureRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: DepartureEvent) {
        self.evolve(&event);
    }
}
