use chrono::{DateTime, TimeDelta, Utc};

use super::{Store, StoreFailure};

/// How often something may be tried before it has to wait.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    pub attempts_max: i32,
    pub window: TimeDelta,
}

impl Store {
    /// Until when a subject has used up its attempts; nothing while it may go on.
    pub async fn barred_until(
        &self,
        subject: &[u8; 32],
        limit: Limit,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreFailure> {
        Ok(sqlx::query_scalar(BARRED)
            .bind(subject)
            .bind(limit.attempts_max)
            .bind(now)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Counts an attempt; the first opens a window.
    pub async fn count_attempt(
        &self,
        subject: &[u8; 32],
        limit: Limit,
        now: DateTime<Utc>,
    ) -> Result<(), StoreFailure> {
        sqlx::query(COUNT).bind(subject).bind(now + limit.window).bind(now).execute(&self.pool).await?;
        Ok(())
    }

    /// Forgets what was tried.
    pub async fn forget_attempts(&self, subject: &[u8; 32]) -> Result<(), StoreFailure> {
        sqlx::query(FORGET).bind(subject).execute(&self.pool).await?;
        Ok(())
    }
}

const BARRED: &str = "
    select window_until from identity.attempt where subject = $1 and $2 <= attempts and $3 < window_until";

const COUNT: &str = "
    insert into identity.attempt as old (subject, attempts, window_until) values ($1, 1, $2)
    on conflict on constraint attempt_pkey do update
    set attempts = case when $3 < old.window_until then old.attempts + 1 else 1 end,
        window_until = case when $3 < old.window_until then old.window_until else excluded.window_until end";

const FORGET: &str = "delete from identity.attempt where subject = $1";
