//! Bodies as they come in: shapes only.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::check::MoneyBody;

/// `POST /flights`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FlightBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flight_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub airline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// An instant, or a wall time at the origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure: Option<String>,
    /// An instant, or a wall time at the destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cabins: Option<Vec<CabinBody>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sales_open: Option<bool>,
}

/// Rows and letters, or a count.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CabinBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// `20`, `"10-30"` or `[10, 30]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Value>,
    /// `"ABC DEF"` or `["A", "B"]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letters: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<MoneyBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overbooking_limit: Option<u32>,
}

/// `POST /flights/{flight_id}/cancel`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `PATCH /flights/{flight_id}`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimesBody {
    /// An instant, or a wall time at the origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departure: Option<String>,
    /// An instant, or a wall time at the destination; absent: the flight takes as long as it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrival: Option<String>,
}

/// `PUT /flights/{flight_id}/seat-map`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatMapBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cabins: Option<Vec<CabinBody>>,
}

/// `POST /flights/{flight_id}/rebook`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RebookBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_flight_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bookings: Option<Vec<String>>,
    /// In place of naming them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<bool>,
}

/// `POST /flights/import`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportBody {
    /// Name of the extract that comes with the program, or [`TextsBody`]; absent: the extract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tables: Option<Value>,
    /// First day, at the airports; absent: today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
}

/// Files of OpenFlights, without a header.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextsBody {
    pub airports: String,
    pub airlines: String,
    pub routes: String,
    /// Absent: the types that the program knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planes: Option<String>,
}
