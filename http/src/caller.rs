//! Who asks.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use booking_domain::values::ids::{CustomerId, TenantId, UserId};
use chrono::Utc;
use uuid::Uuid;

use crate::{Callers, Permission, Problem, Roles, Scope, Scopes};

/// Who asks, within which tenant, as what. From `Authorization: Bearer`; 401 without.
///
/// Handlers ask the caller and never the token: [`Callers`] says what it is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub user_id: UserId,
    /// The business in which it acts.
    pub tenant: TenantId,
    /// What it may be there.
    pub roles: Roles,
    /// The locations that a manager or provider is bound to; empty when to none.
    pub location_ids: Vec<Uuid>,
    /// How it is known who asks.
    pub by: By,
}

/// How it is known who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By a token that whoever holds the secret made, for an account that need not be.
    Secret,
    /// By a token of a session, which a log-in began.
    Session(Uuid),
    /// By a key for programs, made for these scopes. The user is then the key's id.
    Key(Scopes),
}

impl Caller {
    /// The customer that this account is within the tenant.
    pub fn customer_id(&self) -> CustomerId {
        CustomerId::of_account(self.tenant, self.user_id)
    }

    /// Whether the caller sees and does what is others': all that is not staff has only its own.
    pub fn is_staff(&self) -> bool {
        match self.by {
            By::Secret | By::Session(_) => self.may(Permission::ServeCustomers),
            By::Key(scopes) => scopes.has(Scope::BookingsRead) || scopes.has(Scope::BookingsWrite),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Callers: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Callers::from_ref(state).of(bearer(&parts.headers)?, Utc::now()).await
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut sent = headers.get_all(AUTHORIZATION).iter();
    let (Some(header), None) = (sent.next(), sent.next()) else {
        return Err(Problem::unauthorized("send one header: Authorization: Bearer <access token>"));
    };
    let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::unauthorized("send one header: Authorization: Bearer <access token>"));
    }
    Ok(token.trim_matches(' '))
}

#[cfg(test)]
mod tests;
