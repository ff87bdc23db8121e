//! Bodies as they come in: shapes only. What the fields hold is checked afterwards, all of them at once.

use serde::{Deserialize, Serialize};

use crate::check::MoneyBody;

/// `POST /bookings`: one departure at the top level, or several as `items`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderBody {
    pub flight_id: Option<String>,
    pub class: Option<String>,
    pub seats: Option<Vec<String>>,
    pub seat_preferences: Option<Vec<String>>,
    pub passengers: Option<Vec<PassengerBody>>,
    pub items: Option<Vec<ItemBody>>,
    pub special_requests: Option<String>,
    pub notes: Option<String>,
    pub expected_total: Option<MoneyBody>,
    /// For staff, who book for others.
    pub customer_id: Option<String>,
}

/// Seats on one departure.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemBody {
    pub flight_id: Option<String>,
    pub class: Option<String>,
    pub seats: Option<Vec<String>>,
    pub seat_preferences: Option<Vec<String>>,
    /// Absent: those of the order.
    pub passengers: Option<Vec<PassengerBody>>,
}

/// Someone who travels.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassengerBody {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub phone_number: Option<String>,
    pub date_of_birth: Option<String>,
    pub passport_number: Option<String>,
    pub is_primary: Option<bool>,
    pub kind: Option<String>,
}

/// A cancellation.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelBody {
    pub cancellation_reason: Option<String>,
    pub comments: Option<String>,
}

/// Nothing is to be said.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmptyBody {}
