use std::collections::{BTreeMap, BTreeSet};

use booking_domain::departure::Flight;
use booking_domain::values::{Cabins, TenantId};
use chrono::NaiveDate;

use super::leg::Leg;
use super::numbers::Numbers;
use super::record::Route;
use super::route::Flown;
use super::summary::{Summary, counted};
use super::tables::Tables;
use super::{File, LeftOut, Reason};

/// Every usable route with its flight number, weekdays and time of day.
pub struct Timetable {
    legs: Vec<Leg>,
    routes_read: u64,
    left_out: BTreeMap<File, BTreeMap<&'static str, u64>>,
}

/// A route that can be flown, and the row that said so.
struct Candidate<'a> {
    line: u64,
    route: &'a Route,
    flown: Flown,
}

impl Timetable {
    /// Works the timetable out, and names each row that it leaves out, by file and line.
    pub fn from_tables(tables: &Tables) -> (Self, Vec<LeftOut>) {
        let mut left_out = tables.left_out.clone();
        left_out.extend(tables.unusable());
        let candidates = candidates(tables, &mut left_out);
        let legs = legs(distinct(candidates, &mut left_out), &mut left_out);
        left_out.sort_by_key(|row| (row.file, row.line));
        let timetable = Self { legs, routes_read: tables.routes_read, left_out: counted(&left_out) };
        (timetable, left_out)
    }

    /// The flights of so many days, day by day, each made when it is asked for: a week of the whole world is
    /// a quarter of a million.
    pub fn departures(
        &self,
        tenant: TenantId,
        from: NaiveDate,
        days: u16,
    ) -> impl Iterator<Item = (Flight, Cabins)> + '_ {
        let dates = from.iter_days().take(days.into());
        dates.flat_map(move |date| {
            let flown = self.legs.iter().filter(move |leg| leg.flies_on(date));
            flown.map(move |leg| leg.on(tenant, date))
        })
    }

    /// The counts, with the departures of so many days.
    pub fn summary(&self, from: NaiveDate, days: u16) -> Summary {
        let week: Vec<u64> = from.iter_days().take(7).map(|date| self.flights_on(date)).collect();
        let departures = week.iter().cycle().take(days.into()).sum();
        let (routes_read, routes_used) = (self.routes_read, self.legs.len() as u64);
        Summary { routes_read, routes_used, departures, left_out: self.left_out.clone() }
    }

    fn flights_on(&self, date: NaiveDate) -> u64 {
        self.legs.iter().filter(|leg| leg.flies_on(date)).count() as u64
    }
}

fn candidates<'a>(tables: &'a Tables, left_out: &mut Vec<LeftOut>) -> Vec<Candidate<'a>> {
    let mut candidates = Vec::with_capacity(tables.routes.len());
    for (line, route) in &tables.routes {
        match Flown::of(route, tables) {
            Ok(flown) => candidates.push(Candidate { line: *line, route, flown }),
            Err(reason) => left_out.push(LeftOut { file: File::Routes, line: *line, reason }),
        }
    }
    candidates
}

/// One row for each airline, origin and destination: the first by content, then by line, so that the order
/// of rows changes nothing.
fn distinct<'a>(mut candidates: Vec<Candidate<'a>>, left_out: &mut Vec<LeftOut>) -> Vec<Candidate<'a>> {
    candidates.sort_by(|one, other| one.key().cmp(&other.key()));
    candidates.dedup_by(|later, first| {
        let same = later.key().0 == first.key().0;
        if same {
            left_out.push(LeftOut { file: File::Routes, line: later.line, reason: Reason::DuplicateRoute });
        }
        same
    });
    candidates
}

fn legs(candidates: Vec<Candidate<'_>>, left_out: &mut Vec<LeftOut>) -> Vec<Leg> {
    let pairs: BTreeSet<_> = candidates.iter().map(|one| one.flown.pair(&one.route.airline)).collect();
    let numbers = Numbers::of(pairs);
    let mut legs = Vec::with_capacity(candidates.len());
    for Candidate { line, route, flown } in candidates {
        match numbers.flight_number(&flown.pair(&route.airline), &flown.origin.code) {
            Some(number) => legs.push(Leg::new(number, flown)),
            None => {
                let reason = Reason::NumbersUsedUp(flown.carrier.name[..].into());
                left_out.push(LeftOut { file: File::Routes, line, reason });
            }
        }
    }
    legs
}

impl Candidate<'_> {
    /// What makes it the same flight, and what it is sorted by beyond that.
    fn key(&self) -> ([&str; 4], &Route) {
        let Flown { carrier, origin, destination, .. } = &self.flown;
        ([&carrier.designator, &self.route.airline, &origin.code, &destination.code], self.route)
    }
}
