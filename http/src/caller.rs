//! Who asks.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use booking_domain::values::ids::{CustomerId, TenantId, UserId};
use chrono::Utc;
use uuid::Uuid;

use crate::{Problem, Role, Roles, TokenRefusal, Tokens};

/// Who asks, within which tenant, as what. From `Authorization: Bearer`; 401 without.
///
/// An API key will end here, too, and roles will be looked up instead of believed: handlers ask the
/// caller and never the token.
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
}

impl Caller {
    /// The customer that this account is within the tenant.
    pub fn customer_id(&self) -> CustomerId {
        CustomerId::of_account(self.tenant, self.user_id)
    }

    /// Provider or higher: may act for customers.
    pub fn is_staff(&self) -> bool {
        self.roles.has_any(&[Role::Provider, Role::Manager, Role::Owner, Role::SuperAdmin])
    }

    /// Lets only callers pass who are one of these.
    ///
    /// # Errors
    /// 403 `FORBIDDEN` otherwise.
    pub fn must_be(&self, roles: &[Role]) -> Result<(), Problem> {
        if self.roles.has_any(roles) {
            return Ok(());
        }
        let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        Err(Problem::forbidden(format!("this is for {} only", names.join(", "))))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Tokens: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = bearer(&parts.headers)?;
        Tokens::from_ref(state).verify(token, Utc::now()).map_err(|refusal| match refusal {
            TokenRefusal::Expired => Problem::bad_token("the access token has expired"),
            TokenRefusal::Invalid | TokenRefusal::NotYetValid => {
                Problem::bad_token("the access token is not valid")
            }
        })
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
