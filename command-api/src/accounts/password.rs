//! Passwords are changed by who has the old one, and set anew by who can read the account's mail.

use axum::extract::State;
use axum::http::StatusCode;
use booking_domain::UseCase;
use booking_domain::use_cases::CommandUser;
use booking_domain::user::UserCommand;
use booking_domain::values::{Actor, ActorKind, TenantId, UserId};
use booking_http::{Body, By, Problem};
use booking_journal::{CommandKey, Intent, Request, Trace};
use chrono::TimeDelta;
use uuid::Uuid;

use super::body::{ChangeBody, ForgotBody, ResetBody};
use super::store::Limit;
use super::{check, problems, reset_code};
use crate::Parts;
use crate::asked::{Guest, OneSelf};

/// Codes asked for by one address, over all processes.
const CODES: Limit = Limit { attempts_max: 5, window: TimeDelta::minutes(15) };

/// `POST /auth/password/change`: ends all other sessions of the account.
pub async fn change(
    State(parts): State<Parts>,
    OneSelf(asked): OneSelf,
    Body(body): Body<ChangeBody>,
) -> Result<StatusCode, Problem> {
    let (current, wanted) = check::change(body)?;
    let (store, user_id) = (&parts.accounts.0.store, asked.caller.user_id);
    let account = store.account(user_id).await?.ok_or_else(problems::invalid_credentials)?;
    let proven = parts.proven_of(&account.email_hash, current, asked.now).await?;
    proven.ok_or_else(problems::invalid_credentials)?;
    let hash = parts.accounts.0.passwords.turn().await?.hash(wanted).await?;
    let this = match asked.caller.by {
        By::Session(session_id) => Some(session_id),
        By::Secret | By::Key(_) => None,
    };
    store.set_password(user_id, &hash, this, asked.now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /auth/password/forgot`: 202 whether there is such an account or not.
pub async fn forgot(
    State(parts): State<Parts>,
    guest: Guest,
    Body(body): Body<ForgotBody>,
) -> Result<StatusCode, Problem> {
    let (email, subdomain) = check::forgot(body)?;
    let tenant = parts.tenant_named(subdomain).await?;
    let (store, master) = (&parts.accounts.0.store, parts.vault.master());
    let email_hash = email.hash(master);
    let subject = master.fingerprint("codes", &[&email_hash]);
    if let Some(until) = store.barred_until(&subject, CODES, guest.now).await? {
        return Err(problems::rate_limited(until - guest.now));
    }
    if let Some(user_id) = store.ask_for_reset(&email_hash, (&subject, CODES), tenant, guest.now).await? {
        // Told to the journal after the answer: the time that it takes would say that there is an account. What a
        // crash takes with it is the news alone; who gets no mail asks again.
        let parts = parts.clone();
        tokio::spawn(async move { parts.tell_of_reset(tenant, user_id, &guest).await });
    }
    Ok(StatusCode::ACCEPTED)
}

/// `POST /auth/password/reset`: ends all sessions of the account.
pub async fn reset(
    State(parts): State<Parts>,
    guest: Guest,
    Body(body): Body<ResetBody>,
) -> Result<StatusCode, Problem> {
    let (email, code, wanted) = check::reset(body)?;
    let (store, master) = (&parts.accounts.0.store, parts.vault.master());
    let tried = store.try_code(&email.hash(master), guest.now).await?;
    let right = tried.filter(|(_, reset_id)| reset_code::is_right(master, *reset_id, &code));
    let (user_id, _) = right.ok_or_else(problems::invalid_code)?;
    let hash = parts.accounts.0.passwords.turn().await?.hash(wanted).await?;
    store.set_password(user_id, &hash, None, guest.now).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Parts {
    async fn tell_of_reset(&self, tenant: TenantId, user_id: UserId, guest: &Guest) {
        let command = UserCommand::RequestPasswordReset { now: guest.now };
        let correlation_id = Some(guest.trace.correlation_id());
        let request = Request {
            tenant,
            actor: Actor { kind: ActorKind::Customer, id: user_id.uuid() },
            case: UseCase::CommandUser(Box::new(CommandUser { user_id, command })),
            key: CommandKey::once(Uuid::now_v7()),
            keys: vec![],
            trace: Trace { correlation_id, causation_id: None, traceparent: Some(guest.trace.traceparent()) },
            occurred_at: guest.now,
            quiet: false,
            versions: None,
            intent: Intent::Store,
        };
        // Refused when the account is unknown to this business, or deactivated there: then there is no news.
        if let Err(failure) = self.journal.submit(request).await {
            tracing::warn!("a request for a new password was not told to the journal: {failure}");
        }
    }
}
