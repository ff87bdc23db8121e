//! What is kept of an account, for its owner.

use booking_domain::values::{TenantId, UserId};
use booking_http::Problem;
use serde_json::{Value, json};

use super::PLATFORM;
use crate::{Parts, refused};

impl Parts {
    /// Its address and particulars, opened; null when there is no account.
    pub(crate) async fn account_document(&self, user_id: UserId) -> Result<Value, Problem> {
        let Some(account) = self.accounts.0.store.account(user_id).await? else { return Ok(Value::Null) };
        let mut document = account.sealed();
        let opened = self.vault.unseal(PLATFORM, &mut document).await;
        opened.map_err(|failure| refused::no_answer(&failure))?;
        Ok(document)
    }

    /// Its sessions within a tenant that are still kept, the newest first.
    pub(crate) async fn sessions_document(
        &self,
        tenant: TenantId,
        user_id: UserId,
    ) -> Result<Value, Problem> {
        let sessions = self.accounts.0.store.sessions_of(tenant, user_id).await?;
        Ok(json!(sessions))
    }
}
