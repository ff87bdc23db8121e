use axum::extract::State;
use axum::response::{IntoResponse, Response};
use booking_domain::user::User;
use booking_http::{Body, Problem};
use chrono::{DateTime, TimeDelta, Utc};

use super::body::LoginBody;
use super::check::{Claimant, Email};
use super::register::customer;
use super::store::{Account, Limit};
use super::{answer, check, problems};
use crate::Parts;
use crate::asked::Guest;

/// Wrong passwords of one address, over all processes; then nobody logs in with it for a while, with the right one
/// neither.
const WRONG_PASSWORDS: Limit = Limit { attempts_max: 10, window: TimeDelta::minutes(15) };

/// `POST /auth/login`
pub async fn login(
    State(parts): State<Parts>,
    guest: Guest,
    Body(body): Body<LoginBody>,
) -> Result<Response, Problem> {
    let Claimant { email, password, subdomain } = check::claimant(body)?;
    let tenant = parts.tenant_named(subdomain).await?;
    let account =
        parts.proven(&email, password, guest.now).await?.ok_or_else(problems::invalid_credentials)?;
    let user_id = account.user_id();
    let user = match parts.user(tenant, user_id).await? {
        User::Absent => {
            parts.join_as_registered(customer(tenant, user_id, &guest), &account).await?;
            parts.user(tenant, user_id).await?
        }
        known @ (User::Active { .. } | User::Deactivated) => known,
    };
    if user == User::Deactivated {
        return Err(problems::deactivated());
    }
    let session = parts.begin_session(tenant, user_id, guest.now).await?;
    let document = parts.user_document(tenant, user_id, i64::MAX).await?;
    Ok(answer::session(parts.tokens_of(&session, user.grants()), document).into_response())
}

impl Parts {
    /// The account of an address, if this is its password. It takes the same work when there is none.
    ///
    /// # Errors
    /// 429 `RATE_LIMITED` when there were too many wrong ones lately.
    pub(super) async fn proven(
        &self,
        email: &Email,
        password: String,
        now: DateTime<Utc>,
    ) -> Result<Option<Account>, Problem> {
        self.proven_of(&email.hash(self.vault.master()), password, now).await
    }

    /// The same of an address's keyed hash.
    pub(super) async fn proven_of(
        &self,
        email_hash: &[u8; 32],
        password: String,
        now: DateTime<Utc>,
    ) -> Result<Option<Account>, Problem> {
        let store = &self.accounts.0.store;
        let subject = self.vault.master().fingerprint("wrong_passwords", &[email_hash]);
        // Looked at and counted within one turn: no more guesses are under way than turns are given out.
        let turn = self.accounts.0.passwords.turn().await?;
        if let Some(until) = store.barred_until(&subject, WRONG_PASSWORDS, now).await? {
            return Err(problems::rate_limited(until - now));
        }
        let account = store.account_of(email_hash).await?;
        let hash = account.as_ref().map(|account| account.password_hash.clone());
        if !turn.is_right(password, hash).await? {
            store.count_attempt(&subject, WRONG_PASSWORDS, now).await?;
            return Ok(None);
        }
        store.forget_attempts(&subject).await?;
        Ok(account)
    }
}
