//! A server is away, and comes back.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use futures::stream;
use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Stage, order, standby};
use crate::support::process::{Answer, Caller};
use crate::support::roles::eventually;

/// How many are placed while the server goes, so many at once.
const ORDERS: usize = 60;
const IN_FLIGHT_MAX: usize = 20;

#[tokio::test]
async fn without_nats_bookings_are_taken_and_shown_all_the_same() {
    let mut stage = Stage::set();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let place = async |seat| customer.post("/api/v1/bookings", order(&flight, &[seat])).await.is(201);
    let before = place("12A").await;
    customer.get_at(before.header("location"), before.position()).await.is(200);

    stage.nats.kill().unwrap();
    let meanwhile = place("12B").await;
    stage.dev.new_customer().post("/api/v1/bookings", order(&flight, &["12B"])).await.is(409);
    let read = when_shown(&customer, &meanwhile).await;
    health_is(&stage, 503).await;
    stage.nats.restart().unwrap();
    let after = place("12C").await;

    assert_eq!(read.body["booking_id"], meanwhile.body["booking_id"]);
    assert_eq!(all_of(&customer, &after).await, ids([&before, &meanwhile, &after]));
    health_is(&stage, 200).await;
    verified(&stage);
}

#[tokio::test]
async fn a_read_that_would_be_stale_waits_and_then_says_so() {
    let stage = Stage::set();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let before = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    customer.get_at(before.header("location"), before.position()).await.is(200);
    let owner = booking::database::owner(stage.dev.banner["database_url"].as_str().unwrap()).await.unwrap();

    let mut held = owner.begin().await.unwrap();
    sqlx::query("select from read.checkpoint for update").execute(&mut *held).await.unwrap();
    let placed = customer.post("/api/v1/bookings", order(&flight, &["12B"])).await.is(201);
    let lagging = customer.get_at(placed.header("location"), placed.position()).await;
    let old = customer.get(before.header("location")).await.is(200);
    held.rollback().await.unwrap();
    let read = when_shown(&customer, &placed).await;

    not_now(&lagging, "PROJECTION_LAGGING");
    assert_eq!(old.body["booking_id"], before.body["booking_id"]);
    assert_eq!(read.body["booking_id"], placed.body["booking_id"]);
    assert_eq!(stage.taken(&flight, placed.position()).await, ["12A", "12B"]);
}

#[tokio::test]
async fn without_postgres_nothing_is_answered_and_nothing_that_was_is_lost() {
    let mut stage = Stage::set();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let body = order(&flight, &["12A"]);
    customer.post_with_key("/api/v1/bookings", &standby(&flight, 1), "before").await.is(201);

    stage.postgres.stop().unwrap();
    let refused = customer.post_with_key("/api/v1/bookings", &body, "meanwhile").await;
    let unread = customer.get("/api/v1/bookings").await;
    stage.postgres.restart().unwrap();
    let placed = until_placed(&customer, &body, "meanwhile").await;
    let before = customer.post_with_key("/api/v1/bookings", &standby(&flight, 1), "before").await.is(201);

    not_now(&refused, "JOURNAL_UNAVAILABLE");
    not_now(&unread, "UNAVAILABLE");
    assert_eq!(before.header("idempotent-replayed"), "true");
    assert_eq!(all_of(&customer, &placed).await, ids([&placed, &before]));
}

#[tokio::test]
async fn an_order_cut_off_by_the_end_of_postgres_is_placed_once_however_often_it_is_repeated() {
    let mut stage = Stage::set();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let (body, answered) = (standby(&flight, 1), AtomicUsize::new(0));
    let postgres = Mutex::new(&mut stage.postgres);
    let place = async |number: usize| {
        let answer = customer.post_with_key("/api/v1/bookings", &body, &format!("order-{number}")).await;
        if answered.fetch_add(1, Ordering::Relaxed) == ORDERS / 4 {
            postgres.lock().unwrap().kill().unwrap();
        }
        answer
    };
    let all = stream::iter(0..ORDERS).map(place).buffered(IN_FLIGHT_MAX);
    let first: Vec<Answer> = all.collect().await;

    stage.postgres.restart().unwrap();
    let mut placed = vec![];
    for number in 0..ORDERS {
        placed.push(until_placed(&customer, &body, &format!("order-{number}")).await);
    }

    let (kept, cut): (Vec<_>, Vec<_>) = first.iter().zip(&placed).partition(|(first, _)| first.status == 201);
    assert!(ORDERS / 4 < kept.len() && !cut.is_empty(), "{} answered, {} cut off", kept.len(), cut.len());
    for (first, again) in kept {
        assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, "true"));
    }
    for (first, _) in cut {
        assert_eq!((first.status.as_u16(), &first.body["retryable"]), (503, &json!(true)), "{}", first.body);
    }
    let last = placed.iter().max_by_key(|one| one.position()[2..].parse::<u64>().unwrap()).unwrap();
    assert_eq!(all_of(&customer, last).await, ids(&placed));
    assert_eq!(ids(&placed).len(), ORDERS);
    verified(&stage);
}

/// The problem that says: not now, but later.
#[track_caller]
fn not_now(answer: &Answer, code: &str) {
    let (status, body) = (answer.status.as_u16(), &answer.body);
    assert_eq!((status, &body["code"], &body["retryable"]), (503, &json!(code), &json!(true)), "{body}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(0 < answer.header("retry-after").parse::<u32>().unwrap(), "{answer:?}");
}

async fn when_shown(customer: &Caller, placed: &Answer) -> Answer {
    eventually("the booking is shown", async || {
        let read = customer.get_at(placed.header("location"), placed.position()).await;
        (read.status != 503).then(|| read.is(200))
    })
    .await
}

async fn health_is(stage: &Stage, status: u16) {
    let nobody = Caller::new(&stage.dev.url(), "");
    eventually(&format!("the engine's health is {status}"), async || {
        let health = nobody.try_call(Method::GET, "/health/ready", None, &[]).await;
        health.is_ok_and(|health| health.status == status).then_some(())
    })
    .await;
}

async fn until_placed(customer: &Caller, body: &Value, key: &str) -> Answer {
    eventually("the order is taken", async || {
        let answer = customer.post_with_key("/api/v1/bookings", body, key).await;
        (answer.status != 503).then(|| answer.is(201))
    })
    .await
}

/// All bookings of a customer, once the last of them is shown.
async fn all_of(customer: &Caller, last: &Answer) -> BTreeSet<String> {
    let list = eventually("the list is shown", async || {
        let list = customer.get_at("/api/v1/bookings?limit=100", last.position()).await;
        (list.status != 503).then(|| list.is(200))
    })
    .await;
    let rows = list.body["data"].as_array().unwrap().iter();
    rows.map(|row| row["booking_id"].as_str().unwrap().to_owned()).collect()
}

fn ids<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> BTreeSet<String> {
    answers.into_iter().map(|answer| answer.text("booking_id").to_owned()).collect()
}

/// Journal and read models are as they must be.
fn verified(stage: &Stage) {
    let mut verify = Command::new(env!("CARGO_BIN_EXE_booking"));
    verify.args(["verify", "--json", "--data-dir"]).arg(stage.dev.folder.path()).env_remove("DATABASE_URL");
    let said = verify.output().unwrap();
    let report: Value = serde_json::from_slice(&said.stdout).unwrap_or_else(|_| panic!("{said:?}"));
    assert_eq!((said.status.code(), &report["breaches"]), (Some(0), &json!([])));
}
