//! What lists of departures can be filtered by.

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use super::view::FlightStatus;
use crate::list::Conditions;
use crate::moment::{self, Moment};

/// All of them may be given at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Code of the place, any case.
    pub origin: Option<String>,
    /// Code of the place, any case.
    pub destination: Option<String>,
    /// Of the departure, on the calendar of the origin.
    #[serde(deserialize_with = "moment::day")]
    pub date: Option<NaiveDate>,
    /// Any case.
    #[serde(deserialize_with = "status")]
    #[param(value_type = Option<FlightStatus>)]
    pub status: Option<FlightStatus>,
    /// Any case.
    pub flight_number: Option<String>,
    /// Those that depart then or later.
    #[param(value_type = Option<String>)]
    pub from: Option<Moment>,
    /// Those that depart earlier, or on that UTC day at the latest.
    #[param(value_type = Option<String>)]
    pub to: Option<Moment>,
}

impl Filters {
    /// What the rows must meet at an instant.
    pub fn conditions(&self, now: DateTime<Utc>) -> Conditions {
        let mut conditions = Conditions::default();
        let upper = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_uppercase());
        conditions.and_if("origin =", upper(&self.origin));
        conditions.and_if("destination =", upper(&self.destination));
        conditions.and_if("departure_date =", self.date);
        conditions.and_if("flight_number =", upper(&self.flight_number));
        conditions.and_if("departure_at >=", self.from.map(Moment::begins));
        conditions.and_if("departure_at <", self.to.map(Moment::ends));
        match self.status {
            None => (),
            Some(FlightStatus::Cancelled) => conditions.and("status =", "cancelled".to_owned()),
            Some(FlightStatus::Scheduled) => {
                conditions.and("status =", "scheduled".to_owned());
                conditions.and("departure_at >", now);
            }
            Some(FlightStatus::Departed) => {
                conditions.and("status =", "scheduled".to_owned());
                conditions.and("departure_at <=", now);
            }
        }
        conditions
    }
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<FlightStatus>, D::Error> {
    let word = String::deserialize(deserializer)?.to_lowercase();
    FlightStatus::deserialize(word.into_deserializer()).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn conditions(filters: serde_json::Value) -> Conditions {
        serde_json::from_value::<Filters>(filters).unwrap().conditions(DateTime::UNIX_EPOCH)
    }

    #[test]
    fn places_and_numbers_are_asked_for_in_any_case() {
        assert_eq!(conditions(json!({"origin": "jfk"})), conditions(json!({"origin": " JFK"})));
        assert_eq!(
            conditions(json!({"flight_number": "aa100"})),
            conditions(json!({"flight_number": "AA100"}))
        );
        assert_eq!(conditions(json!({"status": "DEPARTED"})), conditions(json!({"status": "departed"})));
    }

    #[test]
    fn whether_it_has_departed_the_clock_says() {
        let mut ahead = Conditions::default();
        ahead.and("status =", "scheduled".to_owned());
        ahead.and("departure_at >", DateTime::UNIX_EPOCH);
        assert_eq!(conditions(json!({"status": "scheduled"})), ahead);
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for (filters, complaint) in [
            (json!({"status": "late"}), "unknown variant `late`, expected one of `scheduled`"),
            (json!({"date": "tomorrow"}), "give a day such as"),
            (json!({"date": "-4714-11-23"}), "give a day such as"),
            (json!({"colour": "red"}), "unknown field `colour`"),
        ] {
            let refused = serde_json::from_value::<Filters>(filters).unwrap_err().to_string();
            assert!(refused.contains(complaint), "{refused}");
        }
    }
}
