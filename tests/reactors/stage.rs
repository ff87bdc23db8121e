//! A scene with a relay and a nats-server, on which reactors run as in processes of their own.

use std::time::{Duration, Instant};

use booking::database::{self, DatabaseRole};
use booking::servers::Nats;
use booking_domain::UseCase;
use booking_domain::use_cases::{ConfirmBooking, Seats};
use booking_domain::values::{Actor, BookingId};
use booking_http::health::Part;
use booking_http::{Clock, Edge, Requests, health};
use booking_journal::{Leases, Reader};
use booking_nats::Relay;
use booking_reactors::{Reactors, Settings};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::Value;
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::scene::{Scene, booking_of};

/// How long a priced booking of the scene's tenant waits for its payment.
pub const PAYMENT_WINDOW: TimeDelta = TimeDelta::minutes(30);

/// Connections of the reactors of one process.
const CONNECTIONS: u32 = 6;

/// The longest that anything is waited for, on however busy a machine.
const WITHIN: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);

pub struct Stage {
    pub scene: Scene,
    pub owner: PgPool,
    nats: Nats,
    relay: JoinHandle<()>,
}

impl Stage {
    pub async fn set() -> Self {
        let nats = || Nats::throwaway("jetstream {}").unwrap();
        let (scene, nats) = (Scene::new().await, tokio::task::spawn_blocking(nats).await.unwrap());
        let pool = scene.database.pool(DatabaseRole::Relay);
        let connection = booking_nats::connect(&nats.url(), "relay").await.unwrap();
        let relay = Relay::new(connection, Reader::new(pool.clone()), Leases::new(pool));
        let relay = tokio::spawn(async move { relay.run(std::future::pending()).await.unwrap() });
        let owner = scene.database.owner().await;
        Self { scene, owner, nats, relay }
    }

    /// Those of one process, with a writer of its own.
    pub async fn reactors(&self) -> Reactors {
        self.reactors_ahead(0).await
    }

    /// The same with a clock that is ahead.
    pub async fn reactors_ahead(&self, minutes: i64) -> Reactors {
        let pool = database::pool(&self.scene.database.url, DatabaseRole::Reactor, CONNECTIONS).unwrap();
        let nats = booking_nats::connect(&self.nats.url(), "reactors").await.unwrap();
        let (journal, clock) = (self.scene.another_journal(), Clock::ahead_by_minutes(minutes));
        Reactors::spawn(&Settings { pool, nats, journal, clock })
    }

    /// Places a booking whose payment is due in so long, or was that long ago; and when that is.
    pub async fn place_due_in(&self, due_in: TimeDelta, seats: Seats) -> (BookingId, DateTime<Utc>) {
        self.place(due_in, self.scene.place(seats)).await
    }

    pub async fn place_in_pool_due_in(&self, due_in: TimeDelta) -> (BookingId, DateTime<Utc>) {
        self.place(due_in, self.scene.place_in_pool()).await
    }

    async fn place(&self, due_in: TimeDelta, order: UseCase) -> (BookingId, DateTime<Utc>) {
        let UseCase::PlaceBooking(mut place) = order else { panic!("an order places a booking") };
        let due_at = (Utc::now() + due_in).trunc_subsecs(3);
        place.now = due_at - PAYMENT_WINDOW;
        (booking_of(&self.scene.done(UseCase::PlaceBooking(place)).await), due_at)
    }

    pub async fn confirm(&self, booking_id: BookingId) {
        let confirm = ConfirmBooking { booking_id, by: Actor::SYSTEM, now: Utc::now() };
        self.scene.done(UseCase::ConfirmBooking(confirm)).await;
    }

    /// How often the journal says that a booking has expired.
    pub async fn expirations(&self, booking_id: BookingId) -> i64 {
        sqlx::query_scalar(EXPIRATIONS).bind(booking_id.to_string()).fetch_one(&self.owner).await.unwrap()
    }

    /// Payload, metadata and instant of the only expiration of a booking.
    pub async fn expiration(&self, booking_id: BookingId) -> (Value, Value) {
        sqlx::query_as(EXPIRATION).bind(booking_id.to_string()).fetch_one(&self.owner).await.unwrap()
    }

    pub async fn await_expired(&self, booking_id: BookingId) {
        eventually("the booking expires", async || (0 < self.expirations(booking_id).await).then_some(()))
            .await;
    }

    /// Waits until reactors have read all that is in the journal, and no timer is left.
    pub async fn await_rest(&self) {
        eventually("nothing is left to be done", async || {
            let rest: bool = sqlx::query_scalar(AT_REST).fetch_one(&self.owner).await.unwrap();
            rest.then_some(())
        })
        .await;
    }

    /// Waits until reactors have read all that is in the journal.
    pub async fn await_read(&self) {
        eventually("all events are read", async || {
            let read: bool = sqlx::query_scalar(ALL_READ).fetch_one(&self.owner).await.unwrap();
            read.then_some(())
        })
        .await;
    }

    pub async fn count(&self, table_and_condition: &str) -> i64 {
        let query = format!("select count(*) from {table_and_condition}");
        sqlx::query_scalar(&query).fetch_one(&self.owner).await.unwrap()
    }

    pub async fn await_count(&self, table_and_condition: &str, count: i64) {
        eventually(table_and_condition, async || {
            (self.count(table_and_condition).await == count).then_some(())
        })
        .await;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.relay.abort();
    }
}

/// Whether a process with these parts says that it is ready.
pub async fn is_ready(parts: Vec<Part>) -> bool {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/health/ready", listener.local_addr().unwrap());
    let server = tokio::spawn(booking_http::serve(
        listener,
        health::routes(parts).router(),
        Edge::default(),
        Requests::default(),
        std::future::pending(),
    ));
    let answer = reqwest::get(url).await.unwrap();
    server.abort();
    answer.status() == 200
}

/// Asks again and again until there is an answer.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + WITHIN;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(POLL).await;
    }
}

const EXPIRATIONS: &str = "
    select count(*) from journal.event
    where aggregate_type = 'booking' and aggregate_id = $1 and event_type = 'booking.expired'";

const EXPIRATION: &str = "
    select payload, metadata from journal.event
    where aggregate_type = 'booking' and aggregate_id = $1 and event_type = 'booking.expired'";

const ALL_READ: &str = "
    select position = (select max(position) from journal.event) from react.checkpoint where name = 'expiry'";

const AT_REST: &str = "
    select position = (select max(position) from journal.event) and not exists (select from react.timer)
    from react.checkpoint where name = 'expiry'";
