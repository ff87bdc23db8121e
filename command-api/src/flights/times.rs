//! Times of a departure: instants, or what the clock on the wall shows.

use booking_domain::use_cases::NewTime;
use booking_domain::values::ZonedTime;
use chrono::{DateTime, Datelike, NaiveDateTime, SubsecRound, Utc};
use chrono_tz::Tz;

use super::zones;
use crate::check::texts::DEPARTURE_YEARS;
use crate::check::{At, Checks, Wrong};

const WALL_FORMATS: [&str; 2] = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"];
const TIME_WRONG: &str = "not a time such as 2026-11-20T09:30:00Z or, at the place, 2026-11-20T09:30";

/// The zone of a place: as written, else the airport's.
pub fn zone(checks: &mut Checks, at: At<'_>, written: Option<String>, place: Option<&str>) -> Option<Tz> {
    if let Some(name) = written {
        return checks
            .read(at, name.parse().map_err(|_| "not an IANA time zone such as Europe/Berlin".into()));
    }
    let known = zones::of_airport(place?);
    if known.is_none() {
        let detail = format!("the time zone of {} is not known, so it must be given", place?);
        checks.complain(at, "MISSING_FIELD", detail);
    }
    known
}

/// A time at a place, given its zone; a wall time cannot be read without one.
pub fn time(checks: &mut Checks, at: At<'_>, written: Option<String>, zone: Option<Tz>) -> Option<ZonedTime> {
    let written = checks.present(at, written)?;
    let read = match (instant(&written), wall(&written)) {
        (Some(instant), _) => Ok(zone.map(|zone| ZonedTime::at(instant, zone))),
        (None, Some(local)) => zone.map(|zone| of_wall(local, zone)).transpose(),
        (None, None) => Err(TIME_WRONG.into()),
    };
    checks.read(at, read).flatten()
}

/// A time at a place whose zone only the departure knows.
pub fn new_time(checks: &mut Checks, at: At<'_>, written: Option<String>) -> Option<NewTime> {
    let written = written?;
    let read = instant(&written).map(NewTime::At).or_else(|| wall(&written).map(NewTime::Local));
    checks.read(at, read.ok_or_else(|| TIME_WRONG.into()))
}

fn of_wall(local: NaiveDateTime, zone: Tz) -> Result<ZonedTime, Wrong> {
    ZonedTime::local(local, zone).map_err(|error| error.to_string().into())
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?.to_utc().trunc_subsecs(3);
    Some(instant).filter(|instant| DEPARTURE_YEARS.contains(&instant.year()))
}

fn wall(text: &str) -> Option<NaiveDateTime> {
    let read = |format: &&str| NaiveDateTime::parse_from_str(text, format).ok();
    WALL_FORMATS.iter().find_map(read).filter(|local| DEPARTURE_YEARS.contains(&local.year()))
}
