//! Where these tests play: one `booking dev` for all that can share it, and orders to place.

use std::sync::LazyLock;

use booking::database::{self, DatabaseRole};
use booking::servers::{Nats, Postgres};
use booking_journal::Reader;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::process::{Answer, Caller, Dev};

const DATABASE: &str = "booking";

static SHARED: LazyLock<Stage> = LazyLock::new(Stage::set);

/// A `booking dev` on servers that can be stopped and started again.
pub struct Stage {
    pub dev: Dev,
    pub nats: Nats,
    pub postgres: Postgres,
}

impl Stage {
    /// The one for every test that brings a flight of its own and breaks nothing.
    pub fn shared() -> &'static Self {
        &SHARED
    }

    pub fn set() -> Self {
        let (postgres, nats) = (Postgres::throwaway().unwrap(), Nats::throwaway("jetstream {}").unwrap());
        let variables = [("DATABASE_URL", postgres.url(DATABASE)), ("NATS_URL", nats.url())];
        let variables = variables.each_ref().map(|(name, url)| (*name, url.as_str()));
        let folder = tempfile::tempdir().unwrap();
        Self { dev: Dev::start_on(folder, &[], &variables), nats, postgres }
    }

    /// A flight that departs in ten days.
    pub async fn flight(&self) -> String {
        self.flight_in(TimeDelta::days(10)).await
    }

    pub async fn flight_in(&self, departs_in: TimeDelta) -> String {
        let flight = self.dev.owner().post("/api/v1/flights", flight(departs_in)).await.is(201);
        flight.text("flight_id").to_owned()
    }

    /// A clerk at the desk: staff, but no owner.
    pub fn clerk(&self) -> Caller {
        self.dev.someone(booking_http::Role::Provider, uuid::Uuid::now_v7().into())
    }

    /// The journal's last position.
    pub async fn head(&self) -> i64 {
        self.reader().head().await.unwrap()
    }

    /// When a position was recorded.
    pub async fn recorded_at(&self, position: i64) -> DateTime<Utc> {
        self.reader().recorded_at(position).await.unwrap().unwrap()
    }

    /// The journal, past the engine; with a connection of its own, since those of one runtime do not outlive it.
    fn reader(&self) -> Reader {
        Reader::new(database::pool(&self.postgres.url(DATABASE), DatabaseRole::Reader, 1).unwrap())
    }

    /// The numbers of the seats that are taken once a position is shown.
    pub async fn taken(&self, flight: &str, position: &str) -> Vec<String> {
        let map =
            self.dev.customer().get_at(&format!("/api/v1/flights/{flight}/seats"), position).await.is(200);
        let seats = map.body["seats"].as_array().unwrap().iter();
        let taken = seats.filter(|seat| seat["status"] == "taken");
        taken.map(|seat| seat["seat_number"].as_str().unwrap().to_owned()).collect()
    }
}

/// The body of a flight: 8 seats in business, 180 in economy, 500 places on standby.
pub fn flight(departs_in: TimeDelta) -> Value {
    let departure = Utc::now() + departs_in;
    json!({
        "flight_number": "AA100",
        "airline": "American Airlines",
        "origin": "JFK",
        "destination": "LAX",
        "departure": instant(departure),
        "arrival": instant(departure + TimeDelta::hours(6)),
        "cabins": [
            {"class": "business", "rows": [1, 2], "letters": "AC DF", "price": usd("899.00")},
            {"class": "economy", "rows": "10-39", "letters": "ABC DEF", "price": usd("299.99")},
            {"class": "standby", "count": 500, "price": usd("99.99")},
        ],
    })
}

/// Whole seconds.
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Money as callers write it.
pub fn usd(amount: &str) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

/// Money as answers write it.
pub fn dollars(minor: i64) -> Value {
    json!({"amount": format!("{}.{:02}", minor / 100, minor % 100), "amount_minor": minor, "currency": "USD"})
}

/// Exactly these seats, for as many people.
pub fn order(flight: &str, seats: &[&str]) -> Value {
    json!({"flight_id": flight, "seats": seats, "passengers": people(seats.len())})
}

/// Places without numbers.
pub fn standby(flight: &str, passengers: usize) -> Value {
    json!({"flight_id": flight, "class": "standby", "passengers": people(passengers)})
}

pub fn people(count: usize) -> Value {
    let person = |number| json!({"first_name": "Ada", "last_name": format!("Lovelace {number}")});
    (0..count).map(person).collect()
}

/// `PATCH` on what cannot be patched, and the like.
pub async fn bare(caller: &Caller, method: Method, path: &str) -> Answer {
    caller.call(method, path, None, &[]).await
}
