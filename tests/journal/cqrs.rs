//! cqrs-es and postgres-es over our table: they read what we wrote, and a framework of theirs runs on it.

use booking::database::DatabaseRole;
use booking_domain::decide::Decide;
use booking_domain::seat::{Seat, SeatCommand, SeatEvent};
use booking_domain::values::Class;
use booking_journal::{CqrsRepository, OfAnother};
use chrono::{DateTime, Utc};
use cqrs_es::persist::{PersistedEventRepository, PersistedEventStore, SerializedEvent};
use cqrs_es::{Aggregate, AggregateError, CqrsFramework, EventStore};
use postgres_es::PostgresEventRepository;
use uuid::Uuid;

use crate::support::scene::{Scene, exactly, seat, seat_stream};

#[tokio::test]
async fn postgres_es_reads_back_what_we_wrote() {
    let scene = Scene::new().await;
    let receipt = scene.done(scene.place(exactly(&["12A"]))).await;
    let pool = scene.database.pool(DatabaseRole::Relay);
    let repository = PostgresEventRepository::new(pool).with_tables("journal.event", "journal.no_snapshots");
    let stream = seat_stream(&scene, "12A").aggregate_id();
    let events = repository.get_events::<Seat>(&stream).await.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].sequence, events[0].event_type.as_str()), (1, "seat.claimed"));
    let event: SeatEvent = serde_json::from_value(events[0].payload.clone()).unwrap();
    assert_eq!(booking_domain::Event::Seat(event), receipt.events[0].event);
}

#[tokio::test]
async fn a_framework_of_cqrs_es_runs_on_the_journal() {
    let scene = Scene::new().await;
    let repository = || CqrsRepository::new(scene.database.pool(DatabaseRole::Command), scene.tenant);
    let framework =
        CqrsFramework::new(PersistedEventStore::<_, Seat>::new_event_store(repository()), vec![], ());
    let stream = seat_stream(&scene, "12A").aggregate_id();

    framework.execute(&stream, claim(&scene, 1)).await.unwrap();
    let refusal = framework.execute(&stream, claim(&scene, 2)).await.unwrap_err();
    assert!(matches!(refusal, AggregateError::UserError(_)), "{refusal}");

    let store = PersistedEventStore::<_, Seat>::new_event_store(repository());
    let context = store.load_aggregate(&stream).await.unwrap();
    assert!(!context.aggregate.is_free());
    // The engine's own door knows it too, and the position follows without a gap.
    assert_eq!(scene.refused(scene.place(exactly(&["12A"]))).await.code, "SEAT_TAKEN");
    assert_eq!(scene.reader.after(0, 100).await.unwrap().len() as i64, scene.reader.head().await.unwrap());
}

#[tokio::test]
async fn a_place_in_a_stream_is_given_once() {
    let scene = Scene::new().await;
    let repository = CqrsRepository::new(scene.database.pool(DatabaseRole::Command), scene.tenant);
    repository.persist::<Seat>(&[claimed(&scene, 1, 1)], None).await.unwrap();
    let clash = repository.persist::<Seat>(&[claimed(&scene, 2, 1)], None).await.unwrap_err();
    assert_eq!(clash.to_string(), "optimistic lock error");
}

#[tokio::test]
async fn a_stream_of_another_tenant_is_absent_and_takes_nothing() {
    let scene = Scene::new().await;
    let repository = |tenant| CqrsRepository::new(scene.database.pool(DatabaseRole::Command), tenant);
    let (ours, theirs) = (repository(scene.tenant), repository(Uuid::now_v7().into()));
    ours.persist::<Seat>(&[claimed(&scene, 1, 1)], None).await.unwrap();
    let stream = seat_stream(&scene, "12A").aggregate_id();

    let refused = theirs.persist::<Seat>(&[claimed(&scene, 2, 2)], None).await.unwrap_err();

    assert_eq!(refused.to_string(), OfAnother.to_string());
    assert_eq!(theirs.get_events::<Seat>(&stream).await.unwrap().len(), 0);
    assert_eq!(theirs.get_last_events::<Seat>(&stream, 0).await.unwrap().len(), 0);
    assert_eq!(ours.get_events::<Seat>(&stream).await.unwrap().len(), 1);
}

/// Seat 12A claimed by booking `n`, as event `sequence` of its stream.
fn claimed(scene: &Scene, n: u128, sequence: usize) -> SerializedEvent {
    let event = Seat::default().decide(claim(scene, n)).unwrap().remove(0);
    SerializedEvent::new(
        seat_stream(scene, "12A").aggregate_id(),
        sequence,
        Seat::TYPE.to_owned(),
        "seat.claimed".to_owned(),
        "1".to_owned(),
        serde_json::to_value(event).unwrap(),
        serde_json::json!({}),
    )
}

fn claim(scene: &Scene, n: u128) -> SeatCommand {
    let now: DateTime<Utc> = Utc::now();
    SeatCommand::Claim {
        flight_id: scene.flight,
        seat_number: seat("12A"),
        class: Class::new("economy").unwrap(),
        claim_id: Uuid::from_u128(n).into(),
        booking_id: Uuid::from_u128(n).into(),
        item_id: Uuid::from_u128(n).into(),
        now,
    }
}
