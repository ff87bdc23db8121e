//! `booking bench --flat`: whether appending and reading cost the same on a long journal as on a short one.
//!
//! Both journals are filled by SQL with copies of events that a command-api wrote, under ids of their own. Then, in
//! turns, a command-api on either takes bookings, and bookings are read by id from the journal, as a command on one
//! of them does.

mod fill;
mod reads;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use sqlx::PgPool;

use super::arena::Arena;
use super::figures::{median, ratio};
use super::flights::Flights;
use super::loading::Loading;
use super::plan::{BOOKINGS_PER_S_MAX, seats};
use super::process::Served;
use super::say::{self, measuring, say};
use crate::exit::Failure;

const SHORT: &str = "short";
const LONG: &str = "long";

/// How long the short journal is, in events.
const SHORT_EVENTS: i64 = 100_000;

/// Each rate is the median of so many runs, of bookings for so many seconds, by so many clients.
const RUNS: u64 = 5;
const SECONDS: u64 = 4;
const CLIENTS: u32 = 64;

/// Bookings that are taken first, so that there are events to copy.
const SAMPLE_SECONDS: u64 = 4;

/// Events that filling adds per second, roughly.
const FILL_PER_S: i64 = 40_000;

/// By length of the journal, in events before the first booking.
#[derive(Debug, Serialize)]
pub struct Flat {
    append_bookings_per_s: BTreeMap<i64, u64>,
    /// Of the long journal in parts of the short one: 1 when length costs nothing.
    append_ratio: f64,
    /// One after the other.
    reads_by_id_per_s: BTreeMap<i64, u64>,
    read_ratio: f64,
}

/// A journal of some length, and a command-api on it.
struct Journal<'a> {
    arena: &'a Arena,
    database: &'static str,
    events: i64,
    pool: PgPool,
    commands: Served,
    flights: Flights,
    bookings_per_s: Vec<u64>,
    reads_per_s: Vec<u64>,
}

/// Measures at both lengths.
///
/// # Errors
/// When servers are missing, a process fails, or the disk is full.
pub async fn flat(data_dir: &Path, events: i64) -> Result<Flat, Failure> {
    let filling_s = u64::try_from(events / FILL_PER_S).unwrap_or_default();
    say::begin(60 + filling_s + 2 * (RUNS + 1) * (SECONDS + 2));
    let arena = Arena::open(data_dir).await?;
    let flights = filled(&arena, events).await?;
    let mut journals = [
        Journal::open(&arena, SHORT, SHORT_EVENTS, flights.again()).await?,
        Journal::open(&arena, LONG, events, flights.again()).await?,
    ];
    for run in 0..=RUNS {
        for journal in &mut journals {
            journal.run(run).await?;
        }
    }
    Ok(Flat::new(&journals))
}

/// Makes both databases: the long journal begins as a copy of the short one.
async fn filled(arena: &Arena, events: i64) -> Result<Flights, Failure> {
    let wanted = seats((RUNS + 1) * SECONDS + SAMPLE_SECONDS, BOOKINGS_PER_S_MAX);
    let mut flights = Flights::with(wanted, 0, arena.folder.clone());
    arena.migrated(SHORT).await?;
    flights.schedule(arena, SHORT).await?;
    measuring("nothing yet: taking bookings, to be copied");
    let commands = arena.program(SHORT, &["command-api"]).serve().await?;
    load(arena, SHORT, &commands, &mut flights, SAMPLE_SECONDS).await?;
    commands.stop().await;
    let pool = arena.pool(SHORT, 1)?;
    fill::take_sample(&pool).await?;
    fill::up_to(&pool, SHORT_EVENTS).await?;
    pool.close().await;
    arena.copy(SHORT, LONG).await?;
    let pool = arena.pool(LONG, 1)?;
    fill::up_to(&pool, events).await?;
    pool.close().await;
    Ok(flights)
}

impl<'a> Journal<'a> {
    async fn open(
        arena: &'a Arena,
        database: &'static str,
        events: i64,
        flights: Flights,
    ) -> Result<Self, Failure> {
        let commands = arena.program(database, &["command-api"]).serve().await?;
        let (pool, bookings_per_s, reads_per_s) = (arena.pool(database, 1)?, vec![], vec![]);
        Ok(Self { arena, database, events, pool, commands, flights, bookings_per_s, reads_per_s })
    }

    /// Reads, then books. What the first run measures does not count.
    async fn run(&mut self, run: u64) -> Result<(), Failure> {
        measuring(&format!("a journal of {} events, run {run} of {RUNS}", self.events));
        self.arena.settle().await?;
        let reads = reads::per_s(&self.pool).await?;
        let bookings = load(self.arena, self.database, &self.commands, &mut self.flights, SECONDS).await?;
        say(&format!("{} events, run {run}: {bookings} bookings/s, {reads} reads/s", self.events));
        if 0 < run {
            self.bookings_per_s.push(bookings);
            self.reads_per_s.push(reads);
        }
        Ok(())
    }
}

async fn load(
    arena: &Arena,
    database: &str,
    commands: &Served,
    flights: &mut Flights,
    seconds: u64,
) -> Result<u64, Failure> {
    let file = flights.file_with(seats(seconds, BOOKINGS_PER_S_MAX), 0)?;
    let (url, file) = (commands.url(), file.as_path());
    let loading =
        Loading { url, clients: CLIENTS, seconds, rate: None, pools_percent: 0, file, read_back: None };
    Ok(loading.run(arena, database).await?.bookings_per_s)
}

/// The last in parts of the first.
fn long_to_short(by_length: &BTreeMap<i64, u64>) -> f64 {
    let at = |found: Option<(&i64, &u64)>| found.map_or(0, |(_, rate)| *rate);
    ratio(at(by_length.last_key_value()), at(by_length.first_key_value()))
}

impl Flat {
    fn new(journals: &[Journal]) -> Self {
        let each = |figure: fn(&Journal<'_>) -> u64| -> BTreeMap<i64, u64> {
            journals.iter().map(|journal| (journal.events, figure(journal))).collect()
        };
        let append_bookings_per_s = each(|journal| median(journal.bookings_per_s.clone()));
        let reads_by_id_per_s = each(|journal| median(journal.reads_per_s.clone()));
        Self {
            append_ratio: long_to_short(&append_bookings_per_s),
            read_ratio: long_to_short(&reads_by_id_per_s),
            append_bookings_per_s,
            reads_by_id_per_s,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_that_of_the_long_journal_to_the_short_one() {
        let flat = Flat {
            append_bookings_per_s: BTreeMap::from([(SHORT_EVENTS, 4_000), (10_000_000, 3_800)]),
            append_ratio: 0.95,
            reads_by_id_per_s: BTreeMap::from([(SHORT_EVENTS, 9_000), (10_000_000, 9_000)]),
            read_ratio: 1.0,
        };
        assert_eq!(long_to_short(&flat.append_bookings_per_s).to_string(), "0.95");
        assert_eq!(long_to_short(&BTreeMap::new()).to_string(), "0");
        assert!(flat.text().ends_with("0.95        1.00"), "{}", flat.text());
    }
}
