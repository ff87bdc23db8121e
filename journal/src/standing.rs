//! What an account may be within a tenant, by the journal's last word.

use booking_domain::decide::Decide;
use booking_domain::user::User;
use booking_domain::values::{TenantId, UserId};
use booking_domain::{Event, StreamId};

use crate::{READ_EVENTS_MAX, ReadFailure, Reader, Recorded, Unreadable};

/// Why it is not known what an account may. Then it may nothing.
#[derive(Debug, thiserror::Error)]
pub enum StandingFailure {
    /// Postgres could not be asked.
    #[error("could not read an account's roles")]
    Postgres(#[from] sqlx::Error),
    /// An event that this program does not know.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Its roles were changed more often than is read: the last change may be missing.
    #[error("an account's roles were changed more than {READ_EVENTS_MAX} times")]
    TooLong,
}

impl Reader {
    /// What an account is within a tenant: one look at one stream, and only at what changes its roles.
    ///
    /// # Errors
    /// When it cannot be read whole.
    pub async fn user(&self, tenant: TenantId, user_id: UserId) -> Result<User, StandingFailure> {
        let recorded: Vec<Recorded> = sqlx::query_as(CHANGES)
            .bind(StreamId::User(tenant, user_id).aggregate_id())
            .bind(tenant.uuid())
            .bind(READ_EVENTS_MAX)
            .fetch_all(self.pool())
            .await?;
        if READ_EVENTS_MAX.unsigned_abs() <= recorded.len() as u64 {
            return Err(StandingFailure::TooLong);
        }
        let mut user = User::default();
        for recorded in &recorded {
            if let Event::User(event) = recorded.event()? {
                user.evolve(&event);
            }
        }
        Ok(user)
    }
}

/// Which users of a tenant are wanted: the newest first.
#[derive(Debug, Clone, Copy)]
pub struct UsersPage {
    /// Those that are older than this one.
    pub before: Option<UserId>,
    pub offset: i64,
    pub limit: i64,
}

impl Reader {
    /// The events of a tenant's users, the newest user first, each user's in order.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn users(&self, tenant: TenantId, page: UsersPage) -> Result<Vec<Recorded>, ReadFailure> {
        let before = page.before.map(|user_id| StreamId::User(tenant, user_id).aggregate_id());
        Ok(sqlx::query_as(USERS)
            .bind(tenant.to_string())
            .bind(tenant.uuid())
            .bind(before)
            .bind(page.limit)
            .bind(page.offset)
            .fetch_all(self.pool())
            .await?)
    }

    /// How many users a tenant has, those who were deactivated among them.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn users_count(&self, tenant: TenantId) -> Result<u32, ReadFailure> {
        let count: i64 = sqlx::query_scalar(COUNT).bind(tenant.to_string()).fetch_one(self.pool()).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

/// Streams of one tenant are one range of the primary key; ids of users grow with time.
const USERS: &str = "
    select position, event_id, tenant_id, event.aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from (
        select aggregate_id from journal.event
        where aggregate_type = 'user' and $1 || '/' <= aggregate_id and aggregate_id < $1 || '0'
            and sequence = 1 and ($3::text is null or aggregate_id < $3)
        order by aggregate_id desc limit $4 offset $5
    ) as page
    join journal.event as event using (aggregate_id)
    where event.aggregate_type = 'user' and event.tenant_id = $2
    order by aggregate_id desc, sequence";

const COUNT: &str = "
    select count(*) from journal.event
    where aggregate_type = 'user' and $1 || '/' <= aggregate_id and aggregate_id < $1 || '0' and sequence = 1";

const CHANGES: &str = "
    select position, event_id, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from journal.event
    where aggregate_type = 'user' and aggregate_id = $1 and tenant_id = $2
        and event_type in ('user.registered', 'user.role_granted', 'user.role_revoked', 'user.deactivated')
    order by sequence
    limit $3";
