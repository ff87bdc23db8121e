//! Faults of our libraries that the journal steers clear of. Each is pinned here: when an upgrade mends one, its
//! test fails, and the detour may go.

use std::sync::Mutex;

use booking::database::DatabaseRole;
use booking_domain::seat::Seat;
use booking_domain::values::{ClaimId, Class};
use cqrs_es::persist::{
    PersistedEventRepository, PersistedEventStore, PersistenceError, ReplayStream, SerializedEvent,
    SerializedSnapshot,
};
use cqrs_es::{Aggregate, CqrsFramework, DomainEvent, event_sink::EventSink};
use postgres_es::PostgresEventRepository;
use serde::{Deserialize, Serialize};
use sqlx::Executor;

use crate::support::scene::Scene;

/// Events with a payload of two kilobytes: more than sockets hold.
const EVENTS: i64 = 20_000;

#[tokio::test]
async fn the_aggregate_store_of_cqrs_es_applies_events_twice() {
    let repository = Snapshots::default();
    let store = PersistedEventStore::<_, Count>::new_aggregate_store(&repository);
    CqrsFramework::new(store, vec![], ()).execute("counter", ()).await.unwrap();
    let stored = repository.0.lock().unwrap().clone().expect("a snapshot was stored");
    assert_eq!(stored, serde_json::json!({"applied": 2}), "one event, applied once, would be 1");
}

#[tokio::test]
async fn the_replay_of_postgres_es_ends_early_without_an_error_when_its_connection_is_cut() {
    let scene = Scene::new().await;
    fill(&scene).await;
    let pool = scene.database.pool(DatabaseRole::Relay);
    let repository = PostgresEventRepository::new(pool)
        .with_tables("journal.event", "journal.no_snapshots")
        .with_streaming_channel_size(1);
    let mut replay = repository.stream_all_events::<Seat>().await.unwrap();
    let (mut events, mut errors) = (0, 0);
    while let Some(event) = replay.next::<Seat>(&[]).await {
        if events == 0 {
            cut_connections(&scene).await;
        }
        match event {
            Ok(_) => events += 1,
            Err(_) => errors += 1,
        }
    }
    assert_eq!(errors, 0);
    assert!(events < EVENTS, "a replay that tells of its end, or survives the cut, gives all {EVENTS}");
}

async fn fill(scene: &Scene) {
    let owner = scene.database.owner().await;
    let (class, claim) = (Class::new("x").unwrap(), ClaimId::new(uuid::Uuid::nil()));
    let event = booking_domain::seat::SeatEvent::Claimed {
        flight_id: scene.flight,
        seat_number: "1A".parse().unwrap(),
        class,
        claim_id: claim,
        booking_id: uuid::Uuid::nil().into(),
        item_id: uuid::Uuid::nil().into(),
        claimed_at: chrono::Utc::now(),
    };
    sqlx::query(
        "insert into journal.event
         select 'seat', 'fill/' || n, 1, 'seat.claimed', '1',
                ($1::jsonb || jsonb_build_object('fill', repeat('x', 2000)))::json, '{}',
                1000000 + n, gen_random_uuid(), gen_random_uuid(), now()
         from generate_series(1, $2) as n",
    )
    .bind(serde_json::to_value(&event).unwrap())
    .bind(EVENTS)
    .execute(&owner)
    .await
    .unwrap();
    owner.close().await;
}

async fn cut_connections(scene: &Scene) {
    let owner = scene.database.owner().await;
    owner
        .execute(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and application_name = 'booking_relay'",
        )
        .await
        .unwrap();
    owner.close().await;
}

/// Counts how often an event was applied to it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Count {
    applied: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Counted;

impl DomainEvent for Counted {
    fn event_type(&self) -> String {
        "counted".to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl Aggregate for Count {
    const TYPE: &'static str = "count";
    type Command = ();
    type Event = Counted;
    type Error = std::convert::Infallible;
    type Services = ();

    async fn handle(&mut self, (): (), _services: &(), sink: &EventSink<Self>) -> Result<(), Self::Error> {
        sink.write(Counted, self).await;
        Ok(())
    }

    fn apply(&mut self, _event: Counted) {
        self.applied += 1;
    }
}

/// Keeps the last snapshot it was given.
#[derive(Default)]
struct Snapshots(Mutex<Option<serde_json::Value>>);

impl PersistedEventRepository for &Snapshots {
    async fn get_events<A: Aggregate>(&self, _id: &str) -> Result<Vec<SerializedEvent>, PersistenceError> {
        Ok(vec![])
    }

    async fn get_last_events<A: Aggregate>(
        &self,
        _id: &str,
        _last_sequence: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        Ok(vec![])
    }

    async fn get_snapshot<A: Aggregate>(
        &self,
        _id: &str,
    ) -> Result<Option<SerializedSnapshot>, PersistenceError> {
        Ok(None)
    }

    async fn persist<A: Aggregate>(
        &self,
        _events: &[SerializedEvent],
        snapshot: Option<(String, serde_json::Value, usize)>,
    ) -> Result<(), PersistenceError> {
        *self.0.lock().unwrap() = snapshot.map(|(_, state, _)| state);
        Ok(())
    }

    async fn stream_events<A: Aggregate>(&self, _id: &str) -> Result<ReplayStream, PersistenceError> {
        Ok(ReplayStream::new(1).1)
    }

    async fn stream_all_events<A: Aggregate>(&self) -> Result<ReplayStream, PersistenceError> {
        Ok(ReplayStream::new(1).1)
    }
}
