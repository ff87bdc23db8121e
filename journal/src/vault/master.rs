//! The master key: wraps the keys of persons, and is the root of fingerprints.

use std::fmt;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::KeyInit;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use booking_domain::values::TenantId;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::SealFailure;
use super::cipher::{SubjectKey, decrypt, encrypt};

/// Length of a master key.
pub const MASTER_KEY_BYTES: usize = 32;

/// The one secret that opens all personal data. Comes from the environment, is never stored by the engine.
#[derive(Clone)]
pub struct MasterKey {
    /// Ready to hash under the key derived for fingerprints.
    fingerprints: Hmac<Sha256>,
    wrapping: Aes256Gcm,
}

/// The text is no master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a master key is {MASTER_KEY_BYTES} bytes in base64, as `openssl rand -base64 32` prints them")]
pub struct MasterKeyError;

impl MasterKey {
    /// The key of these bytes.
    pub fn new(bytes: [u8; MASTER_KEY_BYTES]) -> Self {
        let wrapping = Aes256Gcm::new(&derive(&bytes, b"wrap").into());
        Self { fingerprints: keyed(&derive(&bytes, b"fingerprint")), wrapping }
    }

    /// Reads base64.
    ///
    /// # Errors
    /// When it is not [`MASTER_KEY_BYTES`] bytes.
    pub fn from_base64(text: &str) -> Result<Self, MasterKeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| MasterKeyError)?;
        bytes.try_into().map(Self::new).map_err(|_| MasterKeyError)
    }

    /// A keyed hash of personal or secret input, which a plain hash would let anyone guess. `purpose` keeps
    /// hashes for different ends apart.
    pub fn fingerprint(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.fingerprints.clone();
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    pub(super) fn wrap(&self, tenant: TenantId, subject: Uuid, key: &[u8; 32]) -> Vec<u8> {
        encrypt(&self.wrapping, key, &place(tenant, subject))
    }

    pub(super) fn unwrap(
        &self,
        tenant: TenantId,
        subject: Uuid,
        wrapped: &[u8],
    ) -> Result<SubjectKey, SealFailure> {
        self.unwrap_bytes(tenant, subject, wrapped).map(|key| SubjectKey::new(&key))
    }

    pub(super) fn unwrap_bytes(
        &self,
        tenant: TenantId,
        subject: Uuid,
        wrapped: &[u8],
    ) -> Result<[u8; 32], SealFailure> {
        let key = decrypt(&self.wrapping, wrapped, &place(tenant, subject))?;
        key.try_into().map_err(|_| SealFailure::Garbled)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

fn place(tenant: TenantId, subject: Uuid) -> Vec<u8> {
    [tenant.uuid().as_bytes().as_slice(), subject.as_bytes()].concat()
}

fn derive(root: &[u8], purpose: &[u8]) -> [u8; 32] {
    let mut mac = keyed(root);
    mac.update(purpose);
    mac.finalize().into_bytes().into()
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("an HMAC takes a key of any length")
}
