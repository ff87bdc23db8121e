use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::values::{Cabins, DepartureId, ZonedTime};

/// Which departure it is, as tickets and boards name it (S3-2 `flight_details`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flight {
    pub flight_id: DepartureId,
    /// Such as `AA100`.
    pub flight_number: String,
    /// Name of the carrier.
    pub airline: String,
    /// Code of the place, such as `JFK`.
    pub origin: String,
    /// Code of the place, such as `LAX`.
    pub destination: String,
    /// In the origin's zone.
    pub departure: ZonedTime,
    /// In the destination's zone.
    pub arrival: ZonedTime,
}

/// What has happened to a departure. Past tense; never renamed, never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event_type")]
pub enum DepartureEvent {
    /// On the timetable, with all that it has to sell.
    #[serde(rename = "departure.scheduled")]
    Scheduled {
        #[serde(flatten)]
        flight: Flight,
        cabins: Cabins,
        sales_open: bool,
        scheduled_at: DateTime<Utc>,
    },
    /// It will not take place. Its bookings stay as they are.
    #[serde(rename = "departure.cancelled")]
    Cancelled { flight_id: DepartureId, reason: Option<String>, cancelled_at: DateTime<Utc> },
    /// Customers may book again.
    #[serde(rename = "departure.sales_opened")]
    SalesOpened { flight_id: DepartureId, opened_at: DateTime<Utc> },
    /// No new bookings; those that are there stay.
    #[serde(rename = "departure.sales_closed")]
    SalesClosed { flight_id: DepartureId, closed_at: DateTime<Utc> },
}

impl DepartureEvent {
    /// The one name: column, payload tag, `ce-type` and end of the NATS subject.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Scheduled { .. } => "departure.scheduled",
            Self::Cancelled { .. } => "departure.cancelled",
            Self::SalesOpened { .. } => "departure.sales_opened",
            Self::SalesClosed { .. } => "departure.sales_closed",
        }
    }
}

impl DomainEvent for DepartureEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        crate::event::VERSION.to_owned()
    }
}
