//! Personal data: one key for each person, wrapped by the master key.
//!
//! A field is sealed with AES-256-GCM under its subject's key; tenant, subject and field name are authenticated
//! with it, so that a sealed text cannot be moved to another person or place. Destroying a subject's key makes
//! every copy of their data unreadable, wherever it is. It is destroyed by the commit of `customer.erased`, which
//! says so on a channel: a running process forgets it with that, and within [`KEY_CACHED_S`] seconds when it cannot
//! hear. What is left of a destroyed key is its empty row, so that no other is ever made for that person.

mod cipher;
mod document;
mod following;
mod master;
mod rekey;
mod sealer;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use booking_domain::values::TenantId;
use moka::sync::Cache;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

pub use cipher::SubjectKey;
pub use master::{MASTER_KEY_BYTES, MasterKey, MasterKeyError};
pub use rekey::{Rekey, Rewrapped};
pub use sealer::{NewKey, Sealer};

/// Unwrapped keys kept in memory at most.
const KEYS_CACHED_MAX: u64 = 100_000;

/// How long an unwrapped key is kept in memory, in seconds: so long after a key was destroyed a process that cannot
/// reach Postgres may still open what it sealed.
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
    /// The person was erased: nothing is sealed for them any more. Opening never fails for that.
    #[error("the key of this person was destroyed: nothing more is kept of them")]
    Erased,
}

/// Opens what is sealed, and seals for a request.
#[derive(Debug, Clone)]
pub struct Vault {
    pool: PgPool,
    /// Shared: a key schedule is too large to be copied with each request.
    master: Arc<MasterKey>,
    keys: Cache<(TenantId, Uuid), SubjectKey>,
    /// How often all keys were forgotten.
    forgotten: Arc<AtomicU64>,
}

/// What is known of the keys of some persons. Who is in neither list has none yet.
#[derive(Debug, Default)]
struct Known {
    keys: HashMap<Uuid, SubjectKey>,
    erased: Vec<Uuid>,
}

impl Vault {
    /// A vault on connections whose role may read schema `keys`, and write it where it seals.
    pub fn new(pool: PgPool, master: MasterKey) -> Self {
        let keys = Cache::builder().max_capacity(KEYS_CACHED_MAX);
        Self {
            pool,
            master: Arc::new(master),
            keys: keys.time_to_live(Duration::from_secs(KEY_CACHED_S)).build(),
            forgotten: Arc::default(),
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
        let known = self.known(tenant, subjects).await?;
        document::open(document, tenant, &known.keys)
    }

    /// Forgets all keys in memory; they are read again as they are needed.
    pub fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.keys.invalidate_all();
    }

    async fn known(&self, tenant: TenantId, subjects: Vec<Uuid>) -> Result<Known, SealFailure> {
        let (mut known, mut missing) = (Known::default(), vec![]);
        for subject in subjects {
            match self.keys.get(&(tenant, subject)) {
                Some(key) => drop(known.keys.insert(subject, key)),
                None => missing.push(subject),
            }
        }
        if missing.is_empty() {
            return Ok(known);
        }
        let forgotten = self.forgotten.load(Ordering::SeqCst);
        let rows: Vec<(Uuid, Vec<u8>)> =
            sqlx::query_as(SELECT).bind(tenant.uuid()).bind(missing).fetch_all(&self.pool).await?;
        for (subject, wrapped) in rows {
            self.learn(&mut known, (tenant, subject), &wrapped)?;
        }
        // What was read before a key was destroyed may only now have come into memory.
        if forgotten != self.forgotten.load(Ordering::SeqCst) {
            self.keys.invalidate_all();
        }
        Ok(known)
    }

    fn learn(
        &self,
        known: &mut Known,
        (tenant, subject): (TenantId, Uuid),
        wrapped: &[u8],
    ) -> Result<(), SealFailure> {
        if wrapped.is_empty() {
            known.erased.push(subject);
            return Ok(());
        }
        let key = self.master.unwrap(tenant, subject, wrapped)?;
        self.keys.insert((tenant, subject), key.clone());
        known.keys.insert(subject, key);
        Ok(())
    }
}

const SELECT: &str = "
    select subject_id, wrapped from keys.subject where tenant_id = $1 and subject_id = any($2)";
