//! How far the engine is with the bookings of a departure, as answers show it.

use booking_domain::departure::Displaced;
use booking_domain::values::DepartureId;
use booking_http::PositionToken;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::sheet::Disruption;

/// `GET /flights/{id}/disruption`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisruptionView {
    pub flight_id: DepartureId,
    /// `cancelled`, `rescheduled`, `seat_map_changed` or `rebooking`.
    pub cause: String,
    #[serde(serialize_with = "booking_http::instant::serialize")]
    pub since: DateTime<Utc>,
    /// Where bookings are moved to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_flight_id: Option<DepartureId>,
    /// Null before the first batch.
    pub affected: Option<u32>,
    /// Bookings that were looked at; those among them that were changed; those that are still to be looked at.
    pub settled: u32,
    pub changed: u32,
    pub left: Option<u32>,
    pub done: bool,
    /// Items that stay as they are until a person sees to them, the first of them.
    pub displaced: Vec<Displaced>,
    pub displaced_count: u32,
    /// Such as `1.48213`: what has happened since is not in it.
    pub position: String,
}

impl DisruptionView {
    /// As the row has it.
    pub fn new(flight_id: DepartureId, disruption: Disruption, shown: PositionToken) -> Self {
        let Disruption { cause, since, to_flight_id, settled, changed, left, displaced, displaced_count } =
            disruption;
        Self {
            flight_id,
            cause,
            since,
            to_flight_id,
            affected: left.map(|left| left.saturating_add(settled)),
            settled,
            changed,
            left,
            done: left == Some(0),
            displaced,
            displaced_count,
            position: shown.to_string(),
        }
    }
}
