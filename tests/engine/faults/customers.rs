//! Customers who go on booking whatever breaks, and remember what they were told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use booking_http::Role;
use rand::RngExt;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep, timeout};
use uuid::Uuid;

use crate::support::process::{Answer, Caller};
use crate::support::roles::RoleProcess;

/// Customers who book at the same time.
const CUSTOMERS: usize = 32;
/// Between two new orders of all customers together, so that there are seats until the end.
const PACE: Duration = Duration::from_millis(6);
/// Between two tries of one order.
const TRY_AGAIN: Duration = Duration::from_millis(50);
/// The longest that one order goes without a definite answer, whatever is killed meanwhile.
const ANSWERED_WITHIN: Duration = Duration::from_secs(120);
/// Every so many orders ask for one of few seats, so that some are refused.
const CONTESTED_EVERY: usize = 8;
const CONTESTED_SEATS: u32 = 3;

/// What a customer was told at last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Accepted { booking_id: String, reference: String, position: i64 },
    Refused { status: u16, code: String },
}

/// What became of one Idempotency-Key.
#[derive(Debug, Clone)]
pub struct Intent {
    pub told: Told,
    /// Tries that brought no answer, or one that left it open.
    pub open_tries: u32,
}

/// Customers at work.
pub struct Customers {
    office: Arc<Office>,
    at_work: JoinSet<()>,
}

/// What they share.
struct Office {
    doors: Vec<Caller>,
    query: Caller,
    flights: Vec<String>,
    pace: tokio::sync::Mutex<Interval>,
    closing: AtomicBool,
    orders: AtomicUsize,
    accepted: watch::Sender<usize>,
    read_back: AtomicUsize,
    intents: Mutex<HashMap<String, Intent>>,
}

impl Customers {
    /// `doors` are processes of the command API; an order that got no answer at one is sent to the next.
    pub fn start(doors: &[&RoleProcess], query_api: &RoleProcess, flights: Vec<String>) -> Self {
        let user = Uuid::new_v4();
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let office = Arc::new(Office {
            doors: doors.iter().map(|door| door.as_user(Role::Customer, user)).collect(),
            query: query_api.as_user(Role::Customer, user),
            flights,
            pace: tokio::sync::Mutex::new(pace),
            closing: AtomicBool::new(false),
            orders: AtomicUsize::new(0),
            accepted: watch::Sender::new(0),
            read_back: AtomicUsize::new(0),
            intents: Mutex::default(),
        });
        let mut at_work = JoinSet::new();
        for _ in 0..CUSTOMERS {
            at_work.spawn(Arc::clone(&office).work());
        }
        Self { office, at_work }
    }

    /// Waits until so many more orders were accepted: things work.
    pub async fn see_accepted(&mut self, more: usize) {
        let mut accepted = self.office.accepted.subscribe();
        let enough = *accepted.borrow() + more;
        tokio::select! {
            seen = timeout(ANSWERED_WITHIN, accepted.wait_for(|count| enough <= *count)) => {
                seen.unwrap_or_else(|_| panic!("no {more} more orders were accepted")).unwrap();
            }
            ended = self.at_work.join_next() => {
                let complaint = ended.map(Result::unwrap_err);
                panic!("a customer has given up: {complaint:?}");
            }
        }
    }

    /// Bookings that were read at once after they were placed.
    pub fn read_back(&self) -> usize {
        self.office.read_back.load(Ordering::Relaxed)
    }

    /// No more orders; those under way are brought to their end. Every intent has a definite answer then.
    pub async fn finish(mut self) -> HashMap<String, Intent> {
        self.office.closing.store(true, Ordering::Relaxed);
        while let Some(ended) = self.at_work.join_next().await {
            ended.unwrap();
        }
        std::mem::take(&mut *self.office.intents.lock().unwrap())
    }
}

impl Office {
    async fn work(self: Arc<Self>) {
        while !self.closing.load(Ordering::Relaxed) {
            self.pace.lock().await.tick().await;
            let number = self.orders.fetch_add(1, Ordering::Relaxed);
            let (key, order) = (format!("order-{number}"), self.order(number).to_string());
            let intent = self.insist(&key, &order, number).await;
            let repeated = self.insist(&key, &order, number + 1).await;
            assert_eq!(repeated.told, intent.told, "{key} was answered otherwise the second time");
            if let Told::Accepted { booking_id, reference, position } = &intent.told {
                self.accepted.send_modify(|count| *count += 1);
                self.read(booking_id, reference, *position).await;
            }
            self.intents.lock().unwrap().insert(key, intent);
        }
    }

    fn order(&self, number: usize) -> Value {
        let passengers = json!([{"first_name": "Ada", "last_name": "Lovelace"}]);
        if number.is_multiple_of(CONTESTED_EVERY) {
            let seat = format!("{}A", 10 + rand::rng().random_range(0..CONTESTED_SEATS));
            return json!({"flight_id": self.flights[0], "seats": [seat], "passengers": passengers});
        }
        let flight = &self.flights[1 + number % (self.flights.len() - 1)];
        json!({"flight_id": flight, "passengers": passengers})
    }

    /// Sends the order with the same key until there is a definite answer.
    async fn insist(&self, key: &str, order: &str, first_door: usize) -> Intent {
        let (deadline, mut open_tries) = (Instant::now() + ANSWERED_WITHIN, 0);
        loop {
            let door = &self.doors[(first_door + open_tries as usize) % self.doors.len()];
            let headers = [("idempotency-key", key)];
            let answer =
                door.try_call(Method::POST, "/api/v1/bookings", Some(order.to_owned()), &headers).await;
            if let Some(told) = answer.ok().and_then(|answer| definite(key, &answer)) {
                return Intent { told, open_tries };
            }
            assert!(Instant::now() < deadline, "{key} was never answered");
            open_tries += 1;
            sleep(TRY_AGAIN).await;
        }
    }

    /// A reader who names the position of a booking sees the booking, or is told to come again.
    async fn read(&self, booking_id: &str, reference: &str, position: i64) {
        let (path, at_least) = (format!("/api/v1/bookings/{booking_id}"), format!("1.{position}"));
        let headers = [("booking-min-position", at_least.as_str())];
        let answer = self.query.try_call(Method::GET, &path, None, &headers).await;
        let Ok(answer) = answer else { return };
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            return;
        }
        assert_eq!(answer.status, StatusCode::OK, "{reference} of position {position}: {answer:?}");
        assert_eq!(answer.body["booking_reference"], reference);
        self.read_back.fetch_add(1, Ordering::Relaxed);
    }
}

/// `None` when the order has to be sent again.
fn definite(key: &str, answer: &Answer) -> Option<Told> {
    let text = |name: &str| answer.body[name].as_str().unwrap_or_default().to_owned();
    match answer.status {
        StatusCode::CREATED => Some(Told::Accepted {
            booking_id: text("booking_id"),
            reference: text("booking_reference"),
            position: position(answer),
        }),
        StatusCode::CONFLICT => Some(Told::Refused { status: answer.status.as_u16(), code: text("code") }),
        StatusCode::SERVICE_UNAVAILABLE => None,
        other => panic!("{key} was answered {other}: {answer:?}"),
    }
}

/// Of `Booking-Position`, such as `1.48213`.
pub fn position(answer: &Answer) -> i64 {
    let token = answer.headers["booking-position"].to_str().unwrap();
    token.split_once('.').unwrap().1.parse().unwrap()
}
