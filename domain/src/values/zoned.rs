//! A local intent: the wall time that was meant, its zone, and the instant that follows from them.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::instant;

/// An instant with the wall time it was derived from, so that a changed zone database can re-derive it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZonedTime {
    /// The instant.
    #[serde(serialize_with = "instant::utc")]
    pub at: DateTime<Utc>,
    /// What the clock on the wall shows, there and then.
    #[serde(serialize_with = "instant::local")]
    pub local: NaiveDateTime,
    /// IANA name of the place's zone.
    pub time_zone: Tz,
}

/// The clock was put forward over this wall time: it never shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{local} does not exist in {time_zone}: the clock is put forward over it")]
pub struct NoSuchTime {
    local: NaiveDateTime,
    time_zone: Tz,
}

impl ZonedTime {
    /// What the wall shows in `time_zone` at an instant.
    pub fn at(at: DateTime<Utc>, time_zone: Tz) -> Self {
        Self { at, local: at.with_timezone(&time_zone).naive_local(), time_zone }
    }

    /// The instant of a wall time; of two (the clock was put back) the first.
    ///
    /// # Errors
    /// [`NoSuchTime`] when the clock is put forward over it.
    pub fn local(local: NaiveDateTime, time_zone: Tz) -> Result<Self, NoSuchTime> {
        let instant = local.and_local_timezone(time_zone).earliest();
        let at = instant.ok_or(NoSuchTime { local, time_zone })?.with_timezone(&Utc);
        Ok(Self { at, local, time_zone })
    }

    /// So much elapsed time later, shown in another zone.
    pub fn later(&self, elapsed: TimeDelta, time_zone: Tz) -> Self {
        Self::at(self.at + elapsed, time_zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn wall(month: u32, day: u32, hour: u32, minute: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap().and_hms_opt(hour, minute, 0).unwrap()
    }

    #[test]
    fn a_skipped_wall_time_is_refused() {
        assert!(ZonedTime::local(wall(3, 29, 2, 30), Tz::Europe__Berlin).is_err());
        assert!(ZonedTime::local(wall(3, 29, 3, 0), Tz::Europe__Berlin).is_ok());
    }

    #[test]
    fn of_an_ambiguous_wall_time_the_first_is_meant() {
        let twice = ZonedTime::local(wall(10, 25, 2, 30), Tz::Europe__Berlin).unwrap();
        assert_eq!(twice.at.to_rfc3339(), "2026-10-25T00:30:00+00:00");
    }

    #[test]
    fn a_duration_is_elapsed_time() {
        let before = ZonedTime::local(wall(3, 29, 1, 0), Tz::Europe__Berlin).unwrap();
        let after = before.later(TimeDelta::hours(2), Tz::Europe__Berlin);
        assert_eq!(after.local, wall(3, 29, 4, 0));
    }
}
