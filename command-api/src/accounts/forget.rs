//! An account whose person was erased.

use booking_domain::user::User;
use booking_domain::values::{TenantId, UserId};
use booking_http::Problem;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Parts, refused};

/// What became of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Forgotten {
    /// It is gone: the address, the password, all sessions.
    Deleted,
    /// Another business still lets it in; to this one it is nobody.
    Deactivated,
}

impl Parts {
    /// Ends what an account that was deactivated has begun within a tenant. When no other business lets it in, its
    /// row goes, and with it the key of what stands there. None when there is no account, or none any more.
    pub(crate) async fn forget_account(
        &self,
        tenant: TenantId,
        user_id: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<Forgotten>, Problem> {
        self.end_sessions_here(tenant, user_id, now).await?;
        if self.is_let_in_elsewhere(tenant, user_id).await? {
            return Ok(Some(Forgotten::Deactivated));
        }
        let deleted = self.accounts.0.store.delete(user_id).await?;
        Ok(deleted.then_some(Forgotten::Deleted))
    }

    async fn is_let_in_elsewhere(&self, tenant: TenantId, user_id: UserId) -> Result<bool, Problem> {
        let known = self.reader.tenants_of(user_id).await;
        let known = known.map_err(|failure| refused::no_answer(&failure))?;
        for other in known.into_iter().filter(|known| *known != tenant) {
            if matches!(self.user(other, user_id).await?, User::Active { .. }) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
