use booking_domain::values::{TenantId, UserId};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Store, StoreFailure};

/// How long the predecessor of a family's newest refresh token still gets that one: the answer to the first may
/// have been lost, or two tabs asked at once.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// A family of refresh tokens.
#[derive(FromRow)]
pub struct Session {
    pub session_id: Uuid,
    user_id: Uuid,
    tenant_id: Uuid,
    /// By chance; goes into each of its tokens.
    pub salt: [u8; 16],
    /// Of its newest token: 0, 1, 2 …
    pub generation: i32,
}

/// Why a family ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndCause {
    LoggedOut,
    /// A token came that had been followed by others: two have it, and one of them stole it.
    TokenReused,
    UserDeactivated,
}

/// What a refresh token was worth.
pub enum Rotated {
    /// The family with its newest generation.
    On(Session),
    /// It was used before, so its family has ended.
    Reused,
    /// The family ended for another reason, or has expired.
    Ended,
}

impl Session {
    pub const fn user_id(&self) -> UserId {
        UserId::new(self.user_id)
    }

    pub const fn tenant(&self) -> TenantId {
        TenantId::new(self.tenant_id)
    }
}

impl EndCause {
    const fn word(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::TokenReused => "token_reused",
            Self::UserDeactivated => "user_deactivated",
        }
    }
}

impl Store {
    /// Begins a family. Its first token lives for `life`.
    pub async fn begin(
        &self,
        (tenant, user_id): (TenantId, UserId),
        salt: [u8; 16],
        life: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Session, StoreFailure> {
        Ok(sqlx::query_as(BEGIN)
            .bind(Uuid::new_v4())
            .bind(user_id.uuid())
            .bind(tenant.uuid())
            .bind(salt)
            .bind(now)
            .bind(now + life)
            .fetch_one(&self.pool)
            .await?)
    }

    /// A family, whether it has ended or not.
    pub async fn session(&self, session_id: Uuid) -> Result<Option<Session>, StoreFailure> {
        Ok(sqlx::query_as(SESSION).bind(session_id).fetch_optional(&self.pool).await?)
    }

    /// Uses the token of a generation that was found to be genuine. The newest begins the next generation, in one
    /// statement, so that of many at once one does; for ten seconds its immediate predecessor finds that
    /// generation begun. Any other ends the family.
    pub async fn rotate(
        &self,
        session_id: Uuid,
        generation: i32,
        life: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Rotated, StoreFailure> {
        let rotated = sqlx::query_as(ROTATE)
            .bind(session_id)
            .bind(generation)
            .bind(now)
            .bind(now + life)
            .bind(now - GRACE)
            .fetch_optional(&self.pool)
            .await?;
        if let Some(session) = rotated {
            return Ok(Rotated::On(session));
        }
        self.end(session_id, EndCause::TokenReused, now).await?;
        let cause: Option<String> =
            sqlx::query_scalar(CAUSE).bind(session_id).bind(now).fetch_optional(&self.pool).await?;
        let reused = cause.as_deref() == Some(EndCause::TokenReused.word());
        Ok(if reused { Rotated::Reused } else { Rotated::Ended })
    }

    /// Ends a family. One that has ended stays as it is.
    pub async fn end(
        &self,
        session_id: Uuid,
        cause: EndCause,
        now: DateTime<Utc>,
    ) -> Result<(), StoreFailure> {
        sqlx::query(END).bind(session_id).bind(now).bind(cause.word()).execute(&self.pool).await?;
        Ok(())
    }

    /// Ends all families of an account within a tenant.
    pub async fn end_here(
        &self,
        (tenant, user_id): (TenantId, UserId),
        cause: EndCause,
        now: DateTime<Utc>,
    ) -> Result<(), StoreFailure> {
        let ended =
            sqlx::query(END_HERE).bind(user_id.uuid()).bind(tenant.uuid()).bind(now).bind(cause.word());
        ended.execute(&self.pool).await?;
        Ok(())
    }
}

const END_HERE: &str = "
    update identity.session set ended_at = $3, end_cause = $4
    where user_id = $1 and tenant_id = $2 and ended_at is null and $3 < expires_at";

const BEGIN: &str = "
    insert into identity.session
        (session_id, user_id, tenant_id, salt, generation, rotated_at, expires_at)
    values ($1, $2, $3, $4, 0, $5, $6)
    returning session_id, user_id, tenant_id, salt, generation";

const SESSION: &str = "
    select session_id, user_id, tenant_id, salt, generation from identity.session where session_id = $1";

// `set` sees the row as it was, also when it had to wait for another's turn.
const ROTATE: &str = "
    update identity.session
    set generation = $2 + 1,
        rotated_at = case when generation = $2 then $3 else rotated_at end,
        expires_at = case when generation = $2 then $4 else expires_at end
    where session_id = $1 and ended_at is null and $3 < expires_at
        and (generation = $2 or (generation = $2 + 1 and $5 <= rotated_at))
    returning session_id, user_id, tenant_id, salt, generation";

const END: &str = "
    update identity.session set ended_at = $2, end_cause = $3
    where session_id = $1 and ended_at is null and $2 < expires_at";

const CAUSE: &str = "select end_cause from identity.session where session_id = $1 and $2 < expires_at";
