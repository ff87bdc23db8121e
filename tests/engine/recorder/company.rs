//! Who books, confirms and cancels, one after another, each deed recorded before the next.

use std::collections::HashMap;

use chrono::TimeDelta;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::any;
use super::record::{States, state};
use crate::api::stage::{Stage, people};
use crate::support::process::{Answer, Caller};

const FLIGHTS: i64 = 8;
pub const CUSTOMERS: usize = 10;

/// Everything that lives, and what was seen of it. Nobody else does anything on this engine.
pub struct Company {
    pub stage: Stage,
    pub customers: Vec<Caller>,
    pub clerk: Caller,
    flights: Vec<String>,
    /// In the order in which they were placed.
    pub bookings: Vec<Placed>,
    /// By path: `/api/v1/bookings/…`, `/api/v1/flights/…`, `/api/v1/flights/…/seats`.
    pub seen: HashMap<String, States>,
    pub refused: usize,
}

/// A booking that was placed.
pub struct Placed {
    /// Its path.
    pub path: String,
    /// Number of the customer whose it is.
    pub whose: usize,
    is_open: bool,
}

impl Company {
    pub async fn found() -> Self {
        let stage = tokio::task::spawn_blocking(Stage::set).await.unwrap();
        let customers = (0..CUSTOMERS).map(|_| stage.dev.new_customer()).collect();
        let clerk = stage.clerk();
        let mut flights = vec![];
        for day in 0..FLIGHTS {
            flights.push(stage.flight_in(TimeDelta::days(10 + day)).await);
        }
        let (bookings, seen) = (vec![], HashMap::new());
        Self { stage, customers, clerk, flights, bookings, seen, refused: 0 }
    }

    /// Until so many bookings were placed; about half of them are confirmed, and as many cancelled.
    pub async fn live(&mut self, chance: &mut StdRng, bookings: usize) {
        while self.bookings.len() < bookings {
            match chance.random_range(0..4) {
                0 | 1 => self.place(chance).await,
                2 => self.confirm(chance).await,
                _ => self.cancel(chance).await,
            }
        }
    }

    async fn place(&mut self, chance: &mut StdRng) {
        let whose = any(chance, CUSTOMERS);
        let order = self.order(chance);
        // Without a key of its own, the same order twice within a minute would be one booking.
        let key = format!("order-{}", self.bookings.len() + self.refused);
        let answer = self.customers[whose].post_with_key("/api/v1/bookings", &order, &key).await;
        // A seat that somebody has: nothing was stored, so there is nothing to be seen.
        if answer.status.as_u16() == 409 {
            self.refused += 1;
            return;
        }
        let answer = answer.is(201);
        let path = answer.header("location").to_owned();
        self.bookings.push(Placed { path: path.clone(), whose, is_open: true });
        self.record(&path, &answer).await;
    }

    fn order(&self, chance: &mut StdRng) -> Value {
        let flight = &self.flights[any(chance, self.flights.len())];
        let other = &self.flights[any(chance, self.flights.len())];
        let passengers = people(chance.random_range(1..=3));
        let seat = format!("{}{}", chance.random_range(10..40), ["A", "B", "C"][any(chance, 3)]);
        let mut order = match chance.random_range(0..4) {
            0 => json!({"flight_id": flight, "seats": [seat], "passengers": people(1)}),
            1 => json!({"flight_id": flight, "class": "economy", "passengers": passengers}),
            2 if other != flight => json!({"items": [
                {"flight_id": flight, "passengers": passengers}, {"flight_id": other, "passengers": people(1)},
            ]}),
            _ => json!({"flight_id": flight, "class": "standby", "passengers": passengers}),
        };
        if chance.random_bool(0.5) {
            order["notes"] = json!(format!("note {}", chance.random_range(0..1_000)));
        }
        order
    }

    async fn confirm(&mut self, chance: &mut StdRng) {
        if let Some(index) = self.any_open(chance) {
            let path = self.bookings[index].path.clone();
            let confirmed = self.clerk.post(&format!("{path}/confirm"), json!({})).await.is(200);
            self.record(&path, &confirmed).await;
        }
    }

    async fn cancel(&mut self, chance: &mut StdRng) {
        let Some(index) = self.any_open(chance) else { return };
        let Placed { path, whose, is_open } = &mut self.bookings[index];
        *is_open = false;
        let (path, whose) = (path.clone(), *whose);
        let by = if chance.random_bool(0.5) { &self.clerk } else { &self.customers[whose] };
        let why = json!({"cancellation_reason": "plans_changed", "comments": "of no use any more"});
        let cancelled = by.post(&format!("{path}/cancel"), why).await.is(200);
        self.record(&path, &cancelled).await;
    }

    fn any_open(&self, chance: &mut StdRng) -> Option<usize> {
        let open: Vec<usize> =
            (0..self.bookings.len()).filter(|index| self.bookings[*index].is_open).collect();
        if open.is_empty() { None } else { Some(open[any(chance, open.len())]) }
    }

    /// Reads the booking, its flights and their seats as soon as they show the deed, and keeps what they say. Nothing
    /// else happens meanwhile, so that is the state at the deed's position.
    async fn record(&mut self, path: &str, deed: &Answer) {
        let position: i64 = deed.position().strip_prefix("1.").unwrap().parse().unwrap();
        let items = deed.body["items"].as_array().unwrap().iter();
        let mut flights: Vec<&str> = items.map(|item| item["flight_id"].as_str().unwrap()).collect();
        flights.sort_unstable();
        flights.dedup();
        let of_flights = flights.into_iter().map(|flight| format!("/api/v1/flights/{flight}"));
        let of_flights = of_flights.flat_map(|flight| [flight.clone(), flight + "/seats"]);
        for path in std::iter::once(path.to_owned()).chain(of_flights) {
            let answer = self.clerk.get_at(&path, deed.position()).await.is(200);
            self.seen.entry(path).or_default().keep(position, state(answer.body));
        }
    }
}
