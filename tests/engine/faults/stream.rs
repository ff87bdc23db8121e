//! The stream says what the journal says, whatever becomes of NATS and of those that relay.

use std::time::Duration;

use async_nats::jetstream::consumer::push::OrderedConfig;
use async_nats::{ConnectOptions, HeaderMap};
use booking::dev::DEMO;
use booking_nats::config::{ENGINE_USER, RELAY_USER};
use booking_nats::{Definition, StreamState, streams};
use futures::StreamExt;
use serde_json::Value;
use sqlx::Row;

use crate::support::roles::{Engine, RoleProcess, eventually};

const STREAM: &str = "BOOKING_EVENTS_1";
/// The longest between two messages of a stream that is read.
const MESSAGE_WITHIN: Duration = Duration::from_secs(20);
/// Flights of so many days are some windows of a relay.
const DAYS: u64 = 15;
/// How often a relay is paused in the hope that it was publishing.
const PAUSES_MAX: usize = 20;

/// What a message says of itself, read without the engine's own code.
#[derive(Debug, PartialEq, Eq)]
pub struct Streamed {
    pub sequence: i64,
    pub position: String,
    pub event_id: String,
    pub payload: Value,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_files_were_deleted_is_refilled_with_sequences_that_are_positions() {
    let mut engine = Engine::with_flights().await;
    let mut relay = engine.relay().await;
    await_stream(&engine, engine.head().await).await;

    engine.wipe_nats();
    engine.seed(1, 1).await;
    engine.restart_nats();
    let head = engine.head().await;
    await_stream(&engine, head).await;

    relay.await_ready().await;
    assert_is_the_journal(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_relay_goes_on_where_a_killed_one_was() {
    let engine = Engine::with_flights().await;
    let mut first = engine.relay().await;
    await_stream(&engine, engine.head().await).await;
    let _second = engine.relay().await;

    first.kill().await;
    engine.seed(1, 1).await;
    await_stream(&engine, engine.head().await).await;

    assert_is_the_journal(&engine).await;
}

/// The paused one does not know that it was replaced: it goes on with its window when it wakes up.
#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_was_paused_while_another_took_over_repeats_and_reorders_nothing() {
    let mut engine = Engine::with_flights_of(DAYS).await;
    let head = engine.head().await;
    let (mut leading, mut other) = (engine.relay().await, None);
    for _ in 0..PAUSES_MAX {
        await_stream(&engine, head).await;
        pause_within_a_refill(&mut engine, &leading, head).await;
        let successor = match other.take() {
            Some(other) => other,
            None => engine.relay().await,
        };
        take_lease_from_its_holder(&engine).await;
        await_stream(&engine, head).await;
        leading.signal("CONT").await;
        let was_refused = eventually("the paused relay notices", async || {
            let last = state(&engine).await?.last;
            assert!(last <= head, "the stream ends at {last}, though there are {head} events");
            notices(&leading)
        })
        .await;

        leading.await_ready().await;
        assert_is_the_journal(&engine).await;
        if was_refused {
            return;
        }
        other = Some(std::mem::replace(&mut leading, successor));
    }
    panic!("in {PAUSES_MAX} pauses no relay was paused while it had something to publish");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stray_message_at_the_end_stops_the_relay_and_is_mended_by_the_doctor() {
    let engine = Engine::with_flights().await;
    let mut relay = engine.relay().await;
    let head = engine.head().await;
    await_stream(&engine, head).await;
    engine.run(&["doctor"]).await.succeeded();

    publish_stray(&engine).await;
    relay.await_unready().await;
    let said = engine.run(&["doctor"]).await.ended_with(3);
    let finding = format!("stream: the stream is at {}, but the journal ends at {head}\n", head + 1);
    assert!(said.stdout.contains(&finding), "{said:?}");

    engine.run(&["doctor", "--mend"]).await.succeeded();
    relay.restart().await;
    await_stream(&engine, head).await;
    engine.run(&["doctor"]).await.succeeded();
    assert_is_the_journal(&engine).await;
}

/// The stream is then exactly as long as the journal, and only a comparison tells that it lies.
#[tokio::test(flavor = "multi_thread")]
async fn a_stray_message_in_the_place_of_an_event_is_found_and_refilled_while_the_relay_runs() {
    let engine = Engine::with_flights().await;
    let mut relay = engine.relay().await;
    let stray = engine.head().await + 1;
    await_stream(&engine, stray - 1).await;

    relay.kill().await;
    publish_stray(&engine).await;
    engine.seed(1, 1).await;
    relay.restart().await;
    await_stream(&engine, engine.head().await).await;
    let said = engine.run(&["doctor"]).await.ended_with(3);
    assert!(said.stdout.contains(&format!("message {stray} on ")), "{said:?}");

    engine.run(&["doctor", "--mend"]).await.succeeded();
    await_stream(&engine, engine.head().await).await;
    engine.run(&["doctor"]).await.succeeded();
    assert_is_the_journal(&engine).await;
}

/// Waits until the stream ends at `last`.
pub async fn await_stream(engine: &Engine, last: i64) {
    eventually(&format!("the stream ends at {last}"), async || {
        (state(engine).await?.last == last).then_some(())
    })
    .await;
}

/// Every message of the stream, in order, as a foreign program would read it.
pub async fn messages(engine: &Engine) -> Vec<Streamed> {
    let last = state(engine).await.expect("a stream").last;
    let client = client(ENGINE_USER, &engine.engine_url()).await;
    let config = OrderedConfig { deliver_subject: client.new_inbox(), ..OrderedConfig::default() };
    let consumer =
        async_nats::jetstream::new(client).create_consumer_on_stream(config, STREAM).await.unwrap();
    let mut delivered = consumer.messages().await.unwrap();
    let mut messages: Vec<Streamed> = vec![];
    while messages.last().is_none_or(|message| message.sequence < last) {
        let message = tokio::time::timeout(MESSAGE_WITHIN, delivered.next()).await.expect("a message");
        messages.push(Streamed::from(message.unwrap().unwrap()));
    }
    messages
}

impl From<async_nats::jetstream::Message> for Streamed {
    fn from(message: async_nats::jetstream::Message) -> Self {
        let headers = message.headers.clone().unwrap_or_default();
        let header =
            |name: &str| headers.get(name).map(|value| value.as_str().to_owned()).unwrap_or_default();
        Self {
            sequence: i64::try_from(message.info().unwrap().stream_sequence).unwrap(),
            position: header("Booking-Position"),
            event_id: header("ce-id"),
            payload: serde_json::from_slice(&message.payload).unwrap_or_default(),
        }
    }
}

async fn assert_is_the_journal(engine: &Engine) {
    let journal = engine.replay(&[]).await;
    let expected: Vec<Streamed> = journal
        .into_iter()
        .map(|mut event| Streamed {
            sequence: event["position"].as_i64().unwrap(),
            position: format!("1.{}", event["position"]),
            event_id: event["event_id"].as_str().unwrap().to_owned(),
            payload: event["payload"].take(),
        })
        .collect();
    let streamed = messages(engine).await;
    assert_eq!(streamed.len(), expected.len());
    let differing = streamed.iter().zip(&expected).find(|(streamed, expected)| streamed != expected);
    assert_eq!(differing, None);
}

/// What the stream holds; `None` without a server or a stream.
async fn state(engine: &Engine) -> Option<StreamState> {
    let connection = booking_nats::connect(&engine.engine_url(), "test").await.ok()?;
    streams::state(&connection, &Definition::default(), 1).await.ok()?
}

/// Leaves the relay paused in the middle of its work, if it can be caught there.
async fn pause_within_a_refill(engine: &mut Engine, relay: &RoleProcess, head: i64) {
    for _ in 0..PAUSES_MAX {
        engine.wipe_nats();
        engine.restart_nats();
        let connection = booking_nats::connect(&engine.engine_url(), "test").await.unwrap();
        while !matches!(
            streams::state(&connection, &Definition::default(), 1).await,
            Ok(Some(StreamState { last: 1.., .. }))
        ) {
            tokio::task::yield_now().await;
        }
        relay.signal("STOP").await;
        if state(engine).await.is_some_and(|state| state.last < head) {
            return;
        }
        relay.signal("CONT").await;
    }
    panic!("the relay was never caught in the middle of a refill");
}

/// As when the connection of the paused process is cut.
async fn take_lease_from_its_holder(engine: &Engine) {
    let owner = engine.owner().await;
    let ended: i64 = sqlx::query(
        "select count(pg_terminate_backend(pid)) from pg_locks join pg_stat_activity using (pid)
         where locktype = 'advisory' and granted and application_name = 'booking_relay'",
    )
    .fetch_one(&owner)
    .await
    .unwrap()
    .get(0);
    assert_eq!(ended, 1);
}

/// `true` when what it published late was refused, `false` when it published nothing.
fn notices(relay: &RoleProcess) -> Option<bool> {
    let log = relay.log();
    if log.contains("wrong last sequence") {
        return Some(true);
    }
    log.contains("the relay lost its lease").then_some(false)
}

/// As nobody but the relay's user can.
async fn publish_stray(engine: &Engine) {
    let jetstream = async_nats::jetstream::new(client(RELAY_USER, &engine.relay_url()).await);
    let subject = format!("booking.evt.{}.booking.created", DEMO[0].id());
    let sent = jetstream.publish_with_headers(subject, HeaderMap::new(), "{}".into()).await.unwrap();
    sent.await.unwrap();
}

async fn client(user: &str, url: &str) -> async_nats::Client {
    let (credentials, address) = url.strip_prefix("nats://").unwrap().split_once('@').unwrap();
    let (_, password) = credentials.split_once(':').unwrap();
    let options = ConnectOptions::new().user_and_password(user.to_owned(), password.to_owned());
    options.custom_inbox_prefix(format!("_INBOX_{user}")).connect(address).await.unwrap()
}
