//! From somebody who is known to a session's tokens.

use booking_domain::user::{Grant, User};
use booking_domain::values::{Roles, TenantId, UserId};
use booking_http::{By, Caller, Problem};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::store::{EndCause, Session};
use super::{problems, refresh_token};
use crate::{Parts, refused};

/// What a log-in or a refresh gives.
pub struct Tokens {
    pub access_token: String,
    pub refresh_token: String,
    /// Of the access token.
    pub expires_in_s: i64,
}

impl Parts {
    /// Begins a session of an account within a tenant.
    pub(super) async fn begin_session(
        &self,
        tenant: TenantId,
        user_id: UserId,
        now: DateTime<Utc>,
    ) -> Result<Session, Problem> {
        let life = self.accounts.0.refresh_life;
        Ok(self.accounts.0.store.begin((tenant, user_id), rand::random(), life, now).await?)
    }

    /// The tokens of a session. The roles in the access token are for whoever reads it; what counts is looked up.
    pub(super) fn tokens_of(&self, session: &Session, grants: &[Grant]) -> Tokens {
        let life = self.accounts.0.access_life;
        let caller = Caller {
            user_id: session.user_id(),
            tenant: session.tenant(),
            roles: grants.iter().map(|grant| grant.role).collect::<Roles>(),
            location_ids: locations(grants),
            by: By::Session(session.session_id),
        };
        let Session { session_id, salt, generation, .. } = session;
        Tokens {
            // Faces go by the machine's clock when they look at a token, whatever ours was set to.
            access_token: self.callers.tokens().mint(&caller, life, Utc::now()),
            refresh_token: refresh_token::token(self.vault.master(), *session_id, salt, *generation),
            expires_in_s: life.num_seconds(),
        }
    }

    /// Ends what a deactivated account has begun within a tenant.
    pub(crate) async fn end_sessions_here(
        &self,
        tenant: TenantId,
        user_id: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), Problem> {
        let store = &self.accounts.0.store;
        Ok(store.end_here((tenant, user_id), EndCause::UserDeactivated, now).await?)
    }

    /// What an account is within a tenant now, whatever was looked up before.
    pub(crate) async fn user(&self, tenant: TenantId, user_id: UserId) -> Result<User, Problem> {
        self.reader.user(tenant, user_id).await.map_err(|failure| refused::no_answer(&failure))
    }

    /// The tenant that is meant: the one named, else the default.
    pub(super) async fn tenant_named(&self, subdomain: Option<String>) -> Result<TenantId, Problem> {
        let named = subdomain.as_ref().or(self.accounts.0.default_tenant.as_ref());
        let named = named.ok_or_else(problems::no_business)?;
        let found = self.reader.tenant_of(named).await.map_err(|failure| refused::no_answer(&failure))?;
        found.ok_or_else(problems::no_business)
    }
}

fn locations(grants: &[Grant]) -> Vec<Uuid> {
    grants.iter().flat_map(|grant| &grant.location_ids).map(|location| location.uuid()).collect()
}
