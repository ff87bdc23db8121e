//! What is said about a departure: everything but who sits in it.

use booking_domain::departure::{DepartureEvent, Displaced, Flight, Pass, SettledBatch};
use booking_domain::values::{Cabins, DepartureId};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

/// The document of a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlightSheet {
    #[serde(flatten)]
    pub flight: Flight,
    pub cabins: Cabins,
    pub sales_open: bool,
    pub cancelled_at: Option<DateTime<Utc>>,
    /// When staff said that it has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departed_at: Option<DateTime<Utc>>,
    /// When it got other cabins last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat_map_changed_at: Option<DateTime<Utc>>,
    /// What becomes of its bookings since it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disruption: Option<Disruption>,
    /// Of the last event of the departure itself, from 1.
    pub version: i64,
}

/// Most items that are listed for a person; more are counted.
pub const DISPLACED_MAX: usize = 1_000;

/// How far the engine is with the bookings of a departure that has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disruption {
    /// What it was last: `cancelled`, `rescheduled`, `seat_map_changed` or `rebooking`.
    pub cause: String,
    pub since: DateTime<Utc>,
    /// Where bookings are moved to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_flight_id: Option<DepartureId>,
    /// Bookings looked at.
    pub settled: u32,
    /// Those among them that were changed.
    pub changed: u32,
    /// Bookings still to be looked at, as far as it is known: not before the first batch.
    pub left: Option<u32>,
    /// Items that a person must see to, the first [`DISPLACED_MAX`].
    pub displaced: Vec<Displaced>,
    pub displaced_count: u32,
}

impl Disruption {
    fn begun(cause: &str, since: DateTime<Utc>, to_flight_id: Option<DepartureId>) -> Option<Self> {
        let cause = cause.to_owned();
        let (left, displaced) = (None, vec![]);
        Some(Self { cause, since, to_flight_id, settled: 0, changed: 0, left, displaced, displaced_count: 0 })
    }

    fn after(self, batch: &SettledBatch) -> Self {
        let room = DISPLACED_MAX.saturating_sub(self.displaced.len());
        let count = u32::try_from(batch.displaced.len()).unwrap_or(u32::MAX);
        // A rebooking waits for a settling that came in between; its own batches say when it is over.
        let is_own = (batch.pass == Pass::Rebooking) == (self.cause == REBOOKING);
        let mut displaced = self.displaced;
        displaced.extend(batch.displaced.iter().take(room).cloned());
        Self {
            settled: self.settled.saturating_add(batch.looked_at),
            changed: self.changed.saturating_add(batch.changed),
            left: if is_own { Some(batch.left) } else { self.left },
            displaced,
            displaced_count: self.displaced_count.saturating_add(count),
            ..Self { displaced: vec![], ..self }
        }
    }
}

const REBOOKING: &str = "rebooking";

/// The columns beside a document. Each follows from it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Columns {
    /// Upper case, as boards show it.
    pub flight_number: String,
    pub origin: String,
    pub destination: String,
    /// In whole microseconds.
    pub departure_at: DateTime<Utc>,
    /// On the calendar of the origin.
    pub departure_date: NaiveDate,
    /// `scheduled` or `cancelled`; that it has departed the clock says.
    pub status: String,
    pub sales_open: bool,
}

impl FlightSheet {
    /// The sheet after one more event of the departure, `version` being its sequence. Nothing before the first.
    pub fn after(before: Option<&Self>, event: &DepartureEvent, version: i64) -> Option<Self> {
        match (event, before) {
            (DepartureEvent::Scheduled { flight, cabins, sales_open, .. }, _) => Some(Self {
                flight: flight.clone(),
                cabins: cabins.clone(),
                sales_open: *sales_open,
                cancelled_at: None,
                departed_at: None,
                seat_map_changed_at: None,
                disruption: None,
                version,
            }),
            (_, None) => None,
            (DepartureEvent::Cancelled { cancelled_at, .. }, Some(sheet)) => {
                let disruption = Disruption::begun("cancelled", *cancelled_at, None);
                Some(Self { cancelled_at: Some(*cancelled_at), disruption, version, ..sheet.clone() })
            }
            (DepartureEvent::SalesOpened { .. }, Some(sheet)) => {
                Some(Self { sales_open: true, version, ..sheet.clone() })
            }
            (DepartureEvent::SalesClosed { .. }, Some(sheet)) => {
                Some(Self { sales_open: false, version, ..sheet.clone() })
            }
            (DepartureEvent::Rescheduled { departure, arrival, rescheduled_at, .. }, Some(sheet)) => {
                let flight = Flight { departure: *departure, arrival: *arrival, ..sheet.flight.clone() };
                let disruption = Disruption::begun("rescheduled", *rescheduled_at, None);
                Some(Self { flight, disruption, version, ..sheet.clone() })
            }
            (DepartureEvent::SeatMapChanged { cabins, changed_at, .. }, Some(sheet)) => {
                let disruption = Disruption::begun("seat_map_changed", *changed_at, None);
                let (cabins, seat_map_changed_at) = (cabins.clone(), Some(*changed_at));
                Some(Self { cabins, seat_map_changed_at, disruption, version, ..sheet.clone() })
            }
            (DepartureEvent::Departed { departed_at, .. }, Some(sheet)) => {
                Some(Self { departed_at: Some(*departed_at), version, ..sheet.clone() })
            }
            (DepartureEvent::RebookingRequested { to_flight_id, requested_at, .. }, Some(sheet)) => {
                let disruption = Disruption::begun(REBOOKING, *requested_at, Some(*to_flight_id));
                Some(Self { disruption, version, ..sheet.clone() })
            }
            (DepartureEvent::BookingsSettled { batch, .. }, Some(sheet)) => {
                let disruption = sheet.disruption.clone().map(|disruption| disruption.after(batch));
                Some(Self { disruption, version, ..sheet.clone() })
            }
        }
    }
}

impl Columns {
    /// Those of a sheet.
    pub fn of(sheet: &FlightSheet) -> Self {
        let flight = &sheet.flight;
        Self {
            flight_number: flight.flight_number.to_uppercase(),
            origin: flight.origin.to_uppercase(),
            destination: flight.destination.to_uppercase(),
            departure_at: flight.departure.at.trunc_subsecs(6),
            departure_date: flight.departure.local.date(),
            status: if sheet.cancelled_at.is_some() { "cancelled" } else { "scheduled" }.to_owned(),
            sales_open: sheet.sales_open,
        }
    }
}
