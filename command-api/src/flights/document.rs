//! A departure as answers to commands show it.

use booking_domain::departure::{DepartureEvent, Flight};
use booking_domain::values::{Cabin, Cabins, Class, DepartureId, Money, Seating, ZonedTime};
use booking_domain::{Event, StreamId};
use booking_http::{Problem, instant};
use booking_journal::Receipt;
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::affected::Affected;
use crate::Parts;
use crate::asked::Asked;

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlightDocument {
    pub flight_id: DepartureId,
    flight_number: String,
    airline: String,
    origin: String,
    destination: String,
    #[serde(serialize_with = "instant::serialize")]
    departure: DateTime<Utc>,
    #[serde(serialize_with = "instant::serialize")]
    arrival: DateTime<Utc>,
    #[schema(value_type = String, example = "2026-11-27T07:35:00")]
    departure_local: NaiveDateTime,
    #[schema(value_type = String, example = "2026-11-27T07:35:00")]
    arrival_local: NaiveDateTime,
    #[schema(value_type = String)]
    origin_time_zone: Tz,
    #[schema(value_type = String)]
    destination_time_zone: Tz,
    /// `scheduled`, `cancelled` or `departed`.
    status: &'static str,
    sales_open: bool,
    cabins: Vec<CabinDocument>,
    /// Of a command that changes what its bookings hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affected_bookings: Option<Affected>,
    /// Sequence of the last event; the ETag.
    pub version: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
struct CabinDocument {
    class: Class,
    /// The first and the last; absent in a counted cabin, like letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<[u16; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    letters: Option<Box<str>>,
    /// Absent in a numbered cabin, like the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overbooking_limit: Option<u32>,
    price: Money,
    seats_total: u32,
}

impl Parts {
    /// The departure after a request.
    pub(super) async fn flight(
        &self,
        asked: &Asked,
        flight_id: DepartureId,
        receipt: &Receipt,
    ) -> Result<FlightDocument, Problem> {
        let stream = StreamId::Departure(flight_id);
        let history = self.history_after(asked.caller.tenant, &stream, receipt).await?;
        let absent = || Problem::not_found("FLIGHT_NOT_FOUND", "there is no such flight");
        folded(&history).ok_or_else(absent)
    }
}

fn folded(history: &[(i64, Event)]) -> Option<FlightDocument> {
    let mut document = None;
    for (sequence, event) in history {
        match event {
            Event::Departure(event) => document = FlightDocument::after(document, event, *sequence),
            Event::Tenant(_)
            | Event::Seat(_)
            | Event::Pool(_)
            | Event::Booking(_)
            | Event::Customer(_)
            | Event::User(_) => {}
        }
    }
    document
}

impl FlightDocument {
    /// The document after one more event. Nothing before the first.
    pub fn after(before: Option<Self>, event: &DepartureEvent, version: i64) -> Option<Self> {
        match event {
            DepartureEvent::Scheduled { flight, cabins, sales_open, .. } => {
                Some(Self::new(flight, cabins, *sales_open, version))
            }
            DepartureEvent::Cancelled { .. } => {
                before.map(|document| Self { status: "cancelled", version, ..document })
            }
            DepartureEvent::SalesOpened { .. } => {
                before.map(|document| Self { sales_open: true, version, ..document })
            }
            DepartureEvent::SalesClosed { .. } => {
                before.map(|document| Self { sales_open: false, version, ..document })
            }
            DepartureEvent::Rescheduled { departure, arrival, .. } => {
                before.map(|document| document.moved(*departure, *arrival, version))
            }
            DepartureEvent::SeatMapChanged { cabins, .. } => before.map(|document| {
                let cabins = cabins.iter().map(CabinDocument::of).collect();
                Self { cabins, version, ..document }
            }),
            DepartureEvent::Departed { .. } => {
                before.map(|document| Self { status: "departed", version, ..document })
            }
            DepartureEvent::RebookingRequested { .. } | DepartureEvent::BookingsSettled { .. } => {
                before.map(|document| Self { version, ..document })
            }
        }
    }

    fn new(flight: &Flight, cabins: &Cabins, sales_open: bool, version: i64) -> Self {
        Self {
            flight_id: flight.flight_id,
            flight_number: flight.flight_number.clone(),
            airline: flight.airline.clone(),
            origin: flight.origin.clone(),
            destination: flight.destination.clone(),
            departure: flight.departure.at,
            arrival: flight.arrival.at,
            departure_local: flight.departure.local,
            arrival_local: flight.arrival.local,
            origin_time_zone: flight.departure.time_zone,
            destination_time_zone: flight.arrival.time_zone,
            status: "scheduled",
            sales_open,
            cabins: cabins.iter().map(CabinDocument::of).collect(),
            affected_bookings: None,
            version,
        }
    }

    fn moved(self, departure: ZonedTime, arrival: ZonedTime, version: i64) -> Self {
        Self {
            departure: departure.at,
            arrival: arrival.at,
            departure_local: departure.local,
            arrival_local: arrival.local,
            version,
            ..self
        }
    }
}

impl CabinDocument {
    fn of(cabin: &Cabin) -> Self {
        let (rows, places) = match &cabin.seating {
            Seating::Numbered(rows) => (Some(rows), None),
            Seating::Counted(places) => (None, Some(places)),
        };
        Self {
            class: cabin.class.clone(),
            rows: rows.map(|rows| [rows.first_row, rows.last_row]),
            letters: rows.map(|rows| rows.letters.clone()),
            count: places.map(|places| places.count),
            overbooking_limit: places.map(|places| places.overbooking_limit),
            price: cabin.price,
            seats_total: cabin.capacity(),
        }
    }
}
