//! The writer's store in production.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use booking_domain::Family;
use sqlx::{Connection, PgConnection, PgPool};
use tokio::time::timeout;

use super::append::{Appended, Stored, append};
use super::batch::{Batch, Decided};
use super::load::histories;
use super::settle::outcomes_in_time;
use super::store::{AppendFailure, Store};
use super::{ANSWER_WITHIN, StopReason, in_time};
use crate::reader::Reader;
use crate::{READ_EVENTS_MAX, Recorded};

/// A connection that was used so lately is not asked whether it still lives.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// Connections whose role may append.
#[derive(Debug, Clone)]
pub struct Postgres {
    pool: PgPool,
    /// One connection beside the pool's, which alone appends: its backend keeps the plans, and what it writes to, at
    /// hand. It is taken out for a batch, and put back only when that went well.
    appending: Arc<Mutex<Option<Idle>>>,
}

/// A connection at rest.
#[derive(Debug)]
struct Idle {
    connection: PgConnection,
    since: Instant,
}

impl Postgres {
    pub fn new(pool: PgPool) -> Self {
        Self { pool, appending: Arc::default() }
    }

    /// The connection that appends, or a fresh one in its place when it is not known to live.
    async fn appending(&self) -> sqlx::Result<PgConnection> {
        let idle = self.lock().take();
        if let Some(Idle { mut connection, since }) = idle {
            let trusted = since.elapsed() < TRUSTED_FOR;
            if trusted || matches!(timeout(TRUSTED_FOR, connection.ping()).await, Ok(Ok(()))) {
                return Ok(connection);
            }
        }
        Ok(self.pool.acquire().await?.detach())
    }

    fn put_back(&self, connection: PgConnection) {
        *self.lock() = Some(Idle { connection, since: Instant::now() });
    }

    fn lock(&self) -> MutexGuard<'_, Option<Idle>> {
        self.appending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader(&self) -> Reader {
        Reader::new(self.pool.clone())
    }
}

impl Store for Postgres {
    async fn append(&self, known: i64, batch: &Batch, groups: &[i32]) -> Result<Appended, AppendFailure> {
        let mut connection = self.appending().await?;
        let appended = timeout(ANSWER_WITHIN, append(&mut connection, known, batch, groups)).await;
        let appended = appended.map_err(|elapsed| AppendFailure::Lost(sqlx::Error::Io(elapsed.into())))??;
        self.put_back(connection);
        Ok(appended)
    }

    async fn outcomes(&self, decided: &[Decided]) -> Option<HashMap<usize, Stored>> {
        outcomes_in_time(&self.pool, decided).await
    }

    async fn head(&self) -> Result<i64, StopReason> {
        in_time(self.reader().head()).await
    }

    async fn after(&self, position: i64) -> Result<Vec<Recorded>, StopReason> {
        in_time(self.reader().after(position, READ_EVENTS_MAX)).await
    }

    async fn histories(&self, families: &[Family]) -> Result<(i64, Vec<Recorded>), StopReason> {
        in_time(histories(&self.pool, families)).await
    }
}
