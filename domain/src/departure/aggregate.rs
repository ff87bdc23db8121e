use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::{DepartureEvent, Flight, Passes, Rebooking, SettledBatch};
use crate::decide::Decide;
use crate::values::{Actor, BookingId, Cabins, DepartureId, NoSuchTime, ZonedTime};

/// Years, in UTC, in which something can depart and arrive: wider by one than faces take, so that no time zone
/// moves a day of theirs out. Far within what databases and calendars can count.
const YEARS: RangeInclusive<i32> = 1970..=2200;

/// What callers may ask of a departure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepartureCommand {
    /// Puts it on the timetable. The same again is nothing to do.
    Schedule { flight: Flight, cabins: Cabins, sales_open: bool, now: DateTime<Utc> },
    /// It will not take place. Blocks every new claim; its bookings are cancelled afterwards.
    Cancel { reason: Option<String>, now: DateTime<Utc> },
    /// Lets customers book.
    OpenSales { now: DateTime<Utc> },
    /// Stops new bookings, keeps those that are there.
    CloseSales { now: DateTime<Utc> },
    /// Moves it to another time; its bookings follow afterwards.
    Reschedule { departure: ZonedTime, arrival: ZonedTime, now: DateTime<Utc> },
    /// Gives it other cabins; who has no seat any more is seated afterwards.
    ChangeCabins { cabins: Cabins, now: DateTime<Utc> },
    /// It has left.
    Depart { now: DateTime<Utc> },
    /// Asks for its bookings to be moved to another departure; they follow afterwards.
    RequestRebooking {
        to_flight_id: DepartureId,
        /// Absent: all.
        bookings: Option<Vec<BookingId>>,
        by: Actor,
        now: DateTime<Utc>,
    },
    /// A batch of its bookings was seen to.
    RecordSettled { batch: SettledBatch, now: DateTime<Utc> },
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
    #[error("a flight that is moved must depart in the future")]
    DepartsInThePast,
    #[error("flight {flight_number} keeps the currency of its prices")]
    OtherCurrency { flight_number: String },
    #[error("flight {flight_number} departs at {departs_at}: it is too early to say that it has left")]
    NotDue {
        flight_number: String,
        /// As scheduled.
        departs_at: DateTime<Utc>,
    },
    #[error("bookings of flight {flight_number} are being moved to another flight already")]
    RebookingUnderWay { flight_number: String },
    #[error("{0}")]
    NoSuchTime(NoSuchTime),
    #[error("bookings cannot be moved from a flight to itself")]
    RebookedToItself,
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
            Self::DepartsInThePast => "FLIGHT_DEPARTS_IN_THE_PAST",
            Self::OtherCurrency { .. } => "FLIGHT_KEEPS_CURRENCY",
            Self::NotDue { .. } => "FLIGHT_NOT_DUE",
            Self::RebookingUnderWay { .. } => "REBOOKING_UNDER_WAY",
            Self::NoSuchTime(_) => "FLIGHT_NO_SUCH_TIME",
            Self::RebookedToItself => "REBOOKED_TO_ITSELF",
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
    /// Has left.
    Departed(Arc<Schedule>),
}

/// When, where, and what there is to sell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub flight: Flight,
    pub cabins: Cabins,
    pub sales_open: bool,
    /// What is left to be done about its bookings.
    #[serde(default)]
    pub passes: Passes,
}

impl Departure {
    fn schedule(
        &self,
        flight: Flight,
        cabins: Cabins,
        sales_open: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<DepartureEvent>, DepartureRefusal> {
        check_times(flight.departure, flight.arrival)?;
        match self {
            Self::Absent => {
                Ok(vec![DepartureEvent::Scheduled { flight, cabins, sales_open, scheduled_at: now }])
            }
            Self::Scheduled(schedule) | Self::Departed(schedule)
                if schedule.flight == flight && schedule.cabins == cabins =>
            {
                Ok(vec![])
            }
            Self::Scheduled(_) | Self::Departed(_) => Err(DepartureRefusal::AlreadyScheduled),
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
            Self::Departed(schedule) => Err(schedule.departed()),
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
            Self::Departed(schedule) => Err(schedule.departed()),
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
            Self::Departed(schedule) => Err(schedule.departed()),
        }
    }
}

/// When something can take place at all.
pub(super) fn check_times(departure: ZonedTime, arrival: ZonedTime) -> Result<(), DepartureRefusal> {
    if arrival.at <= departure.at {
        return Err(DepartureRefusal::ArrivesBeforeItDeparts);
    }
    if [departure, arrival].iter().any(|time| !YEARS.contains(&time.at.year())) {
        return Err(DepartureRefusal::OutOfCalendar);
    }
    Ok(())
}

impl Schedule {
    pub(super) const fn id(&self) -> DepartureId {
        self.flight.flight_id
    }

    pub(super) fn cancelled(&self) -> DepartureRefusal {
        DepartureRefusal::Cancelled { flight_number: self.flight.flight_number.clone() }
    }

    pub(super) fn departed(&self) -> DepartureRefusal {
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
            DepartureCommand::Reschedule { departure, arrival, now } => {
                self.reschedule(departure, arrival, now)
            }
            DepartureCommand::ChangeCabins { cabins, now } => self.change_cabins(cabins, now),
            DepartureCommand::Depart { now } => self.depart(now),
            DepartureCommand::RequestRebooking { to_flight_id, bookings, by, now } => {
                self.request_rebooking(to_flight_id, bookings, by, now)
            }
            DepartureCommand::RecordSettled { batch, now } => Ok(self.record_settled(batch, now)),
        }
    }

    fn evolve(&mut self, event: &DepartureEvent) {
        match event {
            DepartureEvent::Scheduled { flight, cabins, sales_open, scheduled_at: _ } => {
                *self = Self::Scheduled(Arc::new(Schedule {
                    flight: flight.clone(),
                    cabins: cabins.clone(),
                    sales_open: *sales_open,
                    passes: Passes::default(),
                }));
            }
            DepartureEvent::Cancelled { .. } => {
                self.amend(|schedule| schedule.passes = Passes::begun());
                if let Self::Scheduled(schedule) = self {
                    *self = Self::Cancelled(schedule.clone());
                }
            }
            DepartureEvent::SalesOpened { .. } => self.amend(|schedule| schedule.sales_open = true),
            DepartureEvent::SalesClosed { .. } => self.amend(|schedule| schedule.sales_open = false),
            DepartureEvent::Rescheduled { departure, arrival, .. } => self.amend(|schedule| {
                (schedule.flight.departure, schedule.flight.arrival) = (*departure, *arrival);
                schedule.passes.begin();
            }),
            DepartureEvent::SeatMapChanged { cabins, .. } => self.amend(|schedule| {
                schedule.cabins = cabins.clone();
                schedule.passes.begin();
            }),
            DepartureEvent::Departed { .. } => {
                if let Self::Scheduled(schedule) = self {
                    *self = Self::Departed(schedule.clone());
                }
            }
            DepartureEvent::RebookingRequested { to_flight_id, bookings, .. } => self.amend(|schedule| {
                schedule.passes.rebooking = Some(Rebooking::to(*to_flight_id, bookings.as_deref()));
            }),
            DepartureEvent::BookingsSettled { batch, .. } => {
                self.amend(|schedule| schedule.passes.advance(batch));
            }
        }
    }
}

impl Departure {
    /// What is on the timetable, or was.
    pub fn timetabled(&self) -> Option<&Arc<Schedule>> {
        match self {
            Self::Absent => None,
            Self::Scheduled(schedule) | Self::Cancelled(schedule) | Self::Departed(schedule) => {
                Some(schedule)
            }
        }
    }

    fn amend(&mut self, change: impl FnOnce(&mut Schedule)) {
        match self {
            Self::Scheduled(schedule) | Self::Cancelled(schedule) | Self::Departed(schedule) => {
                change(Arc::make_mut(schedule));
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
