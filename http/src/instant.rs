//! How instants are written: RFC 3339 in UTC with `Z`, without a fraction when it is zero, else in
//! milliseconds. Finer parts are cut off.
//!
//! Use it as `#[serde(serialize_with = "booking_http::instant::serialize")]`.

use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use serde::Serializer;

/// `2026-11-20T09:30:00Z`.
pub fn text(at: DateTime<Utc>) -> String {
    let whole = at.nanosecond() < 1_000_000;
    at.to_rfc3339_opts(if whole { SecondsFormat::Secs } else { SecondsFormat::Millis }, true)
}

/// Writes an instant.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*at))
}

/// Instants that may be absent, written as null.
pub mod option {
    use super::{DateTime, Serializer, Utc, text};

    /// Writes an instant or null.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => serializer.serialize_some(&text(*at)),
            None => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde::Serialize;
    use serde_json::json;

    use super::*;

    #[derive(Serialize)]
    struct Times {
        #[serde(serialize_with = "serialize")]
        at: DateTime<Utc>,
        #[serde(serialize_with = "option::serialize")]
        until: Option<DateTime<Utc>>,
    }

    #[test]
    fn an_instant_has_a_fraction_only_when_there_is_one() {
        let at = DateTime::from_timestamp(1_795_132_800, 0).unwrap();
        for (micros, written) in [
            (0, "2026-11-20T00:00:00Z"),
            (250_000, "2026-11-20T00:00:00.250Z"),
            (1_999, "2026-11-20T00:00:00.001Z"),
            (999, "2026-11-20T00:00:00Z"),
        ] {
            let at = at + TimeDelta::microseconds(micros);
            let times = Times { at, until: Some(at) };
            assert_eq!(serde_json::to_value(times).unwrap(), json!({"at": written, "until": written}));
        }
        assert_eq!(serde_json::to_value(Times { at, until: None }).unwrap()["until"], json!(null));
    }
}
