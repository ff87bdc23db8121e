//! Many buyers for few places: each is sold once, and nobody is turned away while one is left.

mod buyers;

use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Request, StatusCode};
use chrono::{TimeDelta, Utc};
use http_body_util::Full;
use serde::Serialize;
use serde_json::{Value, json};

use super::arena::Arena;
use super::load::{Connection, Target, on_one_thread};
use super::say::{measuring, say};
use crate::dev::DEMO;
use crate::exit::Failure;
pub use buyers::{BuyersArgs, Told, buyers};

/// Longest time for one contest.
const WITHIN: Duration = Duration::from_secs(60);

/// One of them, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contest {
    buyers: u64,
    places: u64,
    /// 201.
    wins: u64,
    /// Buyers who got nothing though a place was left, and answers that say neither yes nor "sold".
    spurious_conflicts: u64,
    /// From the first request to the last answer.
    ms: u64,
    /// Writing processes that they were spread over.
    processes: usize,
}

/// What is fought for.
struct Fight {
    buyers: u64,
    places: u64,
    /// Whether it is for places without numbers.
    pool: bool,
    processes: usize,
}

const FIGHTS: [Fight; 3] = [
    Fight { buyers: 500, places: 1, pool: false, processes: 1 },
    Fight { buyers: 2_000, places: 500, pool: true, processes: 1 },
    Fight { buyers: 2_000, places: 300, pool: false, processes: 2 },
];

/// Rows of the flight that is fought over, with six seats each.
const ROWS: u16 = 50;
const LETTERS: [char; 6] = ['A', 'B', 'C', 'D', 'E', 'F'];

/// Runs all of them, each on a flight of its own, at command-apis of their own on a database that knows the demo
/// businesses.
///
/// # Errors
/// When a process fails, or does not end.
pub async fn contests(arena: &Arena, database: &str) -> Result<Vec<Contest>, Failure> {
    let one = arena.program(database, &["command-api"]).serve().await?;
    let other = arena.program(database, &["command-api"]).serve().await?;
    let urls = [one.url(), other.url()];
    let mut contests = vec![];
    for fight in FIGHTS {
        measuring(&format!("{} buyers for {} places", fight.buyers, fight.places));
        let flight = schedule(arena, &urls[0]).await?;
        let told = fight.run(arena, database, &urls[..fight.processes], &flight).await?;
        let contest = fight.ended(&told);
        say(&contest.line());
        contests.push(contest);
    }
    Ok(contests)
}

impl Fight {
    async fn run(
        &self,
        arena: &Arena,
        database: &str,
        urls: &[String],
        flight: &str,
    ) -> Result<Told, Failure> {
        let (buyers, urls, tenant) = (self.buyers.to_string(), urls.join(","), DEMO[0].id().to_string());
        let mut program = arena.program(database, &["bench-buyers", "--urls", &urls, "--tenant", &tenant]);
        program.arguments.extend(["--flight", flight, "--buyers", &buyers].map(Into::into));
        let (option, wanted) =
            if self.pool { ("--class", "standby".to_owned()) } else { ("--seats", self.seats()) };
        program.arguments.extend([option.into(), wanted.into()]);
        let output = program.output(WITHIN).await?;
        serde_json::from_slice(&output).map_err(|failure| Failure::Failed(failure.into()))
    }

    /// The first so many of the flight.
    fn seats(&self) -> String {
        let seats = (1..=ROWS).flat_map(|row| LETTERS.map(|letter| format!("{row}{letter}")));
        seats.take(usize::try_from(self.places).unwrap_or(usize::MAX)).collect::<Vec<_>>().join(",")
    }

    fn ended(&self, told: &Told) -> Contest {
        let Self { buyers, places, processes, .. } = *self;
        let left = places.min(buyers).saturating_sub(told.wins);
        let spurious_conflicts = told.others + left.min(told.sold_out);
        Contest { buyers, places, wins: told.wins, spurious_conflicts, ms: told.ms, processes }
    }
}

impl Contest {
    /// For people.
    pub fn line(&self) -> String {
        let Self { buyers, places, wins, spurious_conflicts, ms, processes } = self;
        format!(
            "{buyers} buyers for {places} places at {processes} command-api: {wins} wins, {spurious_conflicts} \
             spurious conflicts, {ms} ms"
        )
    }
}

/// A flight with 300 seats and 500 places without numbers; its id.
async fn schedule(arena: &Arena, url: &str) -> Result<String, Failure> {
    let target: Target = url.parse().map_err(anyhow::Error::from)?;
    let request = Request::post("/api/v1/flights")
        .header(HOST, &target.host)
        .header(AUTHORIZATION, format!("Bearer {}", arena.owner_token()))
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(flight().to_string())));
    let request = request.map_err(anyhow::Error::from)?;
    let answer = on_one_thread(move || async move {
        let mut connection =
            Connection::open(&target).await.map_err(|failure| Failure::dependency(&failure))?;
        connection.ask(request).await.map_err(|failure| Failure::dependency(&failure))
    });
    let answer = answer.await?;
    let body: Value = serde_json::from_slice(&answer.body).map_err(anyhow::Error::from)?;
    match (answer.status, body["flight_id"].as_str()) {
        (StatusCode::CREATED, Some(flight)) => Ok(flight.to_owned()),
        (status, _) => Err(Failure::Failed(anyhow::anyhow!("a flight was answered with {status}: {body}"))),
    }
}

fn flight() -> Value {
    let departure = Utc::now() + TimeDelta::days(20);
    let instant = |at: chrono::DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let price = json!({"amount": "299.99", "currency": "USD"});
    json!({
        "flight_number": "AA100",
        "airline": "American Airlines",
        "origin": "JFK",
        "destination": "LAX",
        "departure": instant(departure),
        "arrival": instant(departure + TimeDelta::hours(6)),
        "cabins": [
            {"class": "economy", "rows": [1, ROWS], "letters": "ABC DEF", "price": price},
            {"class": "standby", "count": 500, "price": price},
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gets_nothing_while_a_place_is_left_is_counted() {
        let ended = |wins, sold_out, others| {
            FIGHTS[1].ended(&Told { wins, sold_out, others, ms: 7 }).spurious_conflicts
        };
        assert_eq!(ended(500, 1_500, 0), 0);
        assert_eq!(ended(498, 1_502, 0), 2);
        assert_eq!(ended(500, 1_490, 10), 10);
        assert_eq!(ended(490, 1_500, 10), 20);
    }

    #[test]
    fn each_place_is_named_once() {
        let seats = FIGHTS[2].seats();
        assert_eq!(seats.split(',').collect::<std::collections::BTreeSet<_>>().len(), 300);
        assert_eq!(FIGHTS[0].seats(), "1A");
    }
}
