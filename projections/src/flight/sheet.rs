//! What is said about a departure: everything but who sits in it.

use booking_domain::departure::{DepartureEvent, Flight};
use booking_domain::values::Cabins;
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
    /// Of the last event of the departure itself, from 1.
    pub version: i64,
}

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
    /// `scheduled` or `cancelled`.
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
                version,
            }),
            (_, None) => None,
            (DepartureEvent::Cancelled { cancelled_at, .. }, Some(sheet)) => {
                Some(Self { cancelled_at: Some(*cancelled_at), version, ..sheet.clone() })
            }
            (DepartureEvent::SalesOpened { .. }, Some(sheet)) => {
                Some(Self { sales_open: true, version, ..sheet.clone() })
            }
            (DepartureEvent::SalesClosed { .. }, Some(sheet)) => {
                Some(Self { sales_open: false, version, ..sheet.clone() })
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
