use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use booking_command_api::{Tables, Timetable};
use chrono::{Days, NaiveDate, Utc};
use rand::seq::SliceRandom;

use super::arena::Arena;
use super::load::FlightRow;
use super::say::measuring;
use crate::dev::DEMO;
use crate::exit::Failure;

/// Flights depart at least so many days ahead, wherever on earth.
const AHEAD: Days = Days::new(2);

const WEEK: u16 = 7;

/// Longest time to schedule all flights.
const SEED_WITHIN: Duration = Duration::from_secs(300);

/// Flights of the built-in extract, each for one run only: what an earlier one sold is in nobody's way.
pub struct Flights {
    pub from: NaiveDate,
    pub days: u16,
    rows: std::vec::IntoIter<FlightRow>,
    folder: PathBuf,
    files: u32,
}

impl Flights {
    /// As many days as it takes for so many seats, and so many places without numbers.
    pub fn with(seats: u64, places: u64, folder: PathBuf) -> Self {
        let (timetable, _) = Timetable::from_tables(&Tables::extract());
        let from = Utc::now().date_naive() + AHEAD;
        let week = rows(&timetable, from, WEEK);
        let days = days(seats, week.iter().map(FlightRow::seats_total).sum());
        let days = days.max(days_of_places(places, &week));
        let mut rows = rows(&timetable, from, days);
        rows.shuffle(&mut rand::rng());
        Self { from, days, rows: rows.into_iter(), folder, files: 0 }
    }

    /// Schedules all of them in a database.
    ///
    /// # Errors
    /// When it does not take them, or takes too long.
    pub async fn schedule(&self, arena: &Arena, database: &str) -> Result<(), Failure> {
        let (from, days) = (self.from.to_string(), self.days.to_string());
        measuring(&format!("nothing yet: scheduling the flights of {days} days"));
        let seed = arena.program(database, &["seed", "--from", &from, "--days", &days]);
        seed.output(SEED_WITHIN).await?;
        Ok(())
    }

    /// The same flights, for another database.
    pub fn again(&self) -> Self {
        let (rows, folder) = (self.rows.clone(), self.folder.clone());
        Self { from: self.from, days: self.days, rows, folder, files: self.files + 1_000 }
    }

    /// A file with flights of at least so many seats and places, as long as there are any; none of them was given
    /// out before.
    pub fn file_with(&mut self, seats: u64, places: u64) -> Result<PathBuf, Failure> {
        let (mut taken, mut found) = (vec![], (0, 0));
        while found.0 < seats || found.1 < places {
            let Some(row) = self.rows.next() else { break };
            found = (found.0 + u64::from(row.seats_total()), found.1 + u64::from(row.places_total()));
            taken.push(row);
        }
        self.files += 1;
        let path = self.folder.join(format!("flights-{}.json", self.files));
        let text = serde_json::to_vec(&taken).map_err(anyhow::Error::from)?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

fn days_of_places(places: u64, week: &[FlightRow]) -> u16 {
    days(places, week.iter().map(FlightRow::places_total).sum())
}

/// One more than it takes on average.
fn days(wanted: u64, a_week: u32) -> u16 {
    let days = (wanted * u64::from(WEEK)).div_ceil(u64::from(a_week.max(1))) + 1;
    u16::try_from(days).unwrap_or(u16::MAX)
}

fn rows(timetable: &Timetable, from: NaiveDate, days: u16) -> Vec<FlightRow> {
    let departures = timetable.departures(DEMO[0].id(), from, days);
    departures.map(|(flight, cabins)| FlightRow::unsold(&flight, &cabins)).collect()
}
