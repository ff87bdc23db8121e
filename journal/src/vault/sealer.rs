//! Sealing for one request.

use std::collections::HashMap;

use booking_domain::values::{Sealed, TenantId};
use rand::RngExt;
use uuid::Uuid;

use super::{SealFailure, SubjectKey, Vault, document};

/// A key that was made for a new subject: stored in the same commit as the events that it sealed.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub(crate) subject: Uuid,
    pub(crate) wrapped: Vec<u8>,
}

/// Seals the personal fields of one request, and opens them again for its answer.
#[derive(Debug)]
pub struct Sealer<'v> {
    vault: &'v Vault,
    tenant: TenantId,
    pub(super) keys: HashMap<Uuid, SubjectKey>,
    made: Vec<NewKey>,
    /// What this request sealed, with its text as JSON has it; few enough to be looked through.
    sealed: Vec<(Sealed, String)>,
}

impl<'v> Sealer<'v> {
    pub(super) fn new(vault: &'v Vault, tenant: TenantId) -> Self {
        Self { vault, tenant, keys: HashMap::new(), made: vec![], sealed: vec![] }
    }

    /// Makes the key of a subject that nobody knows yet, such as a new passenger.
    pub fn introduce(&mut self, subject: Uuid) {
        let key: [u8; 32] = rand::rng().random();
        let wrapped = self.vault.master.wrap(self.tenant, subject, &key);
        self.made.push(NewKey { subject, wrapped });
        self.keys.insert(subject, SubjectKey::new(&key));
    }

    /// Fetches the key of a subject who may be known, such as a customer; one that has none yet gets one,
    /// stored at once, so that two processes can never seal under different keys.
    ///
    /// # Errors
    /// When keys cannot be read or written; [`SealFailure::Erased`] for who was forgotten.
    pub async fn fetch(&mut self, subject: Uuid) -> Result<(), SealFailure> {
        let mut known = self.known(subject).await?;
        if known.is_empty() {
            let key: [u8; 32] = rand::rng().random();
            let wrapped = self.vault.master.wrap(self.tenant, subject, &key);
            sqlx::query(INSERT)
                .bind(self.tenant.uuid())
                .bind(subject)
                .bind(wrapped)
                .execute(&self.vault.pool)
                .await?;
            known = self.known(subject).await?;
        }
        self.keys.extend(known);
        Ok(())
    }

    /// Lets those pass who were not forgotten.
    ///
    /// # Errors
    /// [`SealFailure::Erased`] for who was; when keys cannot be read.
    pub async fn must_be_kept(&self, subject: Uuid) -> Result<(), SealFailure> {
        self.known(subject).await.map(drop)
    }

    async fn known(&self, subject: Uuid) -> Result<HashMap<Uuid, SubjectKey>, SealFailure> {
        let known = self.vault.known(self.tenant, vec![subject]).await?;
        if known.erased.is_empty() { Ok(known.keys) } else { Err(SealFailure::Erased) }
    }

    /// Fetches the key of a subject, or makes one that is stored nowhere: for a dry run.
    ///
    /// # Errors
    /// When keys cannot be read; [`SealFailure::Erased`] for who was forgotten.
    pub async fn borrow(&mut self, subject: Uuid) -> Result<(), SealFailure> {
        let known = self.known(subject).await?;
        if known.is_empty() {
            self.introduce(subject);
        }
        self.keys.extend(known);
        Ok(())
    }

    /// Seals one field of a subject that was introduced or fetched.
    ///
    /// # Panics
    /// For a subject that was neither: a mistake in the program, not in its input.
    pub fn seal(&mut self, subject: Uuid, field: &str, text: &str) -> Sealed {
        let key =
            self.keys.get(&subject).expect("a subject is introduced or fetched before its fields are sealed");
        let sealed = key.seal(self.tenant, subject, field, text);
        let written = serde_json::to_string(text).expect("a text can be written as JSON");
        self.sealed.push((sealed.clone(), written));
        sealed
    }

    /// A JSON text with everything that this very request sealed put back in the clear, for its answer. Anything
    /// else stays sealed. Nothing is decrypted: the request has only just brought it.
    pub fn reveal(&self, json: &str) -> String {
        let text_of = |sealed: &str| self.sealed.iter().find(|(one, _)| one.as_str() == sealed);
        document::reveal(json, |sealed| text_of(sealed).map(|(_, text)| text.as_str()))
    }

    /// The new keys, while the sealer is still needed for the answer.
    pub fn keys(&self) -> Vec<NewKey> {
        self.made.clone()
    }
}

const INSERT: &str = "
    insert into keys.subject (tenant_id, subject_id, wrapped) values ($1, $2, $3) on conflict do nothing";
