//! `booking bench --flat`: whether appending and reading cost the same on a long journal as on a short one.
//!
//! The journal is filled by SQL with copies of events that a command-api wrote, under ids of their own. At either
//! length a fresh command-api takes bookings, and bookings are read by id from the journal, as a command on one of
//! them does.

mod fill;
mod reads;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::arena::Arena;
use super::figures::{median, ratio};
use super::flights::Flights;
use super::loading::Loading;
use super::plan::{BOOKINGS_PER_S_MAX, seats};
use super::say::{self, measuring, say};
use crate::exit::Failure;
use fill::Filling;

const DATABASE: &str = "flat";

/// How long the short journal is.
const SHORT: i64 = 100_000;

/// Each rate of bookings is the median of so many runs, of so many seconds, by so many clients.
const RUNS: u64 = 5;
const SECONDS: u64 = 4;
const CLIENTS: u32 = 64;

/// Events that filling adds per second, roughly.
const FILL_PER_S: i64 = 40_000;

/// By length of the journal, in events before the first booking.
#[derive(Debug, Default, Serialize)]
pub struct Flat {
    append_bookings_per_s: BTreeMap<i64, u64>,
    /// Of the long journal in parts of the short one: 1 when length costs nothing.
    append_ratio: f64,
    /// One after the other.
    reads_by_id_per_s: BTreeMap<i64, u64>,
    read_ratio: f64,
}

/// Measures at both lengths.
///
/// # Errors
/// When servers are missing, a process fails, or the disk is full.
pub async fn flat(data_dir: &Path, events: i64) -> Result<Flat, Failure> {
    let filling_s = u64::try_from(events / FILL_PER_S).unwrap_or_default();
    say::begin(60 + filling_s + 2 * RUNS * (SECONDS + 1));
    let arena = Arena::open(data_dir).await?;
    let mut flights =
        Flights::with(seats((2 * RUNS + 1) * SECONDS, BOOKINGS_PER_S_MAX), 0, arena.folder.clone());
    arena.migrated(DATABASE).await?;
    flights.schedule(&arena, DATABASE).await?;
    measuring("nothing yet: warming up");
    append(&arena, &mut flights).await?;
    let (filling, mut flat) = (Filling::prepare(&arena.pool(DATABASE, 2)?).await?, Flat::default());
    for length in [SHORT, events] {
        filling.up_to(length).await?;
        flat.measure(&arena, &mut flights, length).await?;
    }
    flat.append_ratio = long_to_short(&flat.append_bookings_per_s);
    flat.read_ratio = long_to_short(&flat.reads_by_id_per_s);
    Ok(flat)
}

/// The last in parts of the first.
fn long_to_short(by_length: &BTreeMap<i64, u64>) -> f64 {
    let at = |found: Option<(&i64, &u64)>| found.map_or(0, |(_, rate)| *rate);
    ratio(at(by_length.last_key_value()), at(by_length.first_key_value()))
}

impl Flat {
    async fn measure(&mut self, arena: &Arena, flights: &mut Flights, length: i64) -> Result<(), Failure> {
        measuring(&format!("reading by id among {length} events"));
        arena.settle().await?;
        let reads = reads::per_s(&arena.pool(DATABASE, 1)?).await?;
        say(&format!("{length} events: {reads} reads by id per second"));
        self.reads_by_id_per_s.insert(length, reads);
        measuring(&format!("appending to {length} events"));
        let bookings = append(arena, flights).await?;
        say(&format!("{length} events: {bookings} bookings/s"));
        self.append_bookings_per_s.insert(length, bookings);
        Ok(())
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = format!("{:>12} {:>11} {:>11}", "events", "bookings/s", "reads/s");
        for (length, bookings) in &self.append_bookings_per_s {
            text += &format!("\n{length:>12} {bookings:>11} {:>11}", self.reads_by_id_per_s[length]);
        }
        let Self { append_ratio, read_ratio, .. } = self;
        text + &format!("\n{:>12} {append_ratio:>11.2} {read_ratio:>11.2}", "ratio")
    }
}

/// Bookings per second that a fresh command-api takes, after one run that does not count.
async fn append(arena: &Arena, flights: &mut Flights) -> Result<u64, Failure> {
    let commands = arena.program(DATABASE, &["command-api"]).serve().await?;
    let mut rates = vec![];
    for _ in 0..=RUNS {
        arena.settle().await?;
        let file = flights.file_with(seats(SECONDS, BOOKINGS_PER_S_MAX / 2), 0)?;
        let loading = Loading {
            url: commands.url(),
            clients: CLIENTS,
            seconds: SECONDS,
            rate: None,
            pools_percent: 0,
            file: &file,
            read_back: None,
        };
        rates.push(loading.run(arena, DATABASE).await?.bookings_per_s);
    }
    Ok(median(rates.split_off(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_that_of_the_long_journal_to_the_short_one() {
        let flat = Flat {
            append_bookings_per_s: BTreeMap::from([(SHORT, 4_000), (10_000_000, 3_800)]),
            append_ratio: 0.95,
            reads_by_id_per_s: BTreeMap::from([(SHORT, 9_000), (10_000_000, 9_000)]),
            read_ratio: 1.0,
        };
        assert_eq!(long_to_short(&flat.append_bookings_per_s).to_string(), "0.95");
        assert_eq!(long_to_short(&BTreeMap::new()).to_string(), "0");
        assert!(flat.text().ends_with("0.95        1.00"), "{}", flat.text());
    }
}
