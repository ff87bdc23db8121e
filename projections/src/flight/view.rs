//! A departure as answers show it.

use booking_domain::values::{Cabin, Class, DepartureId, Money, Seating};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FlightSheet, SeatMap};

/// `GET /flights/{id}`, and one row of `GET /flights`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Flight)]
pub struct FlightView {
    pub flight_id: DepartureId,
    pub flight_number: String,
    pub airline: String,
    pub origin: String,
    pub destination: String,
    #[serde(serialize_with = "booking_http::instant::serialize")]
    pub departure: DateTime<Utc>,
    #[serde(serialize_with = "booking_http::instant::serialize")]
    pub arrival: DateTime<Utc>,
    /// On the wall at the origin.
    #[schema(value_type = String, example = "2026-11-27T07:35:00")]
    pub departure_local: NaiveDateTime,
    /// On the wall at the destination.
    #[schema(value_type = String, example = "2026-11-27T07:35:00")]
    pub arrival_local: NaiveDateTime,
    pub origin_time_zone: String,
    pub destination_time_zone: String,
    pub status: FlightStatus,
    /// Whether staff have opened it; it can be booked if it is also `scheduled`.
    pub sales_open: bool,
    /// Front to back.
    pub cabins: Vec<CabinView>,
    pub version: i64,
}

/// Where a departure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FlightStatus {
    /// Ahead.
    Scheduled,
    /// Will not take place.
    Cancelled,
    /// Its time has come.
    Departed,
}

/// One class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Cabin)]
pub struct CabinView {
    pub class: Class,
    #[serde(flatten)]
    pub seating: SeatingView,
    /// For one passenger.
    pub price: Money,
    /// Seats or places that exist.
    pub seats_total: u32,
    /// What can still be had; places of a pool may be sold beyond those that exist.
    pub seats_free: u32,
}

/// How a class is seated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Seating)]
pub enum SeatingView {
    /// Rows from the first to the last, each with the same letters; a blank is an aisle.
    Numbered { rows: [u16; 2], letters: String },
    /// Only the count matters.
    Counted { count: u32, overbooking_limit: u32 },
}

impl FlightView {
    /// The departure at an instant.
    pub fn new(sheet: &FlightSheet, map: &SeatMap, now: DateTime<Utc>) -> Self {
        let flight = &sheet.flight;
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
            origin_time_zone: flight.departure.time_zone.to_string(),
            destination_time_zone: flight.arrival.time_zone.to_string(),
            status: FlightStatus::of(sheet, now),
            sales_open: sheet.sales_open,
            cabins: cabins(sheet, map),
            version: sheet.version,
        }
    }
}

impl FlightStatus {
    /// Of a departure at an instant.
    pub fn of(sheet: &FlightSheet, now: DateTime<Utc>) -> Self {
        match sheet.cancelled_at {
            Some(_) => Self::Cancelled,
            None if sheet.departed_at.is_some() || sheet.flight.departure.at <= now => Self::Departed,
            None => Self::Scheduled,
        }
    }
}

fn cabins(sheet: &FlightSheet, map: &SeatMap) -> Vec<CabinView> {
    let mut first = 0;
    let view = |cabin: &Cabin| {
        let pool = map.count_of(&cabin.class).filter(|_| cabin.rows().is_none());
        let free = match &cabin.seating {
            Seating::Numbered(_) => {
                let seats = first..first + cabin.capacity() as usize;
                first = seats.end;
                seats.filter(|seat| !map.taken.has(*seat) && !map.blocked.has(*seat)).count()
            }
            Seating::Counted(_) => pool.map_or(0, |pool| pool.left() as usize),
        };
        CabinView {
            class: cabin.class.clone(),
            seating: SeatingView::of(cabin, map),
            price: cabin.price,
            seats_total: pool.map_or(cabin.capacity(), |pool| pool.capacity),
            seats_free: u32::try_from(free).unwrap_or(u32::MAX),
        }
    };
    sheet.cabins.iter().map(view).collect()
}

impl SeatingView {
    fn of(cabin: &Cabin, map: &SeatMap) -> Self {
        match &cabin.seating {
            Seating::Numbered(rows) => {
                Self::Numbered { rows: [rows.first_row, rows.last_row], letters: rows.letters.to_string() }
            }
            Seating::Counted(places) => {
                let pool = map.count_of(&cabin.class);
                let now = pool.map(|pool| (pool.capacity, pool.overbooking_limit));
                let (count, overbooking_limit) = now.unwrap_or((places.count, places.overbooking_limit));
                Self::Counted { count, overbooking_limit }
            }
        }
    }
}
