//! One person's key, and the sealed form of a text.

use std::fmt;
use std::sync::Arc;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use booking_domain::values::{SEALED_PREFIX, Sealed, TenantId};
use rand::RngExt;
use uuid::Uuid;

use super::SealFailure;

const NONCE_BYTES: usize = 12;

/// The key of one subject, unwrapped. Never printed.
#[derive(Clone)]
pub struct SubjectKey(Arc<Aes256Gcm>);

impl SubjectKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(Arc::new(Aes256Gcm::new(key.into())))
    }

    pub(super) fn seal(&self, tenant: TenantId, subject: Uuid, field: &str, text: &str) -> Sealed {
        let sealed = encrypt(&self.0, text.as_bytes(), &place(tenant, subject, field));
        let written = format!("{SEALED_PREFIX}{}", URL_SAFE_NO_PAD.encode(sealed));
        Sealed::try_from(written).expect("the prefix was just written")
    }

    pub(super) fn open(
        &self,
        tenant: TenantId,
        subject: Uuid,
        field: &str,
        sealed: &str,
    ) -> Result<String, SealFailure> {
        let written = sealed.strip_prefix(SEALED_PREFIX).ok_or(SealFailure::Garbled)?;
        let bytes = URL_SAFE_NO_PAD.decode(written).map_err(|_| SealFailure::Garbled)?;
        let text = decrypt(&self.0, &bytes, &place(tenant, subject, field))?;
        String::from_utf8(text).map_err(|_| SealFailure::Garbled)
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey")
    }
}

/// Nonce, text and tag in one. `place` is authenticated, not stored.
pub fn encrypt(cipher: &Aes256Gcm, text: &[u8], place: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE_BYTES] = rand::rng().random();
    let payload = Payload { msg: text, aad: place };
    let sealed =
        cipher.encrypt(&Nonce::from(nonce), payload).expect("a text in memory is not too long to seal");
    [nonce.as_slice(), &sealed].concat()
}

/// The text, if it was sealed with this key for this place.
pub fn decrypt(cipher: &Aes256Gcm, sealed: &[u8], place: &[u8]) -> Result<Vec<u8>, SealFailure> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealFailure::Garbled)?;
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg: text, aad: place }).map_err(|_| SealFailure::Garbled)
}

fn place(tenant: TenantId, subject: Uuid, field: &str) -> Vec<u8> {
    [tenant.uuid().as_bytes().as_slice(), subject.as_bytes(), field.as_bytes()].concat()
}
