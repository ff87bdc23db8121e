//! Which moment of the past a caller asks for.

use booking_http::{FieldError, PositionToken, Problem};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::moment;

/// The query of what can be asked for as it was: nothing means as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// As everything was once it had been recorded at this instant.
    #[serde(deserialize_with = "moment::instant")]
    pub as_of: Option<DateTime<Utc>>,
    /// As everything was after this position of the journal.
    #[param(value_type = Option<String>)]
    pub at_position: Option<Place>,
}

/// A moment of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    AsOf(DateTime<Utc>),
    At(Place),
}

/// A position as callers write it: `1.48213` as answers say it, or `48213` for one of the present epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Place {
    /// The present one when it is not said.
    pub epoch: Option<i32>,
    /// From 0, before the first event.
    pub position: i64,
}

/// The text is no position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("give a position such as 1.48213 or 48213")]
pub struct NotAPlace;

impl When {
    /// The one moment that is asked for; nothing for the present.
    ///
    /// # Errors
    /// 400 `INVALID_QUERY` for two of them.
    pub fn past(self) -> Result<Option<Past>, Problem> {
        match (self.as_of, self.at_position) {
            (None, None) => Ok(None),
            (Some(at), None) => Ok(Some(Past::AsOf(at))),
            (None, Some(place)) => Ok(Some(Past::At(place))),
            (Some(_), Some(_)) => Err(refused("at_position", "as_of and at_position exclude each other")),
        }
    }
}

/// 400 `INVALID_QUERY` about one parameter.
pub fn refused(name: &str, detail: impl Into<String>) -> Problem {
    let detail = detail.into();
    let error = FieldError::new(format!("/{name}"), "INVALID_VALUE", detail.clone());
    Problem::malformed("INVALID_QUERY", detail).errors(vec![error])
}

impl TryFrom<String> for Place {
    type Error = NotAPlace;

    fn try_from(text: String) -> Result<Self, NotAPlace> {
        if let Ok(PositionToken { epoch, position }) = text.parse() {
            return Ok(Self { epoch: Some(epoch), position });
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let position = text.parse().ok().filter(|_| digits).ok_or(NotAPlace)?;
        Ok(Self { epoch: None, position })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    fn read(query: serde_json::Value) -> Result<Option<Past>, String> {
        let when: When = from_value(query).map_err(|error| error.to_string())?;
        when.past().map_err(|problem| problem.code().to_owned())
    }

    #[test]
    fn one_moment_may_be_asked_for() {
        let (at, text) = (DateTime::UNIX_EPOCH, "1970-01-01T01:00:00+01:00");
        let (of, bare) = (Place { epoch: Some(1), position: 7 }, Place { epoch: None, position: 7 });
        assert_eq!(read(json!({})), Ok(None));
        assert_eq!(read(json!({"as_of": text})), Ok(Some(Past::AsOf(at))));
        assert_eq!(read(json!({"at_position": "1.7"})), Ok(Some(Past::At(of))));
        assert_eq!(read(json!({"at_position": "7"})), Ok(Some(Past::At(bare))));
        assert_eq!(read(json!({"as_of": text, "at_position": "7"})), Err("INVALID_QUERY".to_owned()));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for place in ["", "-1", "+7", "1.", "a", "1.2.3", "9223372036854775808", "７"] {
            assert!(read(json!({"at_position": place})).unwrap_err().contains("48213"), "{place}");
        }
        for instant in ["", "2026-11-20", "yesterday", "0000-01-01T00:00:00Z"] {
            assert!(
                read(json!({"as_of": instant})).unwrap_err().contains("2026-11-20T09:30:00Z"),
                "{instant}"
            );
        }
    }
}
