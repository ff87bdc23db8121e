//! `from` and `to` of lists: an instant, or a whole day.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Deserializer};

/// Years that can be asked for: what is beyond them Postgres cannot hold, and nobody means.
const YEARS: RangeInclusive<i32> = 1..=9999;

/// `2026-11-20T09:30:00Z`, or `2026-11-20` for a UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Moment {
    /// To the instant.
    Instant(DateTime<Utc>),
    /// All of it.
    Day(NaiveDate),
}

/// The text is neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("give an instant such as 2026-11-20T09:30:00Z or a day such as 2026-11-20")]
pub struct NotAMoment;

impl Moment {
    /// As a `from`: the first instant that is wanted.
    pub fn begins(self) -> DateTime<Utc> {
        match self {
            Self::Instant(at) => at,
            Self::Day(day) => midnight(day),
        }
    }

    /// As a `to`: the first instant that is no longer wanted. A day is wanted whole.
    pub fn ends(self) -> DateTime<Utc> {
        match self {
            Self::Instant(at) => at,
            Self::Day(day) => day.checked_add_days(Days::new(1)).map_or(DateTime::<Utc>::MAX_UTC, midnight),
        }
    }
}

/// Whether it lies in years that can be asked for, in UTC.
pub fn can_be_asked_for(at: &impl Datelike) -> bool {
    YEARS.contains(&at.year())
}

/// A parameter that is a day.
///
/// # Errors
/// When the text is none, or not in those years.
pub fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let day: Option<NaiveDate> = String::deserialize(deserializer)?.parse().ok();
    let no_day = || serde::de::Error::custom("give a day such as 2026-11-20");
    day.filter(can_be_asked_for).map(Some).ok_or_else(no_day)
}

/// A parameter that is an instant, in those years.
///
/// # Errors
/// When the text is none.
pub fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    match Moment::try_from(String::deserialize(deserializer)?) {
        Ok(Moment::Instant(at)) => Ok(Some(at)),
        Ok(Moment::Day(_)) | Err(NotAMoment) => {
            Err(serde::de::Error::custom("give an instant such as 2026-11-20T09:30:00Z"))
        }
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

impl TryFrom<String> for Moment {
    type Error = NotAMoment;

    fn try_from(text: String) -> Result<Self, NotAMoment> {
        let instant = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc());
        let instant = instant.filter(can_be_asked_for).map(Self::Instant);
        let day = || text.parse().ok().filter(can_be_asked_for).map(Self::Day);
        instant.or_else(day).ok_or(NotAMoment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, String), NotAMoment> {
        let moment = Moment::try_from(text.to_owned())?;
        Ok((moment.begins().to_rfc3339(), moment.ends().to_rfc3339()))
    }

    #[test]
    fn an_instant_is_itself_and_a_day_is_all_of_it() {
        let pair = |begins: &str, ends: &str| Ok((begins.to_owned(), ends.to_owned()));
        assert_eq!(
            read("2026-11-20T09:30:00+01:00"),
            pair("2026-11-20T08:30:00+00:00", "2026-11-20T08:30:00+00:00")
        );
        assert_eq!(read("2026-11-20"), pair("2026-11-20T00:00:00+00:00", "2026-11-21T00:00:00+00:00"));
        for text in ["", "soon", "2026-13-01", "2026-11-20 09:30"] {
            assert_eq!(read(text), Err(NotAMoment), "{text}");
        }
    }

    #[test]
    fn years_have_four_digits() {
        for text in ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
            assert!(read(text).is_ok(), "{text}");
        }
        for text in ["0000-12-31", "-4714-01-01", "+10000-01-01", "9999-12-31T23:59:59-23:59"] {
            assert_eq!(read(text), Err(NotAMoment), "{text}");
        }
    }
}
