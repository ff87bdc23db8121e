use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use booking_domain::user::{Grant, User};
use booking_domain::values::{Actor, ActorKind, Role, TenantId, UserId};
use booking_http::{Body, IDEMPOTENT_REPLAYED, Problem};
use booking_journal::CommandKey;
use uuid::Uuid;

use super::body::RegisterBody;
use super::check::Newcomer;
use super::join::{Joining, Particulars};
use super::newcomer::Entered;
use super::store::Account;
use super::{answer, check, problems};
use crate::Parts;
use crate::asked::Guest;

/// `POST /auth/register`
pub async fn register(
    State(parts): State<Parts>,
    guest: Guest,
    Body(body): Body<RegisterBody>,
) -> Result<Response, Problem> {
    let asked = serde_json::to_vec(&body).expect("a body that was read can be written as JSON");
    let (newcomer, subdomain) = check::newcomer(body)?;
    let tenant = parts.tenant_named(subdomain).await?;
    let of = tenant.uuid().into_bytes();
    let request = guest
        .key
        .as_ref()
        .map(|key| parts.vault.master().fingerprint("register", &[&of, key.as_str().as_bytes(), &asked]));
    let (user_id, replayed) = match parts.enter(&newcomer, request, guest.now).await? {
        Entered::New(user_id) => (user_id, false),
        Entered::Again(user_id) => (user_id, true),
        Entered::Taken(account) => (parts.unfinished(tenant, &account, &newcomer, &guest).await?, false),
    };
    let key = CommandKey::once(Uuid::now_v7());
    let receipt = parts.join(customer(tenant, user_id, &guest), Particulars::of(&newcomer), key).await?;
    let user = parts.user_document(tenant, user_id, receipt.position).await?;
    let session = parts.begin_session(tenant, user_id, guest.now).await?;
    let grants = parts.user(tenant, user_id).await?;
    let answer = answer::session(parts.tokens_of(&session, grants.grants()), user);
    let mut answer = (StatusCode::CREATED, parts.token(receipt.position), answer).into_response();
    answer.headers_mut().extend(replayed.then_some((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"))));
    Ok(answer)
}

/// An account as it becomes known to a business by itself.
pub(super) fn customer<'a>(tenant: TenantId, user_id: UserId, guest: &'a Guest) -> Joining<'a> {
    Joining {
        tenant,
        user_id,
        grants: vec![Grant { role: Role::Customer, location_ids: vec![] }],
        by: Actor { kind: ActorKind::Customer, id: user_id.uuid() },
        trace: &guest.trace,
        now: guest.now,
    }
}

impl Parts {
    /// The account of an address that has one already, if it is not yet known to this business and the password is
    /// its own: a crash cut its registration short, or it is known to another business only.
    async fn unfinished(
        &self,
        tenant: TenantId,
        account: &Account,
        newcomer: &Newcomer,
        guest: &Guest,
    ) -> Result<UserId, Problem> {
        match self.user(tenant, account.user_id()).await? {
            User::Active { .. } | User::Deactivated => return Err(problems::email_taken()),
            User::Absent => {}
        }
        let password = newcomer.password.clone().into_text();
        match self.proven(&newcomer.email, password, guest.now).await? {
            Some(account) => Ok(account.user_id()),
            None => Err(problems::email_taken()),
        }
    }
}
