use booking_domain::values::{TenantId, UserId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::{Store, StoreFailure};

/// Sessions that are told of at most, the newest.
const SESSIONS_MAX: i64 = 100;

/// A session as its owner may see it: nothing in it opens anything.
#[derive(FromRow, Serialize)]
pub struct KeptSession {
    session_id: Uuid,
    /// When its newest token was given out.
    rotated_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    end_cause: Option<String>,
}

impl Store {
    /// Sessions of an account within a tenant, the newest first.
    pub async fn sessions_of(
        &self,
        tenant: TenantId,
        user_id: UserId,
    ) -> Result<Vec<KeptSession>, StoreFailure> {
        let query = sqlx::query_as(OF).bind(user_id.uuid()).bind(tenant.uuid()).bind(SESSIONS_MAX);
        Ok(query.fetch_all(&self.pool).await?)
    }
}

const OF: &str = "
    select session_id, rotated_at, expires_at, ended_at, end_cause from identity.session
    where user_id = $1 and tenant_id = $2 order by rotated_at desc limit $3";
