//! What the engine says of the past, compared with what was seen.

use std::cell::RefCell;

use booking::database::{self, DatabaseRole};
use booking_journal::Reader;
use chrono::{DateTime, SecondsFormat, Utc};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;

use super::any;
use super::company::{CUSTOMERS, Company, Placed};
use super::record::state;

/// Bookings that are asked for one by one at each instant, besides the lists that have all of them.
const ONE_BY_ONE: usize = 10;
const LIST_MAX: usize = 100;
/// Differences that are kept; one is enough to know.
const DIFFERENCES_MAX: usize = 20;

pub struct Checker {
    company: Company,
    /// When each position was recorded, read one after another: no search that could be wrong.
    recorded: Vec<(i64, DateTime<Utc>)>,
    said: RefCell<Counts>,
}

#[derive(Default)]
struct Counts {
    states: usize,
    absent: usize,
    in_lists: usize,
    instants: usize,
    differences: Vec<String>,
}

impl Checker {
    pub async fn of(company: Company) -> Self {
        let pool = database::pool(&company.stage.postgres.url("booking"), DatabaseRole::Reader, 1).unwrap();
        let (reader, mut recorded) = (Reader::new(pool), vec![]);
        loop {
            let after = recorded.last().map_or(0, |(position, _)| *position);
            let events = reader.after(after, 1_000).await.unwrap();
            if events.is_empty() {
                return Self { company, recorded, said: RefCell::default() };
            }
            recorded.extend(events.iter().map(|event| (event.position, event.recorded_at)));
        }
    }

    /// Between the first booking and the last event, to the microsecond.
    pub fn any_instant(&self, chance: &mut StdRng) -> DateTime<Utc> {
        let first = &self.company.seen[&self.company.bookings[0].path];
        let first = first.positions().next().unwrap();
        let begin = self.recorded.iter().find(|(position, _)| *position == first).unwrap().1;
        let end = self.recorded.last().unwrap().1;
        let micros = chance.random_range(begin.timestamp_micros()..=end.timestamp_micros());
        DateTime::from_timestamp_micros(micros).unwrap()
    }

    fn position_at(&self, instant: DateTime<Utc>) -> i64 {
        let before = self.recorded.iter().filter(|(_, at)| *at <= instant);
        before.map(|(position, _)| *position).max().unwrap_or(0)
    }

    /// All of it at one instant: each customer's list, each flight and its seats, and some bookings one by one.
    pub async fn at(&self, instant: DateTime<Utc>, chance: &mut StdRng) {
        let position = self.position_at(instant);
        let as_of = format!("as_of={}", instant.to_rfc3339_opts(SecondsFormat::Micros, true));
        let at_position = format!("at_position={position}");
        for whose in 0..CUSTOMERS {
            let moment = if chance.random_bool(0.5) { &as_of } else { &at_position };
            self.list(whose, position, moment).await;
        }
        for path in self.company.seen.keys().filter(|path| path.starts_with("/api/v1/flights")) {
            self.one(path, position, &as_of).await;
        }
        for _ in 0..ONE_BY_ONE {
            let Placed { path, .. } = &self.company.bookings[any(chance, self.company.bookings.len())];
            self.one(path, position, &as_of).await;
            self.one(path, position, &at_position).await;
        }
        self.said.borrow_mut().instants += 1;
    }

    /// Every booking at an instant of its own.
    pub async fn each_booking_once(&self, chance: &mut StdRng) {
        for Placed { path, .. } in &self.company.bookings {
            let instant = self.any_instant(chance);
            let as_of = format!("as_of={}", instant.to_rfc3339_opts(SecondsFormat::Micros, true));
            self.one(path, self.position_at(instant), &as_of).await;
        }
    }

    async fn one(&self, path: &str, position: i64, moment: &str) {
        // A flight was there before its first booking, and was not recorded then.
        let seen = self.company.seen[path].at(position);
        if seen.is_none() && path.starts_with("/api/v1/flights") {
            return;
        }
        let answer = self.company.clerk.get(&format!("{path}?{moment}")).await;
        let said = (answer.status.as_u16() == 200).then(|| state(answer.body));
        assert!(said.is_some() || answer.status.as_u16() == 404, "{path}?{moment}: {}", answer.status);
        let mut counts = self.said.borrow_mut();
        match seen {
            Some(_) => counts.states += 1,
            None => counts.absent += 1,
        }
        counts.compare(&format!("{path}?{moment}"), said.as_ref(), seen);
    }

    /// Whole, page by page: all that a customer had booked by then, the newest first, and nothing else.
    async fn list(&self, whose: usize, position: i64, moment: &str) {
        let theirs = self.company.bookings.iter().filter(|booking| booking.whose == whose);
        let seen = theirs.filter_map(|booking| self.company.seen[&booking.path].at(position));
        let mut seen: Vec<Value> = seen.cloned().map(without_passengers).collect();
        seen.sort_by_key(order);
        seen.reverse();
        let (mut said, mut cursor) = (vec![], String::new());
        loop {
            let path = format!("/api/v1/bookings?limit={LIST_MAX}&{moment}{cursor}");
            let page = self.company.customers[whose].get(&path).await.is(200);
            said.extend(page.body["data"].as_array().unwrap().clone());
            match page.body["pagination"]["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let mut counts = self.said.borrow_mut();
        counts.in_lists += seen.len();
        let path = format!("the list of customer {whose}, {moment}");
        counts.compare(&path, Some(&Value::Array(said)), Some(&Value::Array(seen)));
    }

    /// The comparison can fail: the state before a change is not the one after it.
    pub async fn would_notice(&self) {
        let changed = self.company.bookings.iter().filter_map(|booking| {
            let positions: Vec<i64> = self.company.seen[&booking.path].positions().collect();
            Some((booking, *positions.first()?, *positions.get(1)?))
        });
        let (booking, before, after) = changed.last().unwrap();
        let answer = self.company.clerk.get(&format!("{}?at_position={after}", booking.path)).await.is(200);
        let mut counts = Counts::default();
        counts.compare(
            "another moment",
            Some(&state(answer.body)),
            self.company.seen[&booking.path].at(before),
        );
        assert_eq!(counts.differences.len(), 1);
    }

    pub fn said(&self) -> String {
        let Counts { states, absent, in_lists, instants, differences } = &*self.said.borrow();
        let (bookings, refused) = (self.company.bookings.len(), self.company.refused);
        let events = self.recorded.len();
        format!(
            "{bookings} bookings ({refused} orders refused), {events} events, {instants} instants; compared: {states} \
             states one by one, {absent} not there yet, {in_lists} in lists; {} differences",
            differences.len()
        )
    }

    pub fn differences(&self) -> Vec<String> {
        self.said.borrow().differences.clone()
    }
}

impl Counts {
    fn compare(&mut self, what: &str, said: Option<&Value>, seen: Option<&Value>) {
        if said != seen && self.differences.len() < DIFFERENCES_MAX {
            self.differences.push(format!("{what}: said {said:?}, seen {seen:?}"));
        }
    }
}

/// As lists are sorted: by creation, and among equals by id.
fn order(booking: &Value) -> (String, String) {
    let text = |member: &str| booking[member].as_str().unwrap().to_owned();
    let at: DateTime<Utc> = text("created_at").parse().unwrap();
    (at.to_rfc3339_opts(SecondsFormat::Micros, true), text("booking_id"))
}

fn without_passengers(mut booking: Value) -> Value {
    booking.as_object_mut().unwrap().remove("passengers");
    booking
}
