use booking_domain::values::{TenantId, UserId};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Limit, Store, StoreFailure};

/// Codes tried for one request; then it stands for nothing.
const TRIES_MAX: i32 = 5;

/// How long a code can be used.
const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);

/// A code that was asked for, as the outbox of development shows it.
#[derive(FromRow)]
pub struct Asked {
    user_id: Uuid,
    pub reset_id: Uuid,
    email: String,
    pub requested_at: DateTime<Utc>,
}

impl Asked {
    /// The address, sealed, beside the id whose key opens it.
    pub fn sealed(&self) -> Value {
        json!({"id": self.user_id, "email": self.email})
    }
}

impl Store {
    /// Opens a request for an address, in place of an earlier one, and counts it. Whose account it is; nothing when
    /// there is none, which takes the same statement, and the same wait for the disk.
    pub async fn ask_for_reset(
        &self,
        email_hash: &[u8; 32],
        (subject, limit): (&[u8; 32], Limit),
        tenant: TenantId,
        now: DateTime<Utc>,
    ) -> Result<Option<UserId>, StoreFailure> {
        let user_id: Option<Uuid> = sqlx::query_scalar(ASK)
            .bind(subject)
            .bind(now + limit.window)
            .bind(now)
            .bind(email_hash)
            .bind(Uuid::new_v4())
            .bind(tenant.uuid())
            .bind(now + CODE_LIFE)
            .fetch_optional(&self.pool)
            .await?;
        Ok(user_id.map(UserId::new))
    }

    /// Uses up one try of an address's request; nothing when there is none, or all tries were used.
    pub async fn try_code(
        &self,
        email_hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<(UserId, Uuid)>, StoreFailure> {
        let row: Option<(Uuid, Uuid)> =
            sqlx::query_as(TRY).bind(email_hash).bind(now).bind(TRIES_MAX).fetch_optional(&self.pool).await?;
        Ok(row.map(|(user_id, reset_id)| (UserId::new(user_id), reset_id)))
    }

    /// Sets a password, and ends what the old one began: all sessions but one, and the code.
    pub async fn set_password(
        &self,
        user_id: UserId,
        password_hash: &str,
        but: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreFailure> {
        sqlx::query(SET)
            .bind(user_id.uuid())
            .bind(password_hash)
            .bind(now)
            .bind(but)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The codes that can be used now, the newest first; with an address only its own.
    pub async fn asked(
        &self,
        email_hash: Option<[u8; 32]>,
        most: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<Asked>, StoreFailure> {
        Ok(sqlx::query_as(ASKED).bind(email_hash).bind(now).bind(most).fetch_all(&self.pool).await?)
    }
}

const ASK: &str = "
    with counted as (
        insert into identity.attempt as old (subject, attempts, window_until) values ($1, 1, $2)
        on conflict on constraint attempt_pkey do update
        set attempts = case when $3 < old.window_until then old.attempts + 1 else 1 end,
            window_until = case when $3 < old.window_until then old.window_until else excluded.window_until end
    )
    insert into identity.password_reset (user_id, reset_id, tenant_id, tries, requested_at, expires_at)
    select user_id, $5, $6, 0, $3, $7 from identity.account where email_hash = $4
    on conflict on constraint password_reset_pkey do update
    set reset_id = excluded.reset_id, tenant_id = excluded.tenant_id, tries = 0,
        requested_at = excluded.requested_at, expires_at = excluded.expires_at
    returning user_id";

const TRY: &str = "
    update identity.password_reset as reset set tries = tries + 1
    from identity.account as account
    where account.email_hash = $1 and reset.user_id = account.user_id and $2 < expires_at and tries < $3
    returning reset.user_id, reset_id";

const SET: &str = "
    with ended as (
        update identity.session set ended_at = $3, end_cause = 'password_changed'
        where user_id = $1 and ended_at is null and $3 < expires_at and session_id is distinct from $4
    ), used as (
        delete from identity.password_reset where user_id = $1
    )
    update identity.account set password_hash = $2, password_changed_at = $3 where user_id = $1";

const ASKED: &str = "
    select reset.user_id, reset_id, email, requested_at
    from identity.password_reset as reset join identity.account as account using (user_id)
    where ($1::bytea is null or email_hash = $1) and $2 < expires_at
    order by requested_at desc limit $3";
