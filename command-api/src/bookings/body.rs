//! Bodies as they come in: shapes only. What the fields hold is checked afterwards, all of them at once.
//!
//! A request is known again by its body as it is written here (`key.rs`), also by a program of another version: a
//! new member comes last, and is left out when it is absent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::MoneyBody;

/// `POST /bookings`: one departure at the top level, or several as `items`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flight_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_preferences: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passengers: Option<Vec<PassengerBody>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ItemBody>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub special_requests: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<MoneyBody>,
    /// For staff, who book for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// Places what was held, in place of all that says which units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<String>,
}

/// Seats on one departure.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flight_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_preferences: Option<Vec<String>>,
    /// Absent: those of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passengers: Option<Vec<PassengerBody>>,
}

/// Someone who travels.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PassengerBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passport_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_primary: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A cancellation.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
}
