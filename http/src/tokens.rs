//! Access tokens: short-lived, signed by us, checked without asking anyone.
//!
//! HS256 and nothing else; whatever the token's header claims, the algorithm is ours. A verified
//! token is not remembered: verifying costs a few microseconds, and a cache would have to be right.

use std::sync::Arc;

use booking_domain::values::ids::{TenantId, UserId};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::caller::By;
use crate::{Caller, Roles};

/// Life of an access token.
pub const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);

const SECRET_BYTES_MIN: usize = 32;
const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// How far the clock of the process that minted a token may be ahead of ours. A token that has
/// expired by our clock is dead at once.
const AHEAD_MAX_S: i64 = 5;
const TYPE: &str = "at+jwt";
const ISSUER: &str = "booking";
const AUDIENCE: &str = "booking-api";

/// Mints and verifies access tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    keys: Arc<Keys>,
    /// Of those without a session.
    secrets_life_max: TimeDelta,
}

/// How long a token without a session stands after it was made, in production.
pub const SECRETS_TOKEN_LIFE_MAX: TimeDelta = TimeDelta::hours(12);

struct Keys {
    signing: EncodingKey,
    verifying: DecodingKey,
    header: Header,
    validation: Validation,
}

/// A secret that could be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret for access tokens must have at least 32 bytes")]
pub struct WeakSecret;

/// Why a token does not stand. All of them are 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// Not one of ours, or not one for here.
    #[error("the access token is not valid")]
    Invalid,
    /// It was one of ours.
    #[error("the access token has expired")]
    Expired,
    /// It will be one of ours, or a clock is wrong.
    #[error("the access token is not valid yet")]
    NotYetValid,
}

/// All of them are required, but for the session.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    tenant: TenantId,
    roles: Roles,
    location_ids: Vec<Uuid>,
    /// The session that a log-in began; absent in what the secret's holder makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    /// In seconds since 1970, like the other two.
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Tokens {
    /// # Errors
    /// [`WeakSecret`] when it is shorter than 32 bytes.
    pub fn new(secret: &[u8]) -> Result<Self, WeakSecret> {
        if secret.len() < SECRET_BYTES_MIN {
            return Err(WeakSecret);
        }
        let keys = Keys {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            header: Header { typ: Some(TYPE.to_owned()), ..Header::new(Algorithm::HS256) },
            validation: signature_only(),
        };
        Ok(Self { keys: Arc::new(keys), secrets_life_max: TimeDelta::MAX })
    }

    /// The same for production: a token without a session ends [`SECRETS_TOKEN_LIFE_MAX`] after it was made,
    /// however long it says that it lives.
    #[must_use]
    pub fn for_production(self) -> Self {
        Self { secrets_life_max: SECRETS_TOKEN_LIFE_MAX, ..self }
    }

    /// A token that says who this is, from `now` on for `life`.
    pub fn mint(&self, caller: &Caller, life: TimeDelta, now: DateTime<Utc>) -> String {
        let now_s = now.timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: caller.user_id,
            tenant: caller.tenant,
            roles: caller.roles,
            location_ids: caller.location_ids.clone(),
            sid: match caller.by {
                By::Secret | By::Key(_) => None,
                By::Session(session_id) => Some(session_id),
            },
            iat: now_s,
            nbf: now_s,
            exp: now_s + life.num_seconds(),
        };
        encode(&self.keys.header, &claims, &self.keys.signing).expect("plain claims can be signed with HS256")
    }

    /// Who the token says is asking.
    ///
    /// # Errors
    /// [`TokenRefusal`] unless signature, type, issuer, audience and times are right and every claim
    /// is there.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Caller, TokenRefusal> {
        if TOKEN_BYTES_MAX < token.len() {
            return Err(TokenRefusal::Invalid);
        }
        let token = decode::<Claims>(token, &self.keys.verifying, &self.keys.validation)
            .map_err(|_| TokenRefusal::Invalid)?;
        if token.header.typ.as_deref() != Some(TYPE) {
            return Err(TokenRefusal::Invalid);
        }
        token.claims.stand(now.timestamp())?;
        if token.claims.sid.is_none() && token.claims.is_older_than(self.secrets_life_max, now) {
            return Err(TokenRefusal::Expired);
        }
        Ok(token.claims.into())
    }
}

/// The library checks the signature and the algorithm; the claims are ours to check.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}

impl Claims {
    fn stand(&self, now_s: i64) -> Result<(), TokenRefusal> {
        if self.iss != ISSUER || self.aud != AUDIENCE {
            return Err(TokenRefusal::Invalid);
        }
        if now_s + AHEAD_MAX_S < self.nbf.max(self.iat) {
            return Err(TokenRefusal::NotYetValid);
        }
        if self.exp <= now_s {
            return Err(TokenRefusal::Expired);
        }
        Ok(())
    }

    const fn is_older_than(&self, life: TimeDelta, now: DateTime<Utc>) -> bool {
        life.num_seconds() <= now.timestamp().saturating_sub(self.iat)
    }
}

impl From<Claims> for Caller {
    fn from(claims: Claims) -> Self {
        let Claims { sub, tenant, roles, location_ids, sid, .. } = claims;
        Self { user_id: sub, tenant, roles, location_ids, by: sid.map_or(By::Secret, By::Session) }
    }
}

#[cfg(test)]
mod forged;
