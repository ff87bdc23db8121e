//! What accounts may be now.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use booking_domain::values::{TenantId, UserId};
use chrono::{DateTime, Utc};
use moka::sync::Cache;
use uuid::Uuid;

use crate::caller::By;
use crate::{ApiKeys, Caller, FoundKey, KEY_PREFIX, Problem, Role, Roles, TokenRefusal, Tokens, key_hash};

/// How long a look-up counts, in seconds: so long after a role was taken away, or an account deactivated, a process
/// may still answer as before.
pub const STANDING_CACHED_S: u64 = 2;

/// Look-ups kept in memory at most.
const STANDINGS_CACHED_MAX: u64 = 100_000;

/// Before a caller tries again, in seconds.
const RETRY_AFTER_S: u32 = 1;

/// What an account may be within one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its roles.
    pub roles: Roles,
    /// The locations that they are bound to; empty when to none.
    pub location_ids: Vec<Uuid>,
}

/// It could not be looked up. The caller is told to come again.
#[derive(Debug, thiserror::Error)]
#[error("could not look up what an account may")]
pub struct LookUpFailure(#[source] pub Box<dyn Error + Send + Sync>);

/// What a look-up comes to: nothing for an account that is unknown to the tenant, or may do nothing there any more.
pub type LookedUp = Pin<Box<dyn Future<Output = Result<Option<Standing>, LookUpFailure>> + Send>>;

/// Asks what an account may be within a tenant. This room knows no journal: who wires the faces brings it.
pub type LookUp = Box<dyn Fn(TenantId, UserId) -> LookedUp + Send + Sync>;

/// Tells from a token who asks. Cheap to clone.
///
/// A token that a log-in gave names its session, and says who asks, no more: what that account may be is looked up,
/// so that a role that is granted or taken away counts without a new log-in. A token without a session was made by
/// whoever holds the secret (`booking token`, tests, the bench). It needs no account, and stands for the roles that
/// it names until it expires; in production for twelve hours at most. Looking it up would protect nothing: with the
/// secret, any session could be named as well.
#[derive(Clone)]
pub struct Callers(Arc<Inner>);

struct Inner {
    tokens: Tokens,
    look_up: LookUp,
    known: Cache<(TenantId, UserId), Option<Standing>>,
    keys: Option<ApiKeys>,
    known_keys: Cache<[u8; 32], Option<FoundKey>>,
}

impl Callers {
    /// Verifies with `tokens`, and asks `look_up` about accounts. Without `keys` no key of a program is known.
    pub fn new(tokens: Tokens, look_up: LookUp, keys: Option<ApiKeys>) -> Self {
        Self(Arc::new(Inner { tokens, look_up, known: cache(), keys, known_keys: cache() }))
    }

    /// Mints tokens with the same secret.
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// Who shows a token, and what they may be at this moment.
    ///
    /// # Errors
    /// 401 when the token does not stand, or its account may do nothing here; 503 when it cannot be looked up.
    pub async fn of(&self, token: &str, now: DateTime<Utc>) -> Result<Caller, Problem> {
        if token.starts_with(KEY_PREFIX) {
            return self.of_key(token).await;
        }
        let caller = self.0.tokens.verify(token, now).map_err(|refusal| match refusal {
            TokenRefusal::Expired => Problem::bad_token("the access token has expired"),
            TokenRefusal::Invalid | TokenRefusal::NotYetValid => {
                Problem::bad_token("the access token is not valid")
            }
        })?;
        match caller.by {
            By::Secret | By::Key(_) => Ok(caller),
            By::Session(_) => self.standing(caller).await,
        }
    }

    /// Has the next request of an account looked up anew: its roles were changed by this process.
    pub fn forget(&self, tenant: TenantId, user_id: UserId) {
        self.0.known.invalidate(&(tenant, user_id));
    }

    /// Has every key looked up anew: one was revoked by this process.
    pub fn forget_keys(&self) {
        self.0.known_keys.invalidate_all();
    }

    /// A program is nobody's customer, and has the one role `service`, which allows nothing: what it may, its scopes
    /// say.
    async fn of_key(&self, key: &str) -> Result<Caller, Problem> {
        let hash = key_hash(key);
        let found = match self.0.known_keys.get(&hash) {
            Some(found) => found,
            None => self.found(hash).await?,
        };
        let unknown = || Problem::bad_token("there is no such API key, or it was revoked");
        let FoundKey { tenant, api_key_id, scopes } = found.ok_or_else(unknown)?;
        let (user_id, roles) = (UserId::new(api_key_id), Role::Service.into());
        Ok(Caller { user_id, tenant, roles, location_ids: vec![], by: By::Key(scopes) })
    }

    async fn found(&self, hash: [u8; 32]) -> Result<Option<FoundKey>, Problem> {
        let Some(keys) = &self.0.keys else { return Ok(None) };
        let found = keys.find(&hash).await.map_err(|failure| unavailable().caused_by(&failure))?;
        self.0.known_keys.insert(hash, found.clone());
        Ok(found)
    }

    async fn standing(&self, caller: Caller) -> Result<Caller, Problem> {
        let key = (caller.tenant, caller.user_id);
        let standing = match self.0.known.get(&key) {
            Some(standing) => standing,
            None => self.looked_up(key).await?,
        };
        let gone = || Problem::bad_token("this account may do nothing here any more");
        let Standing { roles, location_ids } = standing.ok_or_else(gone)?;
        Ok(Caller { roles, location_ids, ..caller })
    }

    async fn looked_up(&self, key: (TenantId, UserId)) -> Result<Option<Standing>, Problem> {
        let standing = (self.0.look_up)(key.0, key.1).await;
        let standing = standing.map_err(|failure| unavailable().caused_by(&failure))?;
        self.0.known.insert(key, standing.clone());
        Ok(standing)
    }
}

fn unavailable() -> Problem {
    Problem::unavailable("UNAVAILABLE", "who asks cannot be looked up now", RETRY_AFTER_S)
}

fn cache<K, V>() -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    let cache = Cache::builder().max_capacity(STANDINGS_CACHED_MAX);
    cache.time_to_live(Duration::from_secs(STANDING_CACHED_S)).build()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::TOKEN_LIFE;

    /// Callers whose every account is this, and how often it was asked for.
    pub(crate) fn callers(standing: Option<Standing>) -> (Callers, Arc<AtomicU32>) {
        let asked = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&asked);
        let look_up: LookUp = Box::new(move |_, _| {
            counted.fetch_add(1, Ordering::Relaxed);
            let standing = standing.clone();
            Box::pin(async move { Ok(standing) })
        });
        (Callers::new(Tokens::new(&[7; 32]).unwrap(), look_up, None), asked)
    }

    fn caller(by: By) -> Caller {
        let (user_id, tenant) = (Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
        Caller { user_id, tenant, roles: Role::Customer.into(), location_ids: vec![], by }
    }

    fn token(callers: &Callers, by: By) -> String {
        callers.tokens().mint(&caller(by), TOKEN_LIFE, Utc::now())
    }

    #[tokio::test]
    async fn what_an_account_may_is_looked_up_and_not_believed() {
        let location_ids = vec![Uuid::from_u128(9)];
        let owner = Standing { roles: Role::Owner.into(), location_ids: location_ids.clone() };
        let (callers, asked) = callers(Some(owner));
        let session = By::Session(Uuid::from_u128(5));
        let token = token(&callers, session);

        let seen = callers.of(&token, Utc::now()).await.unwrap();
        callers.of(&token, Utc::now()).await.unwrap();

        assert_eq!(seen, Caller { roles: Role::Owner.into(), location_ids, ..caller(session) });
        assert_eq!(asked.load(Ordering::Relaxed), 1, "the second was remembered");
        callers.forget(seen.tenant, seen.user_id);
        callers.of(&token, Utc::now()).await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn an_account_that_may_do_nothing_is_nobody() {
        let (callers, _) = callers(None);
        let token = token(&callers, By::Session(Uuid::from_u128(5)));
        assert_eq!(callers.of(&token, Utc::now()).await.unwrap_err().code(), "UNAUTHORIZED");
    }

    #[tokio::test]
    async fn a_token_of_the_secrets_holder_stands_for_itself() {
        let (callers, asked) = callers(None);
        let token = token(&callers, By::Secret);
        assert_eq!(callers.of(&token, Utc::now()).await.unwrap(), caller(By::Secret));
        assert_eq!(asked.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn when_it_cannot_be_looked_up_nobody_is_let_in() {
        let look_up: LookUp = Box::new(|_, _| Box::pin(async { Err(LookUpFailure("down".into())) }));
        let callers = Callers::new(Tokens::new(&[7; 32]).unwrap(), look_up, None);
        let token = token(&callers, By::Session(Uuid::from_u128(5)));
        assert_eq!(callers.of(&token, Utc::now()).await.unwrap_err().code(), "UNAVAILABLE");
    }

    #[tokio::test]
    async fn a_key_that_nobody_knows_is_nobodys() {
        let (callers, _) = callers(None);
        assert_eq!(callers.of("bk_whatever", Utc::now()).await.unwrap_err().code(), "UNAUTHORIZED");
    }
}
