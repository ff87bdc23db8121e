//! Many want the same at once.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use booking_http::Role;
use chrono::TimeDelta;
use futures::StreamExt;
use futures::stream;
use serde_json::{Value, json};

use super::stage::{Stage, flight, order, standby, usd};
use crate::support::process::{Answer, Caller};

/// Requests under way at once.
const IN_FLIGHT_MAX: usize = 200;

#[tokio::test]
async fn of_five_hundred_buyers_of_one_seat_one_gets_it() {
    let stage = Stage::shared();
    let flight = stage.flight().await;

    let answers = crowd(&buyers(stage, 500, &[stage.dev.url()]), &order(&flight, &["12A"])).await;

    let winner = one_seat_was_sold(&answers, "12A");
    assert_eq!(stage.taken(&flight, winner.position()).await, ["12A"]);
}

#[tokio::test]
async fn a_pool_of_five_hundred_is_sold_exactly_five_hundred_times() {
    let stage = Stage::shared();
    let flight = stage.flight().await;

    let answers = crowd(&buyers(stage, 2_000, &[stage.dev.url()]), &standby(&flight, 1)).await;

    assert_eq!(sold(&answers), 500);
    assert_pool(stage, &flight, &answers, 500).await;
}

#[tokio::test]
async fn two_processes_sell_a_seat_once_and_a_pool_no_more_often_than_it_has_places() {
    let stage = Stage::shared();
    let processes = [CommandApi::start(stage), CommandApi::start(stage)];
    let urls = processes.each_ref().map(|process| process.url.clone());
    let mut body = flight(TimeDelta::days(10));
    body["cabins"][2] = json!({"class": "standby", "count": 100, "overbooking_limit": 10, "price": usd("9")});
    let scheduled = stage.dev.owner().post("/api/v1/flights", body).await.is(201);
    let flight = scheduled.text("flight_id");

    let for_a_seat = crowd(&buyers(stage, 500, &urls), &order(flight, &["12A"])).await;
    let for_a_place = crowd(&buyers(stage, 400, &urls), &standby(flight, 1)).await;

    let winner = one_seat_was_sold(&for_a_seat, "12A");
    assert_eq!(stage.taken(flight, winner.position()).await, ["12A"]);
    assert_eq!(sold(&for_a_place), 110);
    assert_pool(stage, flight, &for_a_place, 110).await;
}

#[tokio::test]
async fn one_order_sent_many_times_at_once_is_one_booking() {
    let stage = Stage::shared();
    let (body, customer) = (order(&stage.flight().await, &["12A"]), stage.dev.new_customer());
    let process = CommandApi::start(stage);
    let doors = [customer.clone(), customer.at(&process.url)];

    let send = |number: usize| doors[number % 2].post_with_key("/api/v1/bookings", &body, "impatient");
    let answers: Vec<Answer> = stream::iter(0..100).map(send).buffer_unordered(IN_FLIGHT_MAX).collect().await;

    for answer in &answers {
        assert_eq!((answer.status.as_u16(), &answer.body), (201, &answers[0].body));
    }
    let first: Vec<&Answer> =
        answers.iter().filter(|answer| answer.header("idempotent-replayed").is_empty()).collect();
    assert_eq!(first.len(), 1, "all others say that they are repeats");
}

/// So many new customers, dealt out among processes.
fn buyers(stage: &Stage, count: usize, urls: &[String]) -> Vec<Caller> {
    let doors: Vec<Caller> = urls.iter().map(|url| stage.dev.new_customer().at(url)).collect();
    let token = || stage.dev.token(Role::Customer, uuid::Uuid::now_v7().into(), TimeDelta::hours(1));
    (0..count).map(|number| doors[number % doors.len()].with_token(&token())).collect()
}

/// Everyone orders the same.
async fn crowd(buyers: &[Caller], body: &Value) -> Vec<Answer> {
    let place = |buyer: &Caller| {
        let (buyer, body) = (buyer.clone(), body.clone());
        async move { buyer.post("/api/v1/bookings", body).await }
    };
    stream::iter(buyers).map(place).buffer_unordered(IN_FLIGHT_MAX).collect().await
}

/// One answer is the booking; each other one names the seat as taken and offers others.
fn one_seat_was_sold<'a>(answers: &'a [Answer], seat: &str) -> &'a Answer {
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(won.len(), 1);
    assert_eq!(won[0].body["allocated_seats"], json!([seat]));
    for answer in lost {
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (409, &json!("SEAT_TAKEN")),
            "{}",
            answer.body
        );
        assert_eq!(answer.body["details"]["taken"][0]["seat_number"], seat);
        let offered = answer.body["alternatives"].as_array().unwrap();
        assert!(!offered.is_empty() && offered.iter().all(|offer| offer["seat_number"] != seat));
    }
    won[0]
}

/// How many got a place; all others are told that none is left.
fn sold(answers: &[Answer]) -> usize {
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    let none_left = "Flight AA100 has only 0 seats available but 1 passenger requested";
    for answer in lost {
        assert_eq!(
            (answer.status.as_u16(), &answer.body["details"]),
            (409, &json!(none_left)),
            "{}",
            answer.body
        );
    }
    won.len()
}

async fn assert_pool(stage: &Stage, flight: &str, answers: &[Answer], claimed: usize) {
    let last = answers.iter().max_by_key(|answer| answer.position()[2..].parse::<u64>().unwrap()).unwrap();
    let path = format!("/api/v1/flights/{flight}/seats");
    let map = stage.dev.customer().get_at(&path, last.position()).await.is(200);
    assert_eq!(
        (&map.body["pools"][0]["claimed"], &map.body["pools"][0]["left"]),
        (&json!(claimed), &json!(0))
    );
}

/// A writing process beside the one in `booking dev`. Killed when dropped.
struct CommandApi {
    child: Child,
    url: String,
}

impl CommandApi {
    fn start(stage: &Stage) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_booking"));
        command.arg("command-api").env("PORT", "0").env("BOOKING_ENV", "development");
        command.env("DATABASE_URL", stage.dev.banner["database_url"].as_str().unwrap());
        command.env("JWT_SECRET", stage.dev.secret("jwt_secret"));
        command.env("MASTER_KEY", stage.dev.secret("master_key"));
        command.env_remove("LOG_LEVEL").env_remove("LOG_FORMAT");
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(0 < log.read_line(&mut line).unwrap(), "it ended before it served");
            let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
            if let Some(address) = line["fields"]["address"].as_str() {
                break address.replace("0.0.0.0", "127.0.0.1");
            }
        };
        std::thread::spawn(move || io::copy(&mut log, &mut io::sink()));
        Self { child, url: format!("http://{address}") }
    }
}

impl Drop for CommandApi {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
