//! The stream is made as defined, or refused with what differs.

#![expect(clippy::unwrap_used, reason = "a test whose servers fail must fail")]

mod support;

use async_nats::jetstream::{self, stream};
use booking_nats::streams::{self, Difference};
use booking_nats::{ConnectFailure, Definition, StreamFailure, StreamState, connect, ensure};
use support::{EPOCH, NatsServer};

#[tokio::test]
async fn an_absent_stream_is_made_once_and_then_found_as_defined() {
    let server = NatsServer::start(&[]);
    let (relay, definition) = (server.relay().await, Definition::default());

    assert_eq!(streams::state(&relay, &definition, EPOCH).await.unwrap(), None);
    let made = ensure(&relay, &definition, EPOCH).await.unwrap();
    let found = ensure(&relay, &definition, EPOCH).await.unwrap();

    assert_eq!(made, StreamState { first: 0, last: 0, is_new: true });
    assert_eq!(found, StreamState { first: 0, last: 0, is_new: false });
    assert_eq!(streams::differences(&relay, &definition, EPOCH).await.unwrap(), []);
}

#[tokio::test]
async fn a_stream_with_other_settings_is_refused_and_left_alone() {
    let server = NatsServer::start(&[]);
    let relay = server.relay().await;
    ensure(&relay, &Definition::default().with_max_bytes_mib(8), EPOCH).await.unwrap();

    let refused = ensure(&relay, &Definition::default(), EPOCH).await.unwrap_err();

    let expected = Difference { setting: "max_bytes", defined: "4294967296".into(), found: "8388608".into() };
    assert_eq!(
        refused.to_string(),
        "stream BOOKING_EVENTS_1 is not as streams.toml defines it: max_bytes is 8388608, defined as 4294967296"
    );
    assert!(matches!(refused, StreamFailure::Differs { differences, .. } if differences == [expected]));
    ensure(&relay, &Definition::default().with_max_bytes_mib(8), EPOCH).await.unwrap();
}

#[tokio::test]
async fn an_earlier_epoch_gives_way_and_a_later_one_does_not() {
    let server = NatsServer::start(&[]);
    let (relay, definition) = (server.relay().await, Definition::default());
    ensure(&relay, &definition, 1).await.unwrap();

    assert!(ensure(&relay, &definition, 3).await.unwrap().is_new);
    let refused = ensure(&relay, &definition, 2).await.unwrap_err();

    assert_eq!(streams::state(&relay, &definition, 1).await.unwrap(), None);
    assert!(matches!(refused, StreamFailure::LaterEpoch { ours: 2, found: 3 }), "{refused}");
    assert!(streams::state(&relay, &definition, 3).await.unwrap().is_some());
}

#[tokio::test]
async fn a_stranger_on_our_subjects_and_a_lack_of_room_are_told_apart() {
    let server = NatsServer::start(&[]);
    let (relay, definition) = (server.relay().await, Definition::default());
    let huge = definition.clone().with_max_bytes_mib(100_000_000);
    assert!(matches!(ensure(&relay, &huge, EPOCH).await, Err(StreamFailure::NoRoom { .. })));

    let strange = stream::Config {
        name: "ELSE".into(),
        subjects: vec!["booking.evt.x.>".into()],
        ..Default::default()
    };
    jetstream::new(server.relay_client().await).create_stream(strange).await.unwrap();

    assert!(matches!(ensure(&relay, &definition, EPOCH).await, Err(StreamFailure::Overlaps { .. })));
}

#[tokio::test]
async fn nobody_takes_single_messages_out() {
    let server = NatsServer::start(&[]);
    ensure(&server.relay().await, &Definition::default(), EPOCH).await.unwrap();
    let stream: stream::Config = jetstream::new(server.relay_client().await)
        .get_stream("BOOKING_EVENTS_1")
        .await
        .unwrap()
        .cached_info()
        .config
        .clone();

    assert!(stream.deny_delete && stream.deny_purge);
}

#[tokio::test]
async fn no_connection_names_the_server_and_never_the_password() {
    let server = NatsServer::start(&[]);
    let refused = connect(&server.url("relay", "wrong-wrong-wrong"), "test").await.unwrap_err();
    let port = support::free_port();
    let silent =
        connect(&format!("nats://relay:wrong-wrong-wrong@127.0.0.1:{port}"), "test").await.unwrap_err();
    let nowhere = connect("http://relay:wrong-wrong-wrong@127.0.0.1", "test").await.unwrap_err();

    assert!(matches!(&refused, ConnectFailure::Refused { user, .. } if user == "relay"), "{refused:?}");
    assert_eq!(silent.to_string(), format!("no NATS server answered at 127.0.0.1:{port} within 5000 ms"));
    assert!(matches!(nowhere, ConnectFailure::Address));
    for failure in [refused, silent, nowhere] {
        assert!(!format!("{failure:?} {failure}").contains("wrong-wrong"), "{failure:?}");
    }
}
