//! Commands on users, and how they are answered.

use axum::Json;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use booking_domain::UseCase;
use booking_domain::use_cases::CommandUser;
use booking_domain::user::{Grant, UserCommand};
use booking_domain::values::{Role, UserId};
use booking_http::{Caller, ETag, IDEMPOTENT_REPLAYED, Problem};
use booking_journal::Receipt;

use crate::Parts;
use crate::asked::Asked;
use crate::key::Asking;

impl Parts {
    /// Gives a user a command. What it may counts anew at once, here.
    pub(super) async fn command_user(
        &self,
        asked: &Asked,
        user_id: UserId,
        command: UserCommand,
        asking: &Asking,
    ) -> Result<Receipt, Problem> {
        let key = asking.key(self.vault.master(), &asked.caller, asked.key.as_ref());
        let case = UseCase::CommandUser(Box::new(CommandUser { user_id, command }));
        let receipt = self.submit(asked.request(case, key, vec![])).await?;
        self.callers.forget(asked.caller.tenant, user_id);
        Ok(receipt)
    }

    /// The user as the command left it.
    pub(super) async fn user_answer(
        &self,
        asked: &Asked,
        user_id: UserId,
        receipt: &Receipt,
    ) -> Result<Response, Problem> {
        let document = self.user_document(asked.caller.tenant, user_id, receipt.position).await?;
        let version = document["version"].as_i64().unwrap_or_default();
        let mut answer = (self.token(receipt.position), ETag(version), Json(document)).into_response();
        let replayed = receipt.replayed.then_some((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
        answer.headers_mut().extend(replayed);
        Ok(answer)
    }

    /// Lets only those pass who may give and take all of these roles, and all that the user has.
    pub(crate) async fn must_outrank(
        &self,
        caller: &Caller,
        user_id: UserId,
        wanted: &[Grant],
    ) -> Result<(), Problem> {
        let user = self.user(caller.tenant, user_id).await?;
        must_grant(caller, wanted)?;
        must_grant(caller, user.grants())
    }
}

/// Lets only those pass who may give all of these roles.
pub fn must_grant(caller: &Caller, grants: &[Grant]) -> Result<(), Problem> {
    let mut above = grants.iter().map(|grant| grant.role).filter(|role| !caller.may_grant(*role));
    match above.next().map(Role::name) {
        Some(role) => Err(Problem::forbidden(format!("only others may give or take the role {role}"))),
        None => Ok(()),
    }
}

/// Nobody takes away what they are themselves: the last owner would lock the business up.
pub fn must_be_another(caller: &Caller, user_id: UserId) -> Result<(), Problem> {
    if caller.user_id != user_id {
        return Ok(());
    }
    Err(Problem::conflict("OWN_ROLES", "nobody changes their own roles, or deactivates themselves"))
}
