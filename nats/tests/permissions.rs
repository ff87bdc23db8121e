//! Each user may do what it needs, and nothing else.

#![expect(clippy::unwrap_used, reason = "a test whose servers fail must fail")]

mod support;

use std::time::Duration;

use async_nats::Client;
use booking_domain::values::TenantId;
use booking_nats::{Definition, StreamState, durable_name, ensure, ensure_subscriber, streams};
use futures::StreamExt;
use support::{EPOCH, NatsServer, tenant};

const STREAM: &str = "BOOKING_EVENTS_1";
/// Long enough for a message on loopback, when none is to come.
const NOTHING_COMES: Duration = Duration::from_millis(300);

#[tokio::test]
async fn only_the_relay_publishes_events() {
    let (server, ours, other) = served().await;
    let tenant_client = server.tenant_client(ours).await;
    let engine_client = server.engine_client().await;
    for client in [&tenant_client, &engine_client] {
        for tenant_id in [ours, other] {
            publish(client, &format!("booking.evt.{tenant_id}.booking.created"), None).await;
        }
    }

    assert_eq!(last(&server).await, 2, "the two that the relay published");
}

#[tokio::test]
async fn a_tenant_fetches_and_acknowledges_its_own_events() {
    let (server, ours, _other) = served().await;
    let client = server.tenant_client(ours).await;
    let durable = durable_name(ours);

    let message = fetch(&client, "$JS.API", &durable).await.expect("its event");
    assert_eq!(message.subject.as_str(), format!("booking.evt.{ours}.booking.created"));
    client.request(message.reply.unwrap(), "+ACK".into()).await.unwrap();

    let subject = format!("BOOKING.API.CONSUMER.INFO.{STREAM}.{durable}");
    let about = client.request(subject, "".into()).await.unwrap();
    let about: serde_json::Value = serde_json::from_slice(&about.payload).unwrap();
    assert_eq!(about["ack_floor"]["stream_seq"], 1, "{about}");
    assert_eq!(about["num_ack_pending"], 0);
    assert_eq!(about["config"]["filter_subject"], format!("booking.evt.{ours}.>"));
    assert!(fetch(&client, "BOOKING.API", &durable).await.is_none(), "there is only one");
}

#[tokio::test]
async fn a_tenant_reaches_nothing_else() {
    let (server, ours, other) = served().await;
    let client = server.tenant_client(ours).await;
    let (durable, others) = (durable_name(ours), durable_name(other));

    assert!(fetch(&client, "$JS.API", &others).await.is_none(), "another tenant's durable");
    for request in [
        format!("$JS.API.STREAM.INFO.{STREAM}"),
        format!("$JS.API.STREAM.DELETE.{STREAM}"),
        "$JS.API.STREAM.CREATE.MINE".to_owned(),
        "$JS.API.STREAM.NAMES".to_owned(),
        "$JS.API.INFO".to_owned(),
        format!("$JS.API.STREAM.MSG.GET.{STREAM}"),
        format!("$JS.API.DIRECT.GET.{STREAM}"),
        format!("$JS.API.CONSUMER.CREATE.{STREAM}"),
        format!("$JS.API.CONSUMER.CREATE.{STREAM}.mine"),
        format!("$JS.API.CONSUMER.DURABLE.CREATE.{STREAM}.mine"),
        format!("$JS.API.CONSUMER.DELETE.{STREAM}.{durable}"),
        format!("BOOKING.API.CONSUMER.INFO.{STREAM}.{others}"),
        format!("$JS.API.CONSUMER.LIST.{STREAM}"),
    ] {
        let answer = tokio::time::timeout(NOTHING_COMES, client.request(request.clone(), "{}".into())).await;
        assert!(!matches!(answer, Ok(Ok(_))), "{request}: {answer:?}");
    }
}

#[tokio::test]
async fn a_tenant_hears_only_its_own_inbox() {
    let (server, ours, _other) = served().await;
    let client = server.tenant_client(ours).await;
    let mut deaf = Vec::new();
    for subject in ["_INBOX.>", "booking.evt.>", ">", "_INBOX_engine.>", "$JS.API.>", "$JS.EVENT.>"] {
        deaf.push((subject, client.subscribe(subject).await.unwrap()));
    }
    client.flush().await.unwrap();

    let engine = server.engine_client().await;
    engine.request(format!("$JS.API.STREAM.INFO.{STREAM}"), "".into()).await.unwrap();
    let relay = server.relay_client().await;
    store(&relay, ours).await;

    for (subject, mut subscription) in deaf {
        let heard = tokio::time::timeout(NOTHING_COMES, subscription.next()).await;
        assert!(!matches!(heard, Ok(Some(_))), "{subject}: {heard:?}");
    }
}

/// A server answers to any reply subject. In the engine's own account this would be a new event.
#[tokio::test]
async fn a_tenant_cannot_have_its_messages_answered_into_the_stream() {
    let (server, ours, other) = served().await;
    let client = server.tenant_client(ours).await;
    let durable = durable_name(ours);
    let stray = format!("booking.evt.{other}.booking.created");

    publish(&client, &format!("$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{durable}"), Some(&stray)).await;
    publish(&client, &format!("BOOKING.API.CONSUMER.INFO.{STREAM}.{durable}"), Some(&stray)).await;
    publish(&client, &format!("$JS.ACK.{STREAM}.{durable}.1.1.1.1.0"), Some(&stray)).await;
    tokio::time::sleep(NOTHING_COMES).await;

    assert_eq!(last(&server).await, 2);
}

#[tokio::test]
async fn a_tenant_is_admitted_while_the_server_runs() {
    let (mut server, ours, _other) = served().await;
    let earlier = server.tenant_client(ours).await;
    let late = tenant(77);
    server.admit(late);
    ensure_subscriber(&server.engine().await, &Definition::default(), EPOCH, late).await.unwrap();
    store(&server.relay_client().await, late).await;

    let client = server.tenant_client(late).await;
    assert!(fetch(&client, "$JS.API", &durable_name(late)).await.is_some());
    assert!(fetch(&earlier, "$JS.API", &durable_name(ours)).await.is_some(), "the others stay");
}

/// Two tenants with a durable and an event each: positions 1 and 2.
async fn served() -> (NatsServer, TenantId, TenantId) {
    let (ours, other) = (tenant(1), tenant(2));
    let server = NatsServer::start(&[ours, other]);
    let (definition, engine) = (Definition::default(), server.engine().await);
    ensure(&server.relay().await, &definition, EPOCH).await.unwrap();
    let relay = server.relay_client().await;
    for tenant_id in [ours, other] {
        ensure_subscriber(&engine, &definition, EPOCH, tenant_id).await.unwrap();
        ensure_subscriber(&engine, &definition, EPOCH, tenant_id).await.unwrap();
        store(&relay, tenant_id).await;
    }
    assert_eq!(last(&server).await, 2);
    (server, ours, other)
}

async fn publish(client: &Client, subject: &str, reply: Option<&str>) {
    let (subject, body) = (subject.to_owned(), "{}".into());
    match reply {
        None => client.publish(subject, body).await.unwrap(),
        Some(reply) => client.publish_with_reply(subject, reply.to_owned(), body).await.unwrap(),
    }
    client.flush().await.unwrap();
}

/// Publishes an event and waits until it is stored.
async fn store(relay: &Client, tenant_id: TenantId) {
    relay.request(format!("booking.evt.{tenant_id}.booking.created"), "{}".into()).await.unwrap();
}

async fn fetch(client: &Client, prefix: &str, durable: &str) -> Option<async_nats::Message> {
    let inbox = client.new_inbox();
    let mut replies = client.subscribe(inbox.clone()).await.unwrap();
    let subject = format!("{prefix}.CONSUMER.MSG.NEXT.{STREAM}.{durable}");
    let body = r#"{"batch":1,"no_wait":true}"#;
    client.publish_with_reply(subject, inbox, body.into()).await.unwrap();
    let reply = tokio::time::timeout(NOTHING_COMES, replies.next()).await.ok()??;
    reply.status.is_none().then_some(reply)
}

async fn last(server: &NatsServer) -> i64 {
    let state = streams::state(&server.relay().await, &Definition::default(), EPOCH).await.unwrap();
    let StreamState { last, .. } = state.expect("the stream");
    last
}
