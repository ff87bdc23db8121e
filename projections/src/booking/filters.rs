//! What lists of bookings can be filtered by.

use booking_domain::booking::Status;
use booking_domain::values::{CustomerId, DepartureId, TenantId, UserId};
use chrono::{DateTime, Utc};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use crate::list::Conditions;
use crate::moment::{self, Moment};
use crate::past::{Place, When};

/// All of them may be given at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// One, or several with commas between them; any case.
    #[serde(deserialize_with = "statuses")]
    #[param(value_type = Option<String>)]
    pub status: Option<Vec<Status>>,
    /// Those that start then or later.
    #[param(value_type = Option<String>)]
    pub from: Option<Moment>,
    /// Those that start earlier, or on that day at the latest.
    #[param(value_type = Option<String>)]
    pub to: Option<Moment>,
    /// Those of an account.
    pub user: Option<UserId>,
    /// Those of a customer, with or without an account.
    pub customer: Option<CustomerId>,
    /// Those whose first departure it is.
    pub flight: Option<DepartureId>,
    /// Any case.
    pub reference: Option<String>,
    /// Those that were put away, too. Absent: they are left out.
    pub archived: Option<bool>,
    /// With one of these, the list as it was: see [`When`].
    #[serde(deserialize_with = "moment::instant")]
    pub as_of: Option<DateTime<Utc>>,
    #[param(value_type = Option<String>)]
    pub at_position: Option<Place>,
}

impl Filters {
    /// The moment at which all else is to hold.
    pub const fn when(&self) -> When {
        When { as_of: self.as_of, at_position: self.at_position }
    }

    /// What the rows must meet.
    pub fn conditions(&self, tenant: TenantId) -> Conditions {
        let mut conditions = Conditions::default();
        let words = |statuses: &Vec<Status>| statuses.iter().map(|status| status.word()).collect::<Vec<_>>();
        conditions.and_if("status = any", self.status.as_ref().map(words));
        conditions.and_if("start_time >=", self.from.map(Moment::begins));
        conditions.and_if("start_time <", self.to.map(Moment::ends));
        let of_user = |user| CustomerId::of_account(tenant, user).uuid();
        conditions.and_if("customer_id =", self.user.map(of_user));
        conditions.and_if("customer_id =", self.customer.map(|customer| customer.uuid()));
        conditions.and_if("flight_id =", self.flight.map(|flight| flight.uuid()));
        conditions.and_if("booking_reference =", self.reference.as_ref().map(|text| text.to_uppercase()));
        if self.archived != Some(true) {
            conditions.and("archived =", false);
        }
        conditions
    }
}

/// Bookings that may still take place.
pub fn upcoming(conditions: &mut Conditions, now: DateTime<Utc>) {
    let ahead = [Status::Held, Status::Created, Status::Confirmed, Status::CheckedIn];
    conditions.and("status = any", ahead.map(Status::word).to_vec());
    conditions.and("start_time >", now);
}

/// Bookings that have started, whatever became of them.
pub fn past(conditions: &mut Conditions, now: DateTime<Utc>) {
    conditions.and("start_time <=", now);
}

fn statuses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Status>>, D::Error> {
    let text = String::deserialize(deserializer)?.to_lowercase();
    let words = text.split(',').map(|word| Status::deserialize(word.trim().into_deserializer()));
    words.collect::<Result<_, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};
    use uuid::Uuid;

    fn read(filters: serde_json::Value) -> Result<Filters, String> {
        from_value(filters).map_err(|error| error.to_string())
    }

    #[test]
    fn a_status_is_read_in_any_case_and_several_at_once() {
        let status = |text: &str| read(json!({"status": text})).map(|filters| filters.status);
        assert_eq!(status("CONFIRMED"), Ok(Some(vec![Status::Confirmed])));
        assert_eq!(status("created, Expired"), Ok(Some(vec![Status::Created, Status::Expired])));
        let refused = status("lost").unwrap_err();
        assert!(
            refused.starts_with("unknown variant `lost`, expected one of `held`, `created`, `confirmed`"),
            "{refused}"
        );
        assert_eq!(read(json!({})).unwrap(), Filters::default());
        assert!(read(json!({"colour": "red"})).unwrap_err().contains("unknown field `colour`"));
    }

    #[test]
    fn an_account_and_its_customer_are_asked_for_alike() {
        let (tenant, user) = (TenantId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
        let by_user = Filters { user: Some(user), ..Filters::default() };
        let customer = Some(CustomerId::of_account(tenant, user));
        let by_customer = Filters { customer, ..Filters::default() };
        assert_eq!(by_user.conditions(tenant), by_customer.conditions(tenant));
    }
}
