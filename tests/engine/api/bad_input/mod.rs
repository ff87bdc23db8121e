//! Whatever is wrong with a request is said in one form, and changes nothing.

mod bodies;
mod callers;
mod fields;
mod queries;
mod refusals;

use std::sync::LazyLock;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::stage::{self, Stage, order, standby};
use crate::support::process::{Answer, Caller};

static STAGE: LazyLock<Stage> = LazyLock::new(Stage::set);
static SCENE: OnceCell<Scene> = OnceCell::const_new();

/// What texts of answers must not hold, in small letters.
const LEAKS: [&str; 10] = [
    "select ",
    "insert ",
    "sqlx",
    "postgres",
    "journal.",
    "panicked",
    "backtrace",
    ".rs:",
    "thread '",
    "nats",
];

/// A `booking dev` in which all has happened that ever will: every request from now on is wrong.
#[derive(Clone)]
struct Scene {
    stage: &'static Stage,
    customer: Caller,
    /// The customer's, on seat 12A of `open`, placed under the key `taken`.
    booking: Answer,
    open: String,
    closed: String,
    cancelled: String,
    departed: String,
    /// Of the other business.
    foreign_flight: String,
    foreign_booking: String,
    /// The journal's last position, for good.
    head: i64,
}

impl Scene {
    /// With connections of this test's own.
    async fn set() -> Self {
        let scene = SCENE.get_or_init(Self::play).await.clone();
        Self { customer: scene.customer.anew(), ..scene }
    }

    async fn play() -> Self {
        let stage = &*STAGE;
        let (owner, stranger, customer) = (stage.dev.owner(), stage.dev.stranger(), stage.dev.new_customer());
        let (open, closed, cancelled) = (stage.flight().await, stage.flight().await, stage.flight().await);
        let departed = stage.flight_in(TimeDelta::hours(-1)).await;
        owner.post(&format!("/api/v1/flights/{closed}/close"), json!({})).await.is(200);
        owner.post(&format!("/api/v1/flights/{cancelled}/cancel"), json!({})).await.is(200);
        let foreign = stranger.post("/api/v1/flights", stage::flight(TimeDelta::days(10))).await.is(201);
        let foreign_flight = foreign.text("flight_id").to_owned();
        let foreign = stranger.post("/api/v1/bookings", standby(&foreign_flight, 1)).await.is(201);
        let foreign_booking = foreign.text("booking_id").to_owned();
        let body = order(&open, &["12A"]);
        let booking = customer.post_with_key("/api/v1/bookings", &body, "taken").await.is(201);
        customer.get_at(booking.header("location"), booking.position()).await.is(200);
        let head = stage.head().await;
        Self {
            stage,
            customer,
            booking,
            open,
            closed,
            cancelled,
            departed,
            foreign_flight,
            foreign_booking,
            head,
        }
    }

    /// Places an order as the customer.
    async fn place(&self, body: Value) -> Answer {
        self.customer.post("/api/v1/bookings", body).await
    }

    /// An order that would be taken if it were not changed.
    fn good_order(&self) -> Value {
        json!({"flight_id": self.open, "seats": ["20A"], "passengers": [{"first_name": "A", "last_name": "B"}]})
    }

    async fn assert_unchanged(&self) {
        assert_eq!(self.stage.head().await, self.head, "a refused request was stored");
    }
}

/// The document with another value at a pointer; what is not there yet is added to its parent.
fn changed(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match parent.as_array_mut() {
        Some(array) => array[name.parse::<usize>().unwrap()] = value,
        None => parent[name] = value,
    }
    document
}

/// The answer is a problem with this status and code, has all that a problem needs, and tells no secrets.
#[track_caller]
pub(super) fn assert_problem(what: &str, answer: &Answer, status: u16, code: &str) {
    let body = &answer.body;
    assert_eq!((answer.status.as_u16(), &body["code"]), (status, &json!(code)), "{what}: {body}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    assert_eq!(body["status"], status, "{what}");
    assert_eq!(
        body["type"],
        format!("urn:booking:problem:{}", code.to_lowercase().replace('_', "-")),
        "{what}"
    );
    for member in ["title", "detail", "message", "instance"] {
        assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{what}: {member} in {body}");
    }
    let trace_id = body["trace_id"].as_str().unwrap_or_default();
    assert!(trace_id.len() == 32 && trace_id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{what}: {body}");
    assert_eq!(body["retryable"], status == 429, "{what}");
    let (text, server) = (body.to_string().to_lowercase(), answer.header("server"));
    assert!(LEAKS.iter().all(|leak| !text.contains(leak)) && server.is_empty(), "{what}: {server} {text}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
}

#[tokio::test]
async fn the_order_that_these_tests_spoil_is_a_good_one() {
    let scene = Scene::set().await;
    // Only the seat is taken: all that comes before deciding is in order.
    let answer = scene.place(changed(scene.good_order(), "/seats", json!(["12A"]))).await;
    assert_problem("a good order, too late", &answer, 409, "SEAT_TAKEN");
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn a_problem_belongs_to_the_trace_of_its_request() {
    let scene = Scene::set().await;
    let trace = [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")];
    let answer = scene.customer.call(reqwest::Method::GET, "/api/v1/nowhere", None, &trace).await;
    assert_problem("an unknown address", &answer, 404, "ROUTE_NOT_FOUND");
    assert_eq!(answer.body["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(answer.body["instance"], "/api/v1/nowhere");
}
