//! Everything is killed in turn while bookings are placed. What was accepted is there afterwards, once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use booking_http::Role;
use booking_nats::{Definition, doctor, streams};
use futures::StreamExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use reqwest::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::customers::{Customers, Intent, Told};
use super::stream::{await_stream, messages};
use crate::support::process::Caller;
use crate::support::roles::{Engine, RoleProcess};

/// How often everything is killed; 1 when absent.
const ROUNDS: &str = "BOOKING_FAULT_ROUNDS";
/// A number that decides on the order of the killings; one by chance when absent.
const SEED: &str = "BOOKING_FAULT_SEED";
/// Orders accepted between two faults, and during one that must not matter.
const ACCEPTED: usize = 20;
/// Flights that are booked on.
const FLIGHTS: usize = 40;
/// Bookings that are asked for at the same time.
const READERS: usize = 16;

#[derive(Debug, Clone, Copy)]
enum Victim {
    FirstCommandApi,
    SecondCommandApi,
    QueryApi,
    Relay,
    Projections,
    Reactors,
    Postgres,
    Nats,
    NatsWithItsFiles,
}

const VICTIMS: [Victim; 9] = [
    Victim::FirstCommandApi,
    Victim::SecondCommandApi,
    Victim::QueryApi,
    Victim::Relay,
    Victim::Projections,
    Victim::Reactors,
    Victim::Postgres,
    Victim::Nats,
    Victim::NatsWithItsFiles,
];

/// All roles, each as a process.
struct Company {
    engine: Engine,
    command_apis: [RoleProcess; 2],
    query_api: RoleProcess,
    relay: RoleProcess,
    projections: RoleProcess,
    reactors: RoleProcess,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_there_once_whatever_is_killed() {
    let rounds = number(ROUNDS).unwrap_or(1);
    let seed = number(SEED).unwrap_or_else(rand::random);
    println!("{SEED}={seed} {ROUNDS}={rounds}");
    let mut chance = StdRng::seed_from_u64(seed);
    let mut company = Company::start().await;
    let mut customers = company.customers().await;

    for round in 1..=rounds {
        let mut order = VICTIMS;
        order.shuffle(&mut chance);
        for victim in order {
            println!("round {round}: {victim:?}");
            customers.see_accepted(ACCEPTED).await;
            company.kill(victim).await;
            if !matches!(victim, Victim::Postgres) {
                customers.see_accepted(ACCEPTED).await;
            }
            company.revive(victim).await;
        }
    }
    customers.see_accepted(ACCEPTED).await;
    let read_back = customers.read_back();
    let intents = customers.finish().await;

    println!("{} orders, {read_back} bookings read at once", intents.len());
    assert!(0 < read_back, "nobody read what was placed");
    company.settle().await;
    company.check(&intents).await;
}

impl Company {
    async fn start() -> Self {
        let engine = Engine::with_flights().await;
        let command_apis = [engine.command_api().await, engine.command_api().await];
        let (relay, query_api) = (engine.relay().await, engine.query_api().await);
        let (projections, reactors) = (engine.projections().await, engine.reactors("0").await);
        Self { engine, command_apis, query_api, relay, projections, reactors }
    }

    async fn customers(&self) -> Customers {
        self.settle().await;
        let answer = self.owner().get(&format!("/api/v1/flights?limit={FLIGHTS}")).await;
        let flights = answer.body["data"].as_array().unwrap().iter();
        let flights = flights.map(|flight| flight["flight_id"].as_str().unwrap().to_owned()).collect();
        Customers::start(&[&self.command_apis[0], &self.command_apis[1]], &self.query_api, flights)
    }

    fn owner(&self) -> Caller {
        self.query_api.as_user(Role::Owner, Uuid::new_v4())
    }

    async fn kill(&mut self, victim: Victim) {
        match victim {
            Victim::FirstCommandApi => self.command_apis[0].kill().await,
            Victim::SecondCommandApi => self.command_apis[1].kill().await,
            Victim::QueryApi => self.query_api.kill().await,
            Victim::Relay => self.relay.kill().await,
            Victim::Projections => self.projections.kill().await,
            Victim::Reactors => self.reactors.kill().await,
            Victim::Postgres => self.engine.kill_postgres(),
            Victim::Nats => self.engine.kill_nats(),
            Victim::NatsWithItsFiles => {
                self.engine.kill_nats();
                self.engine.wipe_nats();
            }
        }
    }

    /// What lived on is well again, too, when this returns.
    async fn revive(&mut self, victim: Victim) {
        match victim {
            Victim::FirstCommandApi => self.command_apis[0].restart().await,
            Victim::SecondCommandApi => self.command_apis[1].restart().await,
            Victim::QueryApi => self.query_api.restart().await,
            Victim::Relay => self.relay.restart().await,
            Victim::Projections => self.projections.restart().await,
            Victim::Reactors => self.reactors.restart().await,
            Victim::Postgres => self.engine.restart_postgres(),
            Victim::Nats | Victim::NatsWithItsFiles => self.engine.restart_nats(),
        }
        let Self { command_apis: [first, second], query_api, relay, projections, reactors, .. } = self;
        for role in [first, second, query_api, relay, projections, reactors] {
            role.await_ready().await;
        }
    }

    /// Waits until stream and read models have come as far as the journal.
    async fn settle(&self) {
        let head = self.engine.head().await;
        await_stream(&self.engine, head).await;
        self.query_api.await_shown(head).await;
    }

    async fn check(&self, intents: &HashMap<String, Intent>) {
        let journal = self.engine.replay(&[]).await;
        check_journal(&journal, intents);
        self.check_stream(&journal).await;
        self.check_queries(intents).await;
        let verified = self.engine.run(&["verify", "--json"]).await.succeeded().json();
        assert_eq!(verified["events"], journal.len());
        assert_eq!(verified["breaches"], Value::Array(vec![]));
    }

    async fn check_stream(&self, journal: &[Value]) {
        let streamed = messages(&self.engine).await;
        assert_eq!(streamed.len(), journal.len());
        for (event, message) in journal.iter().zip(&streamed) {
            assert_eq!(event["position"], message.sequence);
            assert_eq!(event["event_id"], message.event_id);
        }
        let connection = booking_nats::connect(&self.engine.engine_url(), "test").await.unwrap();
        let reader = booking_journal::Reader::new(self.engine.owner().await);
        let findings = doctor::examine(&connection, &reader, &Definition::default(), i64::MAX).await;
        assert_eq!(findings.unwrap(), [], "each message is its event, whole");
        let state = streams::state(&connection, &Definition::default(), 1).await.unwrap().unwrap();
        assert_eq!((state.first, state.last), (1, i64::try_from(journal.len()).unwrap()));
    }

    async fn check_queries(&self, intents: &HashMap<String, Intent>) {
        let owner = self.owner();
        let accepted = intents.values().filter_map(|intent| match &intent.told {
            Told::Accepted { booking_id, reference, .. } => Some((booking_id, reference)),
            Told::Refused { .. } => None,
        });
        let asked =
            futures::stream::iter(accepted).for_each_concurrent(READERS, |(booking_id, reference)| {
                let owner = owner.clone();
                async move {
                    let answer = owner.get(&format!("/api/v1/bookings/{booking_id}")).await;
                    assert_eq!(answer.status, StatusCode::OK, "{reference}: {answer:?}");
                    assert_eq!(&answer.body["booking_reference"], reference);
                }
            });
        asked.await;
    }
}

/// The journal has one booking for each accepted order, and no other.
fn check_journal(journal: &[Value], intents: &HashMap<String, Intent>) {
    let mut booked: BTreeMap<&str, &Value> = BTreeMap::new();
    let mut references = BTreeSet::new();
    for event in journal.iter().filter(|event| event["event_type"] == "booking.created") {
        let key = event["metadata"]["command_id"].as_str().unwrap();
        assert!(booked.insert(key, event).is_none(), "{key} has two bookings");
        let reference = event["payload"]["booking_reference"].as_str().unwrap();
        assert!(references.insert(reference), "{reference} was given twice");
    }
    let (mut accepted, mut refused, mut accepted_late) = (0, 0, 0);
    for (key, intent) in intents {
        let event = booked.remove(key.as_str());
        match &intent.told {
            Told::Accepted { booking_id, reference, position } => {
                let event = event.unwrap_or_else(|| panic!("{key} was accepted as {reference}, and is lost"));
                assert_eq!(event["aggregate_id"], *booking_id, "{key}");
                assert_eq!(event["payload"]["booking_reference"], *reference, "{key}");
                assert!(event["position"].as_i64().unwrap() <= *position, "{key}");
                accepted += 1;
                accepted_late += usize::from(0 < intent.open_tries);
            }
            Told::Refused { status, code } => {
                assert!(event.is_none(), "{key} was refused with {status} {code}, but is booked: {event:?}");
                refused += 1;
            }
        }
    }
    assert!(booked.is_empty(), "nobody ordered {booked:?}");
    println!("{accepted} accepted, {accepted_late} of them not at the first try, {refused} refused");
    assert!(0 < accepted_late, "no order met a fault");
    assert!(0 < refused, "no order was refused");
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}
