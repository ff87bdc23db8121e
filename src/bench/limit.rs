//! What the database itself takes: rows like those of the journal, in batches, with nothing decided and nothing
//! else written.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::arena::Arena;
use super::compare::OURS;
use super::say::{measuring, say};
use crate::exit::Failure;
use crate::tools::progress::per_second;

const DATABASE: &str = "bare";

/// Rows of a transaction.
const ROWS: i64 = 1_000;

/// How many insert at once, one count after the other; the best counts.
const CONNECTIONS: [u32; 3] = [1, 2, 4];

/// Columns of a batch that are the same each time.
struct Sample {
    types: Vec<String>,
    names: Vec<String>,
    payloads: Vec<String>,
    metadata: Vec<String>,
}

/// The most rows per second that `journal.event` takes in a database of its own, durably. The rows are copies of
/// those that were written last on our side, so there must be some.
///
/// # Errors
/// When Postgres fails.
pub async fn limit_rows_per_s(arena: &Arena, seconds: u64) -> Result<u64, Failure> {
    arena.migrated(DATABASE).await?;
    let sample = Arc::new(Sample::of(&arena.pool(OURS, 1)?).await?);
    let (pool, head) = (arena.pool(DATABASE, CONNECTIONS[2])?, Arc::new(AtomicI64::new(0)));
    let mut best = 0;
    for connections in CONNECTIONS {
        measuring(&format!("what the database takes, over {connections} connections"));
        arena.settle().await?;
        let (began, mut inserting, mut rows) = (Instant::now(), JoinSet::new(), 0);
        for _ in 0..connections {
            let until = began + Duration::from_secs(seconds);
            inserting.spawn(insert(pool.clone(), sample.clone(), head.clone(), until));
        }
        for inserted in inserting.join_all().await {
            rows += inserted?;
        }
        let rate = per_second(rows, began.elapsed());
        say(&format!("the database takes {rate} rows/s in batches over {connections} connections"));
        best = best.max(rate);
    }
    pool.close().await;
    Ok(best)
}

/// One batch after another; how many rows were inserted.
async fn insert(
    pool: PgPool,
    sample: Arc<Sample>,
    head: Arc<AtomicI64>,
    until: Instant,
) -> sqlx::Result<u64> {
    let mut rows = 0;
    while Instant::now() < until {
        let ids: Vec<Uuid> = sample.types.iter().map(|_| Uuid::now_v7()).collect();
        let inserted = sqlx::query(INSERT)
            .bind(&sample.types)
            .bind(ids.iter().map(Uuid::to_string).collect::<Vec<_>>())
            .bind(&sample.names)
            .bind(&sample.payloads)
            .bind(&sample.metadata)
            .bind(&ids)
            .bind(head.fetch_add(ROWS, Ordering::Relaxed))
            .execute(&pool)
            .await?;
        rows += inserted.rows_affected();
    }
    Ok(rows)
}

impl Sample {
    async fn of(pool: &PgPool) -> sqlx::Result<Self> {
        let rows: Vec<(String, String, String, String)> =
            sqlx::query_as(SAMPLE).bind(ROWS).fetch_all(pool).await?;
        let mut sample = Self { types: vec![], names: vec![], payloads: vec![], metadata: vec![] };
        for (kind, name, payload, metadata) in rows {
            sample.types.push(kind);
            sample.names.push(name);
            sample.payloads.push(payload);
            sample.metadata.push(metadata);
        }
        Ok(sample)
    }
}

const SAMPLE: &str = "
    select aggregate_type, event_type, payload::text, metadata::text
    from journal.event order by position desc limit $1";

const INSERT: &str = "
    insert into journal.event (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                               position, event_id, tenant_id, recorded_at)
    select type, stream, 1, name, '1', payload::json, metadata::json, $7 + n, id, id, now()
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[])
         with ordinality as e (type, stream, name, payload, metadata, id, n)";
