use booking_domain::values::ZonedTime;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use super::hash;

/// Times of day and durations are multiples of this.
const STEP_MINUTES: u32 = 5;
/// 05:00, the first time of day that a flight leaves.
const FIRST_MINUTE: u32 = 5 * 60;
/// 23:00, the last.
const LAST_MINUTE: u32 = 23 * 60;
/// From the gate to the runway, up, down, and to the gate again.
const ON_THE_GROUND_MINUTES: u32 = 30;
/// Longest stretch of wall time that any zone has skipped is a day.
const STEPS_SKIPPED_MAX: i32 = 24 * 60 / 5;

/// Up to here a route is flown every day.
const SHORT_HAUL_KM: u32 = 1500;
/// Up to here on five days a week; beyond on three.
const MEDIUM_HAUL_KM: u32 = 4000;

const DAILY: u8 = 0b111_1111;
const FIVE_DAYS: u8 = 0b101_1011;
const THREE_DAYS: u8 = 0b001_0101;

/// When a route is flown, week by week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pattern {
    /// Bit 0 is Monday.
    weekdays: u8,
    /// On the clock at the origin.
    leaves: NaiveTime,
    minutes: u32,
}

impl Pattern {
    /// Weekdays and time of day follow from the route's codes, the duration from distance and speed.
    pub fn of(route: &[&str; 3], km: u32, cruise_kmh: u32) -> Self {
        let [designator, origin, destination] = route;
        let chance = |what, bound| hash::below(bound, &[what, designator, origin, destination]);
        let minute =
            FIRST_MINUTE + STEP_MINUTES * chance("leaves", (LAST_MINUTE - FIRST_MINUTE) / STEP_MINUTES + 1);
        let leaves = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0);
        Self {
            weekdays: turned(days(km), chance("weekdays", 7)),
            leaves: leaves.expect("the last minute is before midnight"),
            minutes: minutes(km, cruise_kmh),
        }
    }

    /// Whether it is flown on that date.
    pub fn flies_on(&self, date: NaiveDate) -> bool {
        self.weekdays >> date.weekday().num_days_from_monday() & 1 == 1
    }

    /// When it leaves on that date, told at the origin.
    pub fn departure(&self, date: NaiveDate, origin: Tz) -> ZonedTime {
        first_existing(date.and_time(self.leaves), origin)
    }

    /// Elapsed time from gate to gate.
    pub fn duration(&self) -> TimeDelta {
        TimeDelta::minutes(self.minutes.into())
    }
}

/// Whether a flight of so many km is short enough for free seating.
pub const fn is_short_haul(km: u32) -> bool {
    km <= SHORT_HAUL_KM
}

const fn days(km: u32) -> u8 {
    if km <= SHORT_HAUL_KM {
        DAILY
    } else if km <= MEDIUM_HAUL_KM {
        FIVE_DAYS
    } else {
        THREE_DAYS
    }
}

/// The same days of the week, so many days later.
const fn turned(weekdays: u8, days: u32) -> u8 {
    (weekdays << days | weekdays >> (7 - days)) & DAILY
}

const fn minutes(km: u32, cruise_kmh: u32) -> u32 {
    ((km * 60).div_ceil(cruise_kmh) + ON_THE_GROUND_MINUTES).next_multiple_of(STEP_MINUTES)
}

/// The wall time, or when the clock is put forward over it the next step that exists.
fn first_existing(local: NaiveDateTime, zone: Tz) -> ZonedTime {
    let step = TimeDelta::minutes(STEP_MINUTES.into());
    let mut steps = (0..=STEPS_SKIPPED_MAX).map(|steps| local + step * steps);
    steps.find_map(|local| ZonedTime::local(local, zone).ok()).expect("no zone has skipped more than a day")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Timelike;

    fn wall(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn leaves(local: &str, zone: Tz) -> NaiveDateTime {
        first_existing(wall(local), zone).local
    }

    #[test]
    fn a_skipped_wall_time_moves_to_the_next_step_that_exists() {
        let berlin = Tz::Europe__Berlin;
        assert_eq!(leaves("2026-03-29T01:55:00", berlin), wall("2026-03-29T01:55:00"));
        assert_eq!(leaves("2026-03-29T02:00:00", berlin), wall("2026-03-29T03:00:00"));
        assert_eq!(leaves("2026-03-29T02:55:00", berlin), wall("2026-03-29T03:00:00"));
        let half_an_hour = Tz::Australia__Lord_Howe;
        assert_eq!(leaves("2026-10-04T02:10:00", half_an_hour), wall("2026-10-04T02:30:00"));
        let a_whole_day = Tz::Pacific__Apia;
        assert_eq!(leaves("2011-12-30T00:00:00", a_whole_day), wall("2011-12-31T00:00:00"));
    }

    #[test]
    fn of_a_wall_time_shown_twice_the_first_is_meant() {
        let twice = first_existing(wall("2026-10-25T02:30:00"), Tz::Europe__Berlin);
        assert_eq!(twice.at.to_rfc3339(), "2026-10-25T00:30:00+00:00");
    }

    #[test]
    fn the_farther_the_fewer_days() {
        let days = |km| {
            let monday = NaiveDate::from_ymd_opt(2026, 11, 16).unwrap();
            let pattern = Pattern::of(&["AA", "JFK", "LAX"], km, 830);
            monday.iter_days().take(7).filter(|date| pattern.flies_on(*date)).count()
        };
        assert_eq!([days(1500), days(1501), days(4000), days(4001)], [7, 5, 5, 3]);
    }

    #[test]
    fn turning_the_week_keeps_the_number_of_days() {
        for days in 0..7 {
            assert_eq!(turned(DAILY, days), DAILY);
            assert_eq!(turned(FIVE_DAYS, days).count_ones(), 5);
            assert_eq!(turned(THREE_DAYS, days).count_ones(), 3);
        }
    }

    #[test]
    fn a_duration_is_rounded_up_to_five_minutes() {
        assert_eq!(minutes(0, 800), 30);
        assert_eq!(minutes(1, 800), 35);
        assert_eq!(minutes(3974, 830), 320);
    }

    #[test]
    fn flights_leave_between_five_and_eleven_at_night_on_the_grid() {
        let times: Vec<_> = (0..2000)
            .map(|number: u32| Pattern::of(&["AA", "JFK", &number.to_string()], 1, 800).leaves)
            .collect();
        assert!(times.iter().all(|time| (5 * 60..=23 * 60).contains(&(time.hour() * 60 + time.minute()))));
        assert!(times.iter().all(|time| time.minute().is_multiple_of(5) && time.second() == 0));
        assert_eq!(times.iter().collect::<std::collections::BTreeSet<_>>().len(), 217);
    }
}
