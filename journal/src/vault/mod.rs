//! Personal data: one key for each person, wrapped by the master key.
//!
//! A field is sealed with AES-256-GCM under its subject's key; tenant, subject and field name are authenticated
//! with it, so that a sealed text cannot be moved to another person or place. Destroying a subject's key makes
//! every copy of their data unreadable, wherever it is: a running process forgets a destroyed key within
//! [`KEY_CACHED_S`] seconds.

mod cipher;
mod document;
mod master;
mod sealer;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use booking_domain::values::TenantId;
use moka::sync::Cache;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

pub use cipher::SubjectKey;
pub use master::{MASTER_KEY_BYTES, MasterKey, MasterKeyError};
pub use sealer::{NewKey, Sealer};

/// Unwrapped keys kept in memory at most.
const KEYS_CACHED_MAX: u64 = 100_000;

/// How long an unwrapped key is kept in memory, in seconds: so long after a key was destroyed a process may still
/// open what it sealed.
pub const KEY_CACHED_S: u64 = 60;

/// Why something could not be sealed or opened. Nothing is stored when sealing fails.
#[derive(Debug, thiserror::Error)]
pub enum SealFailure {
    /// The keys could not be read or written.
    #[error("could not ask for the keys of personal data")]
    Keys(#[from] sqlx::Error),
    /// A key or a text does not open: another master key, or a text that was moved or changed.
    #[error("sealed data does not open: it was changed, or sealed under another master key")]
    Garbled,
}

/// Opens what is sealed, and seals for a request.
#[derive(Debug, Clone)]
pub struct Vault {
    pool: PgPool,
    /// Shared: a key schedule is too large to be copied with each request.
    master: Arc<MasterKey>,
    keys: Cache<(TenantId, Uuid), SubjectKey>,
}

impl Vault {
    /// A vault on connections whose role may read schema `keys`, and write it where it seals.
    pub fn new(pool: PgPool, master: MasterKey) -> Self {
        let keys = Cache::builder().max_capacity(KEYS_CACHED_MAX);
        Self {
            pool,
            master: Arc::new(master),
            keys: keys.time_to_live(Duration::from_secs(KEY_CACHED_S)).build(),
        }
    }

    /// The key from which fingerprints and codes are derived.
    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// Seals the personal fields of one request of a tenant.
    pub fn sealer(&self, tenant: TenantId) -> Sealer<'_> {
        Sealer::new(self, tenant)
    }

    /// Opens every sealed text of a document in place; one whose subject was erased becomes null.
    ///
    /// The subject of a text is the `passenger_id`, `id` or `customer_id` beside it, else that of the object
    /// around it. Several documents at once: an array of them.
    ///
    /// # Errors
    /// When keys cannot be read, or a text does not open.
    pub async fn unseal(&self, tenant: TenantId, document: &mut Value) -> Result<(), SealFailure> {
        let subjects = document::subjects(document);
        if subjects.is_empty() {
            return Ok(());
        }
        let keys = self.keys_of(tenant, subjects).await?;
        document::open(document, tenant, &keys)
    }

    async fn keys_of(
        &self,
        tenant: TenantId,
        subjects: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, SubjectKey>, SealFailure> {
        let (mut keys, mut missing) = (HashMap::new(), vec![]);
        for subject in subjects {
            match self.keys.get(&(tenant, subject)) {
                Some(key) => drop(keys.insert(subject, key)),
                None => missing.push(subject),
            }
        }
        if missing.is_empty() {
            return Ok(keys);
        }
        let rows: Vec<(Uuid, Vec<u8>)> =
            sqlx::query_as(SELECT).bind(tenant.uuid()).bind(missing).fetch_all(&self.pool).await?;
        for (subject, wrapped) in rows {
            let key = self.master.unwrap(tenant, subject, &wrapped)?;
            self.keys.insert((tenant, subject), key.clone());
            keys.insert(subject, key);
        }
        Ok(keys)
    }
}

const SELECT: &str = "
    select subject_id, wrapped from keys.subject where tenant_id = $1 and subject_id = any($2)";
