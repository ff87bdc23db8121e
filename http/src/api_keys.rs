//! Keys of programs: `bk_` and 256 bits by chance, of which a hash alone is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use booking_domain::values::{TenantId, UserId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{FromRow, PgPool};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Scopes;

/// How every key begins.
pub const KEY_PREFIX: &str = "bk_";

/// Keys of one tenant that can be used at once.
pub const KEYS_MAX: i64 = 100;

/// The keys of all tenants, in `identity.api_key`. Looking up takes a role that may read the table; making and
/// revoking the role `booking_identity`.
#[derive(Debug, Clone)]
pub struct ApiKeys {
    pool: PgPool,
}

/// A key to be made.
#[derive(Debug)]
pub struct NewApiKey<'a> {
    pub tenant: TenantId,
    pub api_key_id: Uuid,
    pub key: &'a str,
    pub name: &'a str,
    pub scopes: Scopes,
    pub created_by: UserId,
    pub now: DateTime<Utc>,
}

/// A key as lists show it. What it is, only its answer at the making says.
#[derive(Debug, Clone, FromRow, Serialize, ToSchema)]
pub struct ApiKey {
    pub api_key_id: Uuid,
    pub name: String,
    pub scopes: Vec<String>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Whose a key is, and what it may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundKey {
    pub tenant: TenantId,
    pub api_key_id: Uuid,
    pub scopes: Scopes,
}

/// Keys cannot be looked up, made or revoked now.
#[derive(Debug, thiserror::Error)]
#[error("could not reach the API keys")]
pub struct ApiKeysFailure(#[from] sqlx::Error);

/// A key of these bytes.
pub fn key_of(bytes: [u8; 32]) -> String {
    format!("{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a key. A plain hash suffices: nobody guesses 256 bits.
pub fn key_hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

impl ApiKeys {
    /// Names a pool as that of the keys.
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Whose key has this hash, unless it was revoked.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn find(&self, key_hash: &[u8; 32]) -> Result<Option<FoundKey>, ApiKeysFailure> {
        let row: Option<(Uuid, Uuid, Vec<String>)> =
            sqlx::query_as(FIND).bind(key_hash).fetch_optional(&self.pool).await?;
        Ok(row.map(|(tenant, api_key_id, scopes)| FoundKey {
            tenant: tenant.into(),
            api_key_id,
            scopes: Scopes::of_words(&scopes),
        }))
    }

    /// Makes a key; the same id again is nothing to do. Nothing when the tenant has [`KEYS_MAX`] already.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn make(&self, new: NewApiKey<'_>) -> Result<Option<ApiKey>, ApiKeysFailure> {
        sqlx::query(INSERT)
            .bind(new.tenant.uuid())
            .bind(new.api_key_id)
            .bind(key_hash(new.key))
            .bind(new.name)
            .bind(new.scopes.words())
            .bind(new.created_by.uuid())
            .bind(new.now)
            .bind(KEYS_MAX)
            .execute(&self.pool)
            .await?;
        let made = sqlx::query_as(ONE).bind(new.tenant.uuid()).bind(new.api_key_id);
        Ok(made.fetch_optional(&self.pool).await?)
    }

    /// Ends a key; one that has ended stays as it is. Whether the tenant has it.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn revoke(
        &self,
        tenant: TenantId,
        api_key_id: Uuid,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool, ApiKeysFailure> {
        let revoked = sqlx::query(REVOKE).bind(tenant.uuid()).bind(api_key_id).bind(by.uuid()).bind(now);
        Ok(revoked.execute(&self.pool).await?.rows_affected() == 1)
    }

    /// The tenant's keys that can be used, the newest first.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn all(&self, tenant: TenantId) -> Result<Vec<ApiKey>, ApiKeysFailure> {
        Ok(sqlx::query_as(ALL).bind(tenant.uuid()).bind(KEYS_MAX).fetch_all(&self.pool).await?)
    }
}

const FIND: &str = "
    select tenant_id, api_key_id, scopes from identity.api_key where key_hash = $1 and revoked_at is null";

// Two at once may make one too many: the bound keeps lists short, and protects nothing.
const INSERT: &str = "
    insert into identity.api_key (tenant_id, api_key_id, key_hash, name, scopes, created_by, created_at)
    select $1, $2, $3, $4, $5, $6, $7
    where (select count(*) from identity.api_key where tenant_id = $1 and revoked_at is null) < $8
    on conflict on constraint api_key_pkey do nothing";

const ONE: &str = "
    select api_key_id, name, scopes, created_by, created_at, revoked_at
    from identity.api_key where tenant_id = $1 and api_key_id = $2";

const REVOKE: &str = "
    update identity.api_key
    set revoked_at = coalesce(revoked_at, $4), revoked_by = coalesce(revoked_by, $3)
    where tenant_id = $1 and api_key_id = $2";

const ALL: &str = "
    select api_key_id, name, scopes, created_by, created_at, revoked_at
    from identity.api_key where tenant_id = $1 and revoked_at is null
    order by created_at desc, api_key_id desc limit $2";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_hash_alone() {
        let key = key_of([7; 32]);
        assert!(key.starts_with("bk_") && key.len() == 46, "{key}");
        assert_eq!(key_hash(&key), key_hash(&key_of([7; 32])));
        assert_ne!(key_hash(&key), key_hash(&key_of([8; 32])));
    }
}
