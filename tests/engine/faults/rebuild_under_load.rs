//! Both read models are made anew again and again while bookings are placed, over a connection that is cut, and are
//! looked at all the while: no booking is missing, and no position goes back.
//!
//! `BOOKING_REBUILD_EVENTS` and `BOOKING_REBUILD_CUTS` make it long, `BOOKING_REBUILD_SEED` cuts elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use booking_http::Role;
use chrono::{Days, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use sqlx::PgPool;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::customers::{Customers, Told, position};
use crate::support::cable::Cable;
use crate::support::process::Caller;
use crate::support::roles::{Engine, RoleProcess};

const EVENTS: i64 = 3_000;
const CUTS: usize = 6;
const SEED: u64 = 7;
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Between two looks at how much has passed through the cable.
const PASSED_EVERY: Duration = Duration::from_millis(1);
/// So many bytes are answered between two cuts, at least and at most.
const CUT_AFTER: [u64; 2] = [20_000, 600_000];
/// Events for which there are seats on the flights of one day.
const EVENTS_A_DAY: i64 = 20_000;
/// Flights that are booked on meanwhile.
const FLIGHTS: usize = 40;
/// Orders that are accepted before the first rebuild, and after the last.
const ACCEPTED: usize = 20;

/// What one look saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    position: i64,
    total: i64,
}

/// Looks at bookings and flights until it is told to stop.
struct Onlooker {
    owner: Caller,
    pool: PgPool,
    is_over: AtomicBool,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_booking_is_missing_while_read_models_are_rebuilt_over_a_connection_that_is_cut() {
    let (events, cuts) = (of("BOOKING_REBUILD_EVENTS", EVENTS), of("BOOKING_REBUILD_CUTS", CUTS as i64));
    let seed = of("BOOKING_REBUILD_SEED", SEED as i64).unsigned_abs();
    let engine = Engine::with_flights_of((1 + events / EVENTS_A_DAY).unsigned_abs()).await;
    let cable = Arc::new(Cable::to(engine.postgres.port()).await);
    let cut_url = cable.url(&engine.database_url());
    let (_relay, commands, queries) =
        (engine.relay().await, engine.command_api().await, engine.query_api().await);
    let variables = [("NATS_URL", engine.engine_url()), ("DATABASE_URL", cut_url.clone())];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let mut projections = engine.unready_role(&["projections"], &variables);
    projections.await_ready().await;
    fill(&engine, &commands, &queries, events).await;
    let mut customers = customers(&engine, &commands, &queries).await;
    customers.see_accepted(ACCEPTED).await;
    let onlooker = Arc::new(Onlooker {
        owner: queries.as_user(Role::Owner, Uuid::new_v4()),
        pool: engine.owner().await,
        is_over: AtomicBool::new(false),
    });
    let looking = tokio::spawn(Arc::clone(&onlooker).look());
    let made = Arc::new(AtomicUsize::new(0));
    let cutting =
        tokio::spawn(cut(Arc::clone(&cable), engine.owner().await, cuts as usize, seed, Arc::clone(&made)));

    let (mut rebuilds, mut interruptions) = (0, 0);
    while rebuilds < 2 || made.load(Ordering::Relaxed) < cuts as usize {
        let model = ["booking_v1", "flight_v1"][rebuilds % 2];
        let said =
            engine.run_with(&[("DATABASE_URL", cut_url.as_str())], &["rebuild", model, "--json"]).await;
        // Cut before it had begun.
        if said.code == Some(4) {
            continue;
        }
        interruptions += said.succeeded().json()["interruptions"].as_u64().unwrap();
        rebuilds += 1;
    }

    cutting.await.unwrap();
    customers.see_accepted(ACCEPTED).await;
    onlooker.is_over.store(true, Ordering::Relaxed);
    let [bookings, flights] = looking.await.unwrap();
    let intents = customers.finish().await;
    println!(
        "seed {seed}: {rebuilds} rebuilds, {cuts} cuts, {interruptions} interruptions, {} looks, {} orders, {} events",
        bookings.len(),
        intents.len(),
        engine.head().await
    );
    assert!(0 < interruptions, "no cut has met a rebuild");
    queries.await_shown(engine.head().await).await;
    compare(&bookings, &positions(&engine, "booking.created").await);
    compare(&flights, &positions(&engine, "departure.scheduled").await);
    for intent in intents.values() {
        let Told::Accepted { booking_id, reference, .. } = &intent.told else { continue };
        let shown = onlooker.owner.get(&format!("/api/v1/bookings/{booking_id}")).await.is(200);
        assert_eq!(&shown.body["booking_reference"], reference);
    }
    // Row by row what a replay gives.
    engine.run(&["verify"]).await.succeeded();
}

impl Onlooker {
    async fn look(self: Arc<Self>) -> [Vec<Seen>; 2] {
        let mut every = interval(LOOK_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (mut bookings, mut flights, mut before) = (vec![], vec![], vec![]);
        while !self.is_over.load(Ordering::Relaxed) {
            every.tick().await;
            bookings.push(self.see("/api/v1/bookings?limit=1").await);
            flights.push(self.see("/api/v1/flights?limit=1").await);
            let checkpoints = self.checkpoints().await;
            let is_back = before.iter().zip(&checkpoints).any(|(before, now)| now < before);
            assert!(!is_back, "{before:?} went back to {checkpoints:?}");
            before = checkpoints;
        }
        [bookings, flights]
    }

    async fn see(&self, path: &str) -> Seen {
        let answer = self.owner.get(path).await.is(200);
        let total = answer.body["pagination"]["total"].as_i64().unwrap();
        Seen { position: position(&answer), total }
    }

    async fn checkpoints(&self) -> Vec<i64> {
        let positions = sqlx::query_scalar("select position from read.checkpoint order by name");
        positions.fetch_all(&self.pool).await.unwrap()
    }
}

/// Each look saw as many as there were at the position that it was told, and none an older one than the look before.
fn compare(looks: &[Seen], positions: &[i64]) {
    assert!(looks.is_sorted_by_key(|seen| seen.position), "a position went back");
    for seen in looks {
        let there = positions.partition_point(|position| *position <= seen.position);
        assert_eq!(seen.total, i64::try_from(there).unwrap(), "at position {}", seen.position);
    }
    let distinct = looks.chunk_by(|one, other| one.position == other.position).count();
    assert!(2 < distinct, "nothing came while it was looked at");
}

/// Cuts the cable, so many times and each after another amount of answers, while a rebuild is under way.
async fn cut(cable: Arc<Cable>, pool: PgPool, cuts: usize, seed: u64, made: Arc<AtomicUsize>) {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut every = interval(PASSED_EVERY);
    let [least, most] = CUT_AFTER;
    while made.load(Ordering::Relaxed) < cuts {
        let until = cable.passed() + chance.random_range(least..=most);
        while cable.passed() < until || !is_under_way(&pool).await {
            every.tick().await;
        }
        cable.cut();
        made.fetch_add(1, Ordering::Relaxed);
    }
}

async fn is_under_way(pool: &PgPool) -> bool {
    sqlx::query_scalar("select exists (select from read.rebuild)").fetch_one(pool).await.unwrap()
}

/// Bookings for two, until there are so many events.
async fn fill(engine: &Engine, commands: &RoleProcess, queries: &RoleProcess, events: i64) {
    queries.await_shown(engine.head().await).await;
    while engine.head().await < events {
        // Two claims, and the booking itself.
        let bookings = ((events - engine.head().await) / 3 + 1).to_string();
        let load = ["load", "--url", &commands.url, "--flights-url", &queries.url, "--bookings", &bookings];
        let said: Value = engine.run(&[&load[..], &["--json"]].concat()).await.succeeded().json();
        assert!(said["created"] != 0, "{said}");
    }
}

/// On flights of a day of their own.
async fn customers(engine: &Engine, commands: &RoleProcess, queries: &RoleProcess) -> Customers {
    const DAY: u64 = 200;
    engine.seed(DAY, 1).await;
    queries.await_shown(engine.head().await).await;
    let from = Utc::now().date_naive() + Days::new(DAY);
    let path = format!("/api/v1/flights?limit={FLIGHTS}&from={from}");
    let flights = queries.as_user(Role::Owner, Uuid::new_v4()).get(&path).await.is(200);
    let flights = flights.body["data"].as_array().unwrap().iter();
    let flights = flights.map(|flight| flight["flight_id"].as_str().unwrap().to_owned()).collect();
    Customers::start(&[commands], queries, flights)
}

/// Of all events of a type in the first demo business.
async fn positions(engine: &Engine, event_type: &str) -> Vec<i64> {
    let events = engine.replay(&["--tenant", "acme", "--type", event_type]).await;
    events.iter().map(|event| event["position"].as_i64().unwrap()).collect()
}

/// A number of the environment.
fn of(name: &str, default: i64) -> i64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}
