//! From the journal through the stream to a reader, with NATS wiped, rolled back, silent and away.

#![expect(clippy::unwrap_used, reason = "a test whose servers fail must fail")]

mod support;

use std::time::Duration;

use async_nats::jetstream::stream;
use booking_nats::doctor::{self, Finding};
use booking_nats::{Definition, Feed, FeedFailure, RelayFailure, RelayState, StreamFailure, ensure};
use sqlx::postgres::PgPoolOptions;
use support::EPOCH;
use support::place::{Place, WITHIN, read};
use tokio::time::timeout;
use uuid::Uuid;

#[tokio::test]
async fn every_event_reaches_the_stream_at_its_position_and_the_reader_in_order() {
    let place = Place::start().await;
    place.journal.append(3_000, 3).await;
    let relay = place.relay().await;
    let mut feed = place.feed(0).await;

    let events = read(&mut feed, 3_000).await;
    place.journal.append(700, 3).await;
    read(&mut feed, 3_700).await;
    relay.reaches(3_700).await;

    let journal = place.reader().after(0, 3_000).await.unwrap();
    assert!(events == journal, "the reader got the journal's rows, byte for byte");
    assert_eq!(place.findings().await, []);
    assert_eq!(place.previous_of(1).await, ["0"]);
    assert_eq!(place.previous_of(4).await, ["1"]);
    assert_eq!(place.previous_of(3_700).await, ["3697"]);
}

#[tokio::test]
async fn a_relay_that_starts_anew_knows_each_tenants_last_event() {
    let place = Place::start().await;
    place.journal.append(10, 3).await;
    let relay = place.relay().await;
    relay.reaches(10).await;
    relay.abort().await;

    place.journal.append(3, 3).await;
    place.relay().await.reaches(13).await;

    assert_eq!([place.previous_of(11).await, place.previous_of(13).await], [["8"], ["10"]]);
}

#[tokio::test]
async fn without_nats_the_reader_goes_on_and_nothing_is_missing_afterwards() {
    let mut place = Place::start().await;
    place.journal.append(500, 3).await;
    let relay = place.relay().await;
    let mut feed = place.feed(0).await;
    read(&mut feed, 500).await;

    place.nats.stop();
    place.journal.append(400, 3).await;
    read(&mut feed, 900).await;
    relay.shows(|progress| matches!(progress.state, RelayState::Retrying(_)) && progress.head == 900).await;
    place.nats.resume();
    relay.reaches(900).await;
    place.journal.append(100, 3).await;
    read(&mut feed, 1_000).await;

    assert_eq!(place.findings().await, []);
}

#[tokio::test]
async fn a_wiped_server_is_refilled_and_the_reader_misses_and_repeats_nothing() {
    let mut place = Place::start().await;
    place.journal.append(2_500, 3).await;
    let relay = place.relay().await;
    let mut feed = place.feed(0).await;
    read(&mut feed, 1_200).await;

    place.nats.stop();
    place.nats.wipe();
    place.nats.resume();
    read(&mut feed, 2_500).await;
    relay.reaches(2_500).await;
    relay.shows(|progress| progress.streams_made == 2).await;
    place.journal.append(600, 3).await;
    read(&mut feed, 3_100).await;

    relay.reaches(3_100).await;
    assert_eq!(place.findings().await, []);
}

#[tokio::test]
async fn a_server_that_was_rolled_back_is_brought_up_again() {
    let mut place = Place::start().await;
    place.journal.append(300, 3).await;
    let relay = place.relay().await;
    let mut feed = place.feed(0).await;
    read(&mut feed, 300).await;
    place.nats.stop();
    place.nats.back_up();
    place.nats.resume();
    place.journal.append(600, 3).await;
    read(&mut feed, 900).await;
    relay.reaches(900).await;

    place.nats.stop();
    place.nats.roll_back();
    place.nats.resume();
    place.journal.append(50, 3).await;
    read(&mut feed, 950).await;
    relay.reaches(950).await;
    let mut late = place.feed(0).await;
    read(&mut late, 950).await;

    assert_eq!(place.findings().await, []);
}

#[tokio::test]
async fn a_server_that_hangs_holds_up_neither_writer_nor_reader() {
    let place = Place::start().await;
    place.journal.append(100, 3).await;
    let relay = place.relay().await;
    let mut feed = place.feed(0).await;
    read(&mut feed, 100).await;

    place.nats.signal("STOP");
    place.journal.append(200, 3).await;
    read(&mut feed, 300).await;
    place.nats.signal("CONT");

    relay.reaches(300).await;
    place.journal.append(10, 3).await;
    read(&mut feed, 310).await;
    relay.reaches(310).await;
    assert_eq!(place.findings().await, []);
}

#[tokio::test]
async fn a_second_relay_idles_until_the_first_is_gone() {
    let place = Place::start().await;
    let first = place.relay().await;
    first.shows(|progress| progress.state == RelayState::CaughtUp).await;
    let second = place.relay().await;
    place.journal.append(100, 3).await;
    first.reaches(100).await;
    second.shows(|progress| progress.state == RelayState::Idle && progress.relayed == 0).await;

    first.abort().await;
    place.journal.append(100, 3).await;

    second.reaches(200).await;
    assert_eq!(place.findings().await, []);
}

/// Leases are a matter of one database; so two relays with leases of different ones both lead.
#[tokio::test]
async fn two_relays_that_both_believe_to_lead_neither_repeat_nor_reorder() {
    let place = Place::start().await;
    place.journal.append(20_000, 3).await;
    let elsewhere = PgPoolOptions::new();
    let options = (*place.journal.pool.connect_options()).clone().database("template1");
    let elsewhere = elsewhere.connect_with(options).await.unwrap();

    let first = place.relay().await;
    let second = place.relay_with(&elsewhere, Definition::default()).await;
    place.journal.append(5_000, 3).await;
    first.reaches(25_000).await;
    second.reaches(25_000).await;

    assert_eq!(place.findings().await, []);
}

#[tokio::test]
async fn a_stray_message_is_not_read_is_found_and_is_mended() {
    let place = Place::start().await;
    place.journal.append(100, 3).await;
    let relay = place.relay().await;
    let mut feed = place.feed(0).await;
    read(&mut feed, 100).await;
    relay.reaches(100).await;

    let stray = place.nats.relay_client().await;
    stray.request("booking.evt.x.booking.created", "{}".into()).await.unwrap();
    relay.abort().await;
    assert_eq!(place.findings().await, [Finding::Ahead { last: 101, head: 100 }]);
    place.journal.append(50, 3).await;
    let relay = place.relay().await;
    read(&mut feed, 150).await;
    relay.reaches(150).await;
    let subject = "booking.evt.x.booking.created".to_owned();
    assert_eq!(place.findings().await, [Finding::Stray { position: 101, subject }]);

    doctor::mend(&place.nats.relay().await, &Definition::default(), EPOCH).await.unwrap();
    relay.shows(|progress| progress.streams_made == 0 && progress.relayed < 150).await;
    relay.reaches(150).await;

    assert_eq!(place.findings().await, []);
    place.journal.append(5, 3).await;
    read(&mut feed, 155).await;
}

#[tokio::test]
async fn a_stream_that_is_ahead_of_the_journal_stops_the_relay() {
    let place = Place::start().await;
    place.journal.append(3, 1).await;
    ensure(&place.nats.relay().await, &Definition::default(), EPOCH).await.unwrap();
    let stray = place.nats.relay_client().await;
    for _stray in 0..5 {
        stray.request("booking.evt.x.booking.created", "{}".into()).await.unwrap();
    }

    let relay = place.relay().await;
    relay.shows(|progress| matches!(progress.state, RelayState::Stopped(_))).await;

    assert!(matches!(relay.ended().await, Err(RelayFailure::AheadOfJournal { last: 5, head: 3 })));
    let mut feed = place.feed(0).await;
    let events = read(&mut feed, 3).await;
    assert_eq!(events.len(), 3, "strays are read from the journal");
    let failure = timeout(WITHIN, feed.next_batch(10)).await.unwrap().unwrap_err();
    assert!(matches!(failure, FeedFailure::NotInJournal { position: 4 }), "{failure}");
}

#[tokio::test]
async fn a_reader_ahead_of_the_journal_or_of_another_epoch_is_refused() {
    let place = Place::start().await;
    place.journal.append(3, 1).await;
    let (engine, reader) = (place.nats.engine().await, place.reader());

    let ahead = Feed::open(engine.clone(), reader.clone(), EPOCH, 4).await.err().unwrap();
    let other = Feed::open(engine, reader, EPOCH + 1, 0).await.err().unwrap();

    assert!(matches!(ahead, FeedFailure::AheadOfJournal { after: 4, head: 3 }), "{ahead}");
    assert!(matches!(other, FeedFailure::OtherEpoch { checkpoint: 2, journal: 1 }), "{other}");
}

#[tokio::test]
async fn what_the_stream_no_longer_holds_is_read_from_the_journal() {
    let place = Place::start().await;
    let small = Definition::default().with_max_bytes_mib(1);
    place.journal.append(5_000, 3).await;
    let relay = place.relay_with(&place.journal.pool, small.clone()).await;
    relay.reaches(5_000).await;
    assert!(1 < place.stream_state().await.first);

    let mut feed = place.feed(0).await;
    read(&mut feed, 5_000).await;
    relay.abort().await;
    place.journal.append(10, 50).await;
    place.relay_with(&place.journal.pool, small).await.reaches(5_010).await;

    assert_eq!(place.previous_of(5_001).await, ["4999"]);
    assert_eq!(place.previous_of(5_010).await, Vec::<String>::new(), "a new tenant, or a forgotten one");
}

/// Only who has the first event of all can say that a tenant has none before, and only at that moment.
#[tokio::test]
async fn a_tenant_whose_events_aged_out_while_a_session_lasts_is_not_said_to_have_none() {
    let place = Place::start().await;
    let small = Definition::default().with_max_bytes_mib(1);
    place.journal.append(10, 1_000).await;
    let first = place.relay_with(&place.journal.pool, small.clone()).await;
    first.reaches(10).await;
    first.abort().await;
    let relay = place.relay_with(&place.journal.pool, small).await;
    relay.shows(|progress| progress.state == RelayState::CaughtUp).await;
    assert_eq!(place.stream_state().await.first, 1, "the session begins with a whole stream");

    place.journal.append(5_000, 1).await;
    relay.reaches(5_010).await;
    assert!(10 < place.stream_state().await.first);
    place.journal.append(1, 5_005).await;
    relay.reaches(5_011).await;

    let tenants: Vec<Uuid> = sqlx::query_scalar(
        "select tenant_id from journal.event where position in (6, 5011) order by position",
    )
    .fetch_all(&place.journal.pool)
    .await
    .unwrap();
    assert_eq!(tenants[0], tenants[1], "the event that aged out and the new one are of one tenant");
    assert_eq!(place.previous_of(5_011).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_hole_in_the_stream_is_filled_from_the_journal() {
    let place = Place::start().await;
    place.journal.append(5, 1_000).await;
    place.journal.append(20, 1).await;
    place.publish_by_hand(stream::Config { max_messages_per_subject: 2, ..Default::default() }, 1..=25).await;
    let state = place.stream_state().await;
    assert_eq!((state.first, state.last), (1, 25));

    let mut feed = place.feed(0).await;
    let events = read(&mut feed, 25).await;

    let journal = place.reader().after(0, 25).await.unwrap();
    assert!(events == journal);
}

#[tokio::test]
async fn a_reader_that_is_before_the_stream_waits_for_it_and_reads_nothing_twice() {
    let place = Place::start().await;
    place.journal.append(50, 3).await;
    place.publish_by_hand(stream::Config::default(), 1..=20).await;
    let mut feed = place.feed(50).await;
    assert!(timeout(Duration::from_millis(100), feed.next_batch(10)).await.is_err(), "there is no event 51");

    place.publish_by_hand(stream::Config::default(), 21..=50).await;
    assert!(timeout(Duration::from_millis(100), feed.next_batch(10)).await.is_err(), "nor now");
    place.journal.append(1, 3).await;

    let positions: Vec<i64> = read(&mut feed, 51).await.iter().map(|event| event.position).collect();
    assert_eq!(positions, [51]);
}

/// More events than wait for a feed that is slower than others.
const MANY: i64 = 20_000;

#[tokio::test]
async fn feeds_of_one_connection_share_one_delivery_and_a_slow_one_holds_nobody_up() {
    let place = Place::start().await;
    let relay = place.relay().await;
    place.journal.append(10, 3).await;
    relay.reaches(10).await;
    let engine = place.nats.engine().await;
    let open = async |after| Feed::open(engine.clone(), place.reader(), EPOCH, after).await.unwrap();
    let (mut quick, mut slow) = (open(10).await, open(3).await);
    place.journal.append(10, 3).await;
    read(&mut quick, 20).await;
    read(&mut slow, 20).await;
    assert_eq!(place.consumers().await, 1);

    place.journal.append(MANY, 3).await;
    relay.reaches(20 + MANY).await;
    read(&mut quick, 20 + MANY).await;
    read(&mut slow, 20 + MANY).await;
    place.journal.append(10, 3).await;
    read(&mut slow, 30 + MANY).await;
    read(&mut quick, 30 + MANY).await;
}

#[tokio::test]
async fn a_stream_that_is_set_up_otherwise_stops_the_relay() {
    let place = Place::start().await;
    let small = Definition::default().with_max_bytes_mib(1);
    ensure(&place.nats.relay().await, &small, EPOCH).await.unwrap();

    let stopped = place.relay().await.ended().await;

    let why = matches!(stopped, Err(RelayFailure::Stream(StreamFailure::Differs { .. })));
    assert!(why, "{stopped:?}");
    let findings = place.findings().await;
    assert!(
        matches!(&findings[..], [Finding::Differs(differences)] if differences.len() == 1),
        "{findings:?}"
    );
}

#[tokio::test]
async fn a_batch_that_was_waited_for_in_vain_is_not_lost() {
    let place = Place::start().await;
    let _relay = place.relay().await;
    let mut feed = place.feed(0).await;
    for round in 1..=20 {
        assert!(timeout(Duration::from_millis(3), feed.next_batch(10)).await.is_err());
        place.journal.append(2, 3).await;
        let mut seen = Vec::new();
        while seen.len() < 2 {
            if let Ok(batch) = timeout(Duration::from_millis(2), feed.next_batch(1)).await {
                seen.extend(batch.unwrap().iter().map(|event| event.position));
            }
        }
        assert_eq!(seen, [2 * round - 1, 2 * round]);
    }
}
