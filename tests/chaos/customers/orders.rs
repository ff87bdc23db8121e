//! What customers order.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{SecondsFormat, TimeDelta, Utc};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

/// Seats of the contested flight that are asked for.
const CONTESTED_ROWS: std::ops::Range<u32> = 10..12;
const ROWS: std::ops::Range<u32> = 10..40;
const LETTERS: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

/// Flights to book on.
pub struct Flights {
    /// With few seats that everybody wants.
    pub contested: String,
    pub roomy: Vec<String>,
    /// Each will be cancelled, one after another, while it is booked on.
    pub doomed: Vec<String>,
    cancelled: AtomicUsize,
}

impl Flights {
    /// One contested one, so many doomed ones, and the others.
    pub fn new(mut flights: Vec<String>, doomed: usize) -> Self {
        let contested = flights.pop().expect("a flight");
        let roomy = flights.split_off(doomed);
        Self { contested, roomy, doomed: flights, cancelled: AtomicUsize::new(0) }
    }

    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.doomed.iter().chain(&self.roomy).chain([&self.contested])
    }

    /// The next one that is to be cancelled; the last one stays doomed for ever.
    pub fn doomed(&self) -> &String {
        let next = self.cancelled.load(Ordering::Relaxed);
        &self.doomed[next.min(self.doomed.len() - 1)]
    }

    /// It is up to the caller to cancel it; others order on the next one from now on.
    pub fn doom(&self) -> Option<&String> {
        let next = self.cancelled.load(Ordering::Relaxed);
        let is_ours = next + 1 < self.doomed.len()
            && self.cancelled.compare_exchange(next, next + 1, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        is_ours.then(|| &self.doomed[next])
    }

    /// An order of any kind, in unequal parts.
    pub fn order(&self, chance: &mut StdRng) -> Value {
        let (flight, people) = (self.roomy.choose(chance).expect("flights"), chance.random_range(1..=3));
        match chance.random_range(0..100) {
            0..20 => exactly(&self.contested, &[seat(chance, CONTESTED_ROWS)]),
            20..40 => on(flight, people, "seat_preferences", &[seat(chance, ROWS), seat(chance, ROWS)]),
            40..55 => exactly(flight, &[seat(chance, ROWS)]),
            55..70 => json!({"flight_id": flight, "class": "standby", "passengers": passengers(people)}),
            70..85 => {
                let other = self.roomy.iter().find(|other| *other != flight).expect("two flights");
                let leg = |flight: &str| json!({"flight_id": flight, "passengers": passengers(people)});
                json!({"items": [leg(flight), leg(other)]})
            }
            _ => json!({"flight_id": self.doomed(), "passengers": passengers(1)}),
        }
    }
}

/// Flights in a week's time: 180 seats and 500 places each.
pub fn flight(number: usize) -> Value {
    let departure = Utc::now() + TimeDelta::days(7);
    let instant = |hours| (departure + TimeDelta::hours(hours)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let price = json!({"amount": "99.99", "currency": "USD"});
    json!({
        "flight_number": format!("CH{number:03}"), "airline": "Chaos Air", "origin": "JFK", "destination": "LAX",
        "departure": instant(0), "arrival": instant(6),
        "cabins": [
            {"class": "economy", "rows": "10-39", "letters": "ABC DEF", "price": price},
            {"class": "standby", "count": 500, "price": price},
        ],
    })
}

fn exactly(flight: &str, seats: &[String]) -> Value {
    on(flight, seats.len(), "seats", seats)
}

fn on(flight: &str, people: usize, member: &str, seats: &[String]) -> Value {
    let mut order = json!({"flight_id": flight, "passengers": passengers(people)});
    order[member] = json!(seats[..people.min(seats.len())]);
    order
}

fn seat(chance: &mut StdRng, rows: std::ops::Range<u32>) -> String {
    format!("{}{}", chance.random_range(rows), LETTERS.choose(chance).expect("letters"))
}

fn passengers(count: usize) -> Value {
    (0..count).map(|number| json!({"first_name": "Ada", "last_name": format!("Lovelace {number}")})).collect()
}
