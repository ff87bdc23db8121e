//! The journal as cqrs-es sees it: single streams are read through postgres-es, appending is ours.
//!
//! For tools and experiments that think in one aggregate at a time. Requests of users go through
//! [`Journal::submit`](crate::Journal::submit), which decides over many streams in one commit. Snapshots are
//! absent: the aggregate and snapshot stores of cqrs-es apply every event twice. So are its streams over all
//! events: those of postgres-es end early, without an error, when a connection is lost; follow
//! [`Reader`](crate::Reader) instead.

use booking_domain::values::TenantId;
use cqrs_es::Aggregate;
use cqrs_es::persist::{
    PersistedEventRepository, PersistenceError, ReplayStream, SerializedEvent, SerializedSnapshot,
};
use postgres_es::PostgresEventRepository;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

const EVENTS: &str = "journal.event";

/// Named because postgres-es asks for a name; the table does not exist and is never asked for.
const NO_SNAPSHOTS: &str = "journal.no_snapshots";

/// An event repository of cqrs-es over the journal, for the streams of one tenant: another's are as absent, and
/// cannot be appended to.
pub struct CqrsRepository {
    pool: PgPool,
    tenant: TenantId,
    read: PostgresEventRepository,
}

/// What this repository does not do, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the journal keeps no snapshots and has no stream per type: follow it by position")]
pub struct NotOffered;

/// The stream is another tenant's. Nothing was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stream belongs to another tenant")]
pub struct OfAnother;

impl CqrsRepository {
    /// On connections whose role may append.
    pub fn new(pool: PgPool, tenant: TenantId) -> Self {
        let read = PostgresEventRepository::new(pool.clone()).with_tables(EVENTS, NO_SNAPSHOTS);
        Self { pool, tenant, read }
    }
}

impl PersistedEventRepository for CqrsRepository {
    async fn get_events<A: Aggregate>(&self, id: &str) -> Result<Vec<SerializedEvent>, PersistenceError> {
        if self.is_of_another(A::TYPE, id).await.map_err(as_persistence)? {
            return Ok(vec![]);
        }
        self.read.get_events::<A>(id).await
    }

    async fn get_last_events<A: Aggregate>(
        &self,
        id: &str,
        last_sequence: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        if self.is_of_another(A::TYPE, id).await.map_err(as_persistence)? {
            return Ok(vec![]);
        }
        self.read.get_last_events::<A>(id, last_sequence).await
    }

    async fn get_snapshot<A: Aggregate>(
        &self,
        _id: &str,
    ) -> Result<Option<SerializedSnapshot>, PersistenceError> {
        Ok(None)
    }

    async fn persist<A: Aggregate>(
        &self,
        events: &[SerializedEvent],
        snapshot_update: Option<(String, Value, usize)>,
    ) -> Result<(), PersistenceError> {
        if snapshot_update.is_some() {
            return Err(not_offered());
        }
        for event in events {
            let is_of_another = self.is_of_another(&event.aggregate_type, &event.aggregate_id).await;
            if is_of_another.map_err(as_persistence)? {
                return Err(PersistenceError::UnknownError(Box::new(OfAnother)));
            }
        }
        self.append(events).await.map_err(as_persistence)
    }

    async fn stream_events<A: Aggregate>(&self, _id: &str) -> Result<ReplayStream, PersistenceError> {
        Err(not_offered())
    }

    async fn stream_all_events<A: Aggregate>(&self) -> Result<ReplayStream, PersistenceError> {
        Err(not_offered())
    }
}

impl CqrsRepository {
    /// Whose a stream is, its first event says, for good.
    async fn is_of_another(&self, aggregate_type: &str, aggregate_id: &str) -> sqlx::Result<bool> {
        let owner: Option<Uuid> = sqlx::query_scalar(OWNER)
            .bind(aggregate_type)
            .bind(aggregate_id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(owner.is_some_and(|owner| owner != self.tenant.uuid()))
    }

    /// One request of the append function. The primary key refuses an event whose place is taken.
    async fn append(&self, events: &[SerializedEvent]) -> sqlx::Result<()> {
        let texts = |of: fn(&SerializedEvent) -> String| events.iter().map(of).collect::<Vec<_>>();
        let count = i32::try_from(events.len()).unwrap_or(i32::MAX);
        sqlx::query(APPEND)
            .bind(self.tenant.uuid())
            .bind(count)
            .bind(texts(|event| event.aggregate_type.clone()))
            .bind(texts(|event| event.aggregate_id.clone()))
            .bind(events.iter().map(|event| i64::try_from(event.sequence).unwrap_or(0)).collect::<Vec<_>>())
            .bind(texts(|event| event.event_type.clone()))
            .bind(texts(|event| event.event_version.clone()))
            .bind(events.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>())
            .bind(texts(|event| event.payload.to_string()))
            .bind(texts(|event| event.metadata.to_string()))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

fn not_offered() -> PersistenceError {
    PersistenceError::UnknownError(Box::new(NotOffered))
}

fn as_persistence(failure: sqlx::Error) -> PersistenceError {
    match failure.as_database_error() {
        Some(database) if database.is_unique_violation() => PersistenceError::OptimisticLockError,
        Some(_) => PersistenceError::UnknownError(Box::new(failure)),
        None => PersistenceError::ConnectionError(Box::new(failure)),
    }
}

const OWNER: &str = "
    select tenant_id from journal.event where aggregate_type = $1 and aggregate_id = $2 and sequence = 1";

/// Nothing but events: no key, no names, and no moved streams to look for (`known` is beyond every position).
const APPEND: &str = "
    select head from journal.append(
        9223372036854775807,
        array[$1::uuid], array[null::text], array[null::text], array[''::bytea], array[0::smallint],
        array[null::text], array[''], array[0], array[$2::integer], array[0],
        '{}', '{}', '{}',
        array_fill(1, array[$2::integer]), $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
        $8::uuid[], array_fill($1::uuid, array[$2::integer]), $9::text[], $10::text[],
        '{}', '{}', '{}', '{}', '{}',
        '{}', '{}', '{}', '{}')";
