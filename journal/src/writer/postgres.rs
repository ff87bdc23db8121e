//! The writer's store in production.

use std::collections::HashMap;

use booking_domain::Family;
use sqlx::PgPool;
use tokio::time::timeout;

use super::append::{Appended, Stored, append};
use super::batch::{Batch, Decided};
use super::load::histories;
use super::settle::outcomes_in_time;
use super::store::{AppendFailure, Store};
use super::{ANSWER_WITHIN, StopReason, in_time};
use crate::reader::Reader;
use crate::{READ_EVENTS_MAX, Recorded};

/// Connections whose role may append.
#[derive(Debug, Clone)]
pub struct Postgres {
    pool: PgPool,
    /// One connection, which alone appends: its backend keeps the plans, and what it writes to, at hand.
    appending: PgPool,
}

impl Postgres {
    pub fn new(pool: PgPool) -> Self {
        let one = pool.options().clone().max_connections(1);
        Self { appending: one.connect_lazy_with((*pool.connect_options()).clone()), pool }
    }

    fn reader(&self) -> Reader {
        Reader::new(self.pool.clone())
    }
}

impl Store for Postgres {
    async fn append(&self, known: i64, batch: &Batch, groups: &[i32]) -> Result<Appended, AppendFailure> {
        let mut connection = self.appending.acquire().await?;
        match timeout(ANSWER_WITHIN, append(&mut connection, known, batch, groups)).await {
            Ok(appended) => Ok(appended?),
            Err(elapsed) => {
                connection.close_on_drop();
                Err(AppendFailure::Lost(sqlx::Error::Io(elapsed.into())))
            }
        }
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
