//! Bodies as they come in: shapes only.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::check::MoneyBody;

/// `POST /flights`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlightBody {
    pub flight_number: Option<String>,
    pub airline: Option<String>,
    pub origin: Option<String>,
    pub destination: Option<String>,
    /// An instant, or a wall time at the origin.
    pub departure: Option<String>,
    /// An instant, or a wall time at the destination.
    pub arrival: Option<String>,
    pub origin_time_zone: Option<String>,
    pub destination_time_zone: Option<String>,
    pub cabins: Option<Vec<CabinBody>>,
    pub sales_open: Option<bool>,
}

/// Rows and letters, or a count.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CabinBody {
    pub class: Option<String>,
    /// `20`, `"10-30"` or `[10, 30]`.
    pub rows: Option<Value>,
    /// `"ABC DEF"` or `["A", "B"]`.
    pub letters: Option<Value>,
    pub count: Option<u32>,
    pub price: Option<MoneyBody>,
    pub overbooking_limit: Option<u32>,
}

/// `POST /flights/{flight_id}/cancel`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    pub reason: Option<String>,
}

/// Nothing is to be said.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmptyBody {}

/// `POST /flights/import`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportBody {
    /// Name of the extract that comes with the program, or [`TextsBody`]; absent: the extract.
    pub tables: Option<Value>,
    /// First day, at the airports; absent: today.
    pub from: Option<String>,
    pub days: Option<u16>,
}

/// Files of OpenFlights, without a header.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextsBody {
    pub airports: String,
    pub airlines: String,
    pub routes: String,
    /// Absent: the types that the program knows.
    pub planes: Option<String>,
}
