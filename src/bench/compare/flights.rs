use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use booking_command_api::{Tables, Timetable};
use chrono::{Days, NaiveDate, Utc};
use rand::seq::SliceRandom;

use crate::bench::load::FlightRow;
use crate::dev::DEMO;
use crate::exit::Failure;

/// Flights depart at least so many days ahead, wherever on earth.
const AHEAD: Days = Days::new(2);

const WEEK: u16 = 7;

/// Flights of the built-in extract, each for one round only: what an earlier one sold is in nobody's way.
pub struct Flights {
    pub from: NaiveDate,
    pub days: u16,
    rows: std::vec::IntoIter<FlightRow>,
    folder: PathBuf,
    files: u32,
}

impl Flights {
    /// As many days as it takes for so many seats.
    pub fn with_seats(seats: u64, folder: PathBuf) -> Self {
        let (timetable, _) = Timetable::from_tables(&Tables::extract());
        let from = Utc::now().date_naive() + AHEAD;
        let a_week: u64 = rows(&timetable, from, WEEK).iter().map(|row| u64::from(row.seats_total())).sum();
        let days = u16::try_from((seats * u64::from(WEEK)).div_ceil(a_week.max(1)) + 1).unwrap_or(u16::MAX);
        let mut rows = rows(&timetable, from, days);
        rows.shuffle(&mut rand::rng());
        Self { from, days, rows: rows.into_iter(), folder, files: 0 }
    }

    /// A file with flights of at least so many seats, none of them given out before.
    pub fn file_with_seats(&mut self, seats: u64) -> Result<PathBuf, Failure> {
        let (mut taken, mut total) = (vec![], 0);
        while let Some(row) = if total < seats { self.rows.next() } else { None } {
            total += u64::from(row.seats_total());
            taken.push(row);
        }
        self.files += 1;
        let path = self.folder.join(format!("flights-{}.json", self.files));
        let text = serde_json::to_vec(&taken).map_err(anyhow::Error::from)?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

fn rows(timetable: &Timetable, from: NaiveDate, days: u16) -> Vec<FlightRow> {
    let departures = timetable.departures(DEMO[0].id(), from, days);
    departures.map(|(flight, cabins)| FlightRow::unsold(&flight, &cabins)).collect()
}
