//! The hash chain as the relay writes it, and as it travels in the messages.

#![expect(clippy::unwrap_used, reason = "a test whose servers fail must fail")]

mod support;

use std::time::Duration;

use booking_journal::{ChainKey, ChainPublicKey, check_heads};
use booking_nats::doctor::Finding;
use booking_nats::message::{Message, bear_witness, decode, encode};
use booking_nats::{Definition, RelayFailure, RelayState};
use sqlx::Executor;
use support::EPOCH;
use support::place::{KEY, Place};

#[tokio::test]
async fn each_message_bears_the_hash_that_follows_from_it_and_the_one_before() {
    let place = Place::start().await;
    place.journal.append(2_500, 3).await;
    let relay = place.relay().await;
    relay.shows(|progress| progress.relayed == 2_500 && progress.chained == 2_500).await;
    assert_eq!(place.chained().await, place.recomputed(2_500).await);

    for position in [1, 2, 1_024, 2_500] {
        let message = place.message(position).await;
        let event = decode(EPOCH, &message).unwrap();
        let before = place.recomputed(event.position - 1).await;
        assert_eq!(header(&message, "Booking-Hash-Before"), before.hash.hex());
        assert_eq!(header(&message, "Booking-Hash"), before.then(&event).hash.hex());
    }
    assert_eq!(place.findings().await, []);
}

#[tokio::test]
async fn the_journal_is_chained_while_nats_is_away_and_the_hashes_follow_when_it_is_back() {
    let mut place = Place::start().await;
    place.journal.append(10, 3).await;
    let relay = place.relay().await;
    relay.shows(|progress| progress.relayed == 10).await;

    place.nats.stop();
    place.journal.append(3_000, 3).await;
    relay.shows(|progress| progress.chained == 3_010 && progress.relayed == 10).await;
    place.nats.wipe();
    place.nats.resume();

    relay.shows(|progress| progress.relayed == 3_010).await;
    assert_eq!(header(&place.message(3_010).await, "Booking-Hash"), place.recomputed(3_010).await.hash.hex());
    assert_eq!(place.findings().await, []);
}

#[tokio::test]
async fn a_relay_that_stops_leaves_everything_chained_and_signed_and_the_next_goes_on() {
    let place = Place::start().await;
    for end in [5, 10] {
        place.journal.append(5, 3).await;
        let relay = place.relay().await;
        relay.shows(|progress| progress.relayed == end).await;
        relay.stop().await;

        assert_eq!(place.chained().await, place.recomputed(end).await);
        let heads = place.heads().await;
        assert_eq!(heads.last().unwrap().signed.head.link, place.recomputed(end).await);
        assert_eq!(check_heads(&heads, Some(&public())), (vec![], heads.len() as u64));
    }
    assert_eq!(place.findings().await, []);
}

/// Leases are a matter of one database; so two relays with leases of different ones both chain.
#[tokio::test]
async fn two_relays_that_both_believe_to_lead_write_one_chain() {
    let place = Place::start().await;
    let options = (*place.journal.pool.connect_options()).clone().database("template1");
    let elsewhere = sqlx::PgPool::connect_with(options).await.unwrap();
    let (first, second) = (place.relay().await, place.relay_with(&elsewhere, Definition::default()).await);

    for _burst in 0..20 {
        place.journal.append(200, 3).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    first.shows(|progress| progress.relayed == 4_000).await;
    second.shows(|progress| progress.relayed == 4_000).await;
    first.stop().await;
    second.stop().await;

    assert_eq!(place.chained().await, place.recomputed(4_000).await);
    assert_eq!(place.findings().await, []);
}

/// A stream that is refilled would tell subscribers another history than before.
#[tokio::test]
async fn a_journal_that_was_changed_by_hand_is_not_published_again() {
    let mut place = Place::start().await;
    place.journal.append(100, 3).await;
    let relay = place.relay().await;
    relay.shows(|progress| progress.relayed == 100).await;
    relay.stop().await;

    place.nats.stop();
    place.nats.wipe();
    place.nats.resume();
    let edit = "set session_replication_role = replica;
                update journal.event set payload = '{}' where position = 50; reset all";
    place.journal.pool.execute(edit).await.unwrap();
    let relay = place.relay().await;
    relay.shows(|progress| matches!(progress.state, RelayState::Stopped(_)) && progress.relayed == 0).await;
    assert!(matches!(relay.ended().await, Err(RelayFailure::Chain(_))));
}

#[tokio::test]
async fn the_doctor_finds_a_message_that_bears_another_hash() {
    let place = Place::start().await;
    place.journal.append(3, 1).await;
    let relay = place.relay().await;
    relay.shows(|progress| progress.relayed == 3).await;
    relay.stop().await;
    place.journal.append(1, 1).await;
    let event = place.reader().after(3, 1).await.unwrap().remove(0);
    let Message { subject, mut headers, body } = encode(event, EPOCH, None).unwrap();
    let other = place.recomputed(3).await.hash;
    bear_witness(&mut headers, &other, &other);
    let client = place.nats.relay_client().await;
    client.request_with_headers(subject, headers, body).await.unwrap();

    assert_eq!(place.findings().await, [Finding::OtherHash { position: 4 }]);
}

fn header(message: &Message, name: &str) -> String {
    message.headers.get(name).unwrap().to_string()
}

fn public() -> ChainPublicKey {
    ChainKey::from_base64(KEY).unwrap().public()
}
