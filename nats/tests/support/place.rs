//! A journal and a nats-server, with relays and readers between them.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream;
use booking_journal::{ChainKey, Leases, Link, Reader, Recorded, StoredHead};
use booking_nats::doctor::{self, Finding};
use booking_nats::message::{Message, encode};
use booking_nats::{Definition, Feed, Progress, Relay, RelayFailure, StreamState, streams};
use sqlx::PgPool;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::postgres::Journal;
use super::{EPOCH, NatsServer};

/// Signs heads, in base64.
pub const KEY: &str = "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMDA=";

pub const WITHIN: Duration = Duration::from_secs(20);

pub struct Place {
    pub journal: Journal,
    pub nats: NatsServer,
}

pub struct RelayTask {
    progress: watch::Receiver<Progress>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), RelayFailure>>,
}

impl Place {
    pub async fn start() -> Self {
        Self { journal: Journal::start().await, nats: NatsServer::start(&[]) }
    }

    pub async fn relay(&self) -> RelayTask {
        self.relay_with(&self.journal.pool, Definition::default()).await
    }

    pub async fn relay_with(&self, leases: &PgPool, definition: Definition) -> RelayTask {
        let relay = Relay::new(self.nats.relay().await, self.reader(), Leases::new(leases.clone()));
        let relay = relay.with_definition(definition).with_key(Some(ChainKey::from_base64(KEY).unwrap()));
        let (stop, stopped) = oneshot::channel();
        // A task that nobody stops goes on until the test ends.
        let shutdown = async {
            if stopped.await.is_err() {
                std::future::pending().await
            }
        };
        RelayTask { progress: relay.progress(), stop, task: tokio::spawn(relay.run(shutdown)) }
    }

    pub fn reader(&self) -> Reader {
        Reader::new(self.journal.pool.clone())
    }

    pub async fn feed(&self, after: i64) -> Feed {
        Feed::open(self.nats.engine().await, self.reader(), EPOCH, after).await.unwrap()
    }

    pub async fn findings(&self) -> Vec<Finding> {
        let (engine, definition) = (self.nats.engine().await, Definition::default());
        doctor::examine(&engine, &self.reader(), &definition, i64::MAX).await.unwrap()
    }

    pub async fn stream_state(&self) -> StreamState {
        let state = streams::state(&self.nats.relay().await, &Definition::default(), EPOCH).await.unwrap();
        state.expect("the stream")
    }

    /// What the relay would publish, into a stream of another kind; made when it is absent.
    pub async fn publish_by_hand(&self, config: stream::Config, positions: RangeInclusive<i64>) {
        let client = self.nats.relay_client().await;
        let (name, subjects) = (Definition::default().name(EPOCH), vec!["booking.evt.>".to_owned()]);
        let config = stream::Config { name, subjects, ..config };
        async_nats::jetstream::new(client.clone()).create_stream(config).await.unwrap();
        let count = positions.end() - positions.start() + 1;
        for event in self.reader().after(positions.start() - 1, count).await.unwrap() {
            let Message { subject, headers, body } = encode(event, EPOCH, None).unwrap();
            client.request_with_headers(subject, headers, body).await.unwrap();
        }
    }

    /// How many read the stream.
    pub async fn consumers(&self) -> usize {
        let jetstream = async_nats::jetstream::new(self.nats.relay_client().await);
        let mut stream = jetstream.get_stream("BOOKING_EVENTS_1").await.unwrap();
        stream.info().await.unwrap().state.consumer_count
    }

    pub async fn message(&self, position: u64) -> Message {
        let jetstream = async_nats::jetstream::new(self.nats.relay_client().await);
        let stream = jetstream.get_stream("BOOKING_EVENTS_1").await.unwrap();
        let raw = stream.get_raw_message(position).await.unwrap();
        Message { subject: raw.subject.to_string(), headers: raw.headers, body: raw.payload }
    }

    /// `Booking-Previous` of the message at `position`.
    pub async fn previous_of(&self, position: u64) -> Vec<String> {
        let headers = self.message(position).await.headers;
        headers.get_all("Booking-Previous").map(ToString::to_string).collect()
    }

    pub async fn chained(&self) -> Link {
        self.reader().chain().last().await.unwrap()
    }

    pub async fn heads(&self) -> Vec<StoredHead> {
        self.reader().chain().heads(0).await.unwrap()
    }

    /// The chain at a position, computed from the first event.
    pub async fn recomputed(&self, position: i64) -> Link {
        let events = self.reader().after(0, position).await.unwrap();
        events.iter().fold(Link::start(), |link, event| link.then(event))
    }
}

impl RelayTask {
    pub async fn reaches(&self, position: i64) {
        self.shows(|progress| position <= progress.relayed).await;
    }

    pub async fn shows(&self, expected: impl FnMut(&Progress) -> bool) {
        let mut progress = self.progress.clone();
        let shown = timeout(WITHIN, progress.wait_for(expected)).await.is_ok_and(|shown| shown.is_ok());
        assert!(shown, "{:?}", *self.progress.borrow());
    }

    /// Lets it leave everything in order.
    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        timeout(WITHIN, self.task).await.unwrap().unwrap().unwrap();
    }

    pub async fn abort(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }

    /// How it ended by itself.
    pub async fn ended(self) -> Result<(), RelayFailure> {
        timeout(WITHIN, self.task).await.unwrap().unwrap()
    }
}

/// Reads up to `until` and no further, in the order of positions without a gap.
pub async fn read(feed: &mut Feed, until: i64) -> Vec<Recorded> {
    let mut events: Vec<Recorded> = Vec::new();
    while events.last().is_none_or(|last| last.position < until) {
        let batch = timeout(WITHIN, feed.next_batch(97)).await;
        let batch =
            batch.unwrap_or_else(|_late| panic!("nothing after {:?}", events.last().map(|e| e.position)));
        let batch = batch.unwrap();
        assert!((1..=97).contains(&batch.len()));
        events.extend(batch.into_iter().map(Arc::unwrap_or_clone));
    }
    for pair in events.windows(2) {
        assert_eq!(pair[0].position + 1, pair[1].position);
    }
    events
}
