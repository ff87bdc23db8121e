//! What an airline offers.

use booking_domain::departure::Flight;
use booking_domain::values::{DepartureId, ZonedTime};
use chrono::TimeDelta;
use chrono_tz::Tz;

/// Six hours long, to a place in another zone or in the same.
pub fn flight(flight_id: DepartureId, departure: ZonedTime, lands_in: Tz) -> Flight {
    Flight {
        flight_id,
        flight_number: "AA100".to_owned(),
        airline: "American Airlines".to_owned(),
        origin: "JFK".to_owned(),
        destination: "LAX".to_owned(),
        departure,
        arrival: departure.later(TimeDelta::hours(6), lands_in),
    }
}
