//! Instants as JSON has them: RFC 3339 in UTC with `Z`, and no more digits than needed.
//!
//! For `#[serde(serialize_with)]`. The text is the same that chrono writes by itself, but made in one piece instead of
//! sign by sign through a formatter: an event and an answer hold some twenty of them, which was a tenth of a request.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde::Serializer;

/// Such as `2026-11-20T09:30:00Z`.
///
/// # Errors
/// Those of the serializer.
pub fn utc<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(at))
}

/// The same, or null.
///
/// # Errors
/// Those of the serializer.
pub fn optional<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.serialize_some(&text(at)),
        None => serializer.serialize_none(),
    }
}

/// A wall time, without `Z`.
///
/// # Errors
/// Those of the serializer.
pub fn local<S: Serializer>(wall: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text(&wall.and_utc()).trim_end_matches('Z'))
}

fn text(at: &DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    struct Written {
        #[serde(serialize_with = "utc")]
        at: DateTime<Utc>,
        #[serde(serialize_with = "optional")]
        due: Option<DateTime<Utc>>,
        #[serde(serialize_with = "local")]
        wall: NaiveDateTime,
    }

    #[derive(Serialize)]
    struct Plain {
        at: DateTime<Utc>,
        due: Option<DateTime<Utc>>,
        wall: NaiveDateTime,
    }

    #[test]
    fn it_is_what_chrono_writes() {
        for (seconds, nanos) in
            [(0, 0), (1_796_000_000, 5_000_000), (-62_000_000_000, 1), (253_402_300_800, 999)]
        {
            let at = DateTime::from_timestamp(seconds, nanos).unwrap();
            for due in [Some(at), None] {
                let wall = at.naive_utc();
                assert_eq!(
                    serde_json::to_string(&Written { at, due, wall }).unwrap(),
                    serde_json::to_string(&Plain { at, due, wall }).unwrap()
                );
            }
        }
    }
}
