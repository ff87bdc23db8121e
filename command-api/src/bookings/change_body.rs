//! Bodies of changes: shapes only, as in `body.rs`.

use booking_domain::booking::given;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{ItemBody, PassengerBody};
use crate::check::MoneyBody;

/// `POST /holds`: units on one departure at the top level, or several as `items`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flight_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_preferences: Option<Vec<String>>,
    /// How many units; absent: as many as seats are named, else one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passengers_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<HoldItemBody>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<MoneyBody>,
    /// For staff, who hold for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
}

/// Units on one departure.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldItemBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flight_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_preferences: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passengers_count: Option<usize>,
}

/// `PATCH /bookings/{booking_id}`: what is absent stays, what is null is taken away. `PUT` is the same with all of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DetailsBody {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub special_requests: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub notes: Option<Option<String>>,
}

/// `PATCH /bookings/{booking_id}/status`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decline_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
}

/// `POST /bookings/{booking_id}/decline`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decline_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
}

/// `POST /bookings/{booking_id}/items`: units for passengers of the booking, new ones, or both.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flight_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_preferences: Option<Vec<String>>,
    /// Of the booking. Absent, like `passengers`: all that need a unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passenger_ids: Option<Vec<String>>,
    /// New ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passengers: Option<Vec<PassengerBody>>,
}

/// `POST /bookings/{booking_id}/reschedule`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleBody {
    /// The new departure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flight_id: Option<String>,
    /// The old one; absent: the first of the booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_flight_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_preferences: Option<Vec<String>>,
}

/// `POST /bookings/{booking_id}/items/{item_id}/move`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveBody {
    /// Absent: the departure that the item is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flight_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Exactly this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seat_number: Option<String>,
    /// The two items exchange their seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swap_with: Option<String>,
}

/// `DELETE /bookings/{booking_id}/items/{item_id}`
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelItemBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation_reason: Option<String>,
}

/// A step of all items, or of these.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_ids: Option<Vec<String>>,
}

/// `POST /bookings/{booking_id}/price-adjustments`: `discount` takes the price off, `fee` and `tax` add it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<MoneyBody>,
    /// A word code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl HoldItemBody {
    /// The members that say which units, and whether each is there.
    pub const fn named(&self) -> [(&'static str, bool); 5] {
        [
            ("flight_id", self.flight_id.is_some()),
            ("class", self.class.is_some()),
            ("seats", self.seats.is_some()),
            ("seat_preferences", self.seat_preferences.is_some()),
            ("passengers_count", self.passengers_count.is_some()),
        ]
    }
}

impl HoldBody {
    /// Its units at the top level.
    pub fn top_level(&mut self) -> HoldItemBody {
        HoldItemBody {
            flight_id: self.flight_id.take(),
            class: self.class.take(),
            seats: self.seats.take(),
            seat_preferences: self.seat_preferences.take(),
            passengers_count: self.passengers_count.take(),
        }
    }
}

impl From<AddBody> for ItemBody {
    fn from(body: AddBody) -> Self {
        let AddBody { flight_id, class, seats, seat_preferences, passengers, .. } = body;
        Self { flight_id, class, seats, seat_preferences, passengers }
    }
}
