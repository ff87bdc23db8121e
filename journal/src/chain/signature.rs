//! Signed heads: what the chain was at an instant, said by who holds the key.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::link::{Hash, Link, hex};

/// Length of either key.
pub const CHAIN_KEY_BYTES: usize = 32;

/// Keeps these signatures apart from any others that the key may ever make.
const PURPOSE: &[u8] = b"booking journal, head of chain 1";

/// Bytes of the public key's hash that name it.
const KEY_ID_BYTES: usize = 8;

/// The key that signs heads. Comes from the environment, is never stored by the engine.
#[derive(Clone)]
pub struct ChainKey(SigningKey);

/// What tells whether that key signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainPublicKey(VerifyingKey);

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is {CHAIN_KEY_BYTES} bytes in base64, as `openssl rand -base64 32` prints a key of the chain")]
pub struct ChainKeyError;

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Positions of different epochs do not compare.
    pub epoch: i32,
    /// How far the chain was.
    pub link: Link,
    /// By the signer's clock, to the microsecond.
    pub signed_at: DateTime<Utc>,
}

/// A head, and who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    pub head: Head,
    /// Of the public key, see [`ChainPublicKey::id`].
    pub key_id: String,
    /// Ed25519.
    pub signature: Vec<u8>,
}

impl ChainKey {
    /// Reads base64.
    ///
    /// # Errors
    /// When it is not [`CHAIN_KEY_BYTES`] bytes.
    pub fn from_base64(text: &str) -> Result<Self, ChainKeyError> {
        Ok(Self(SigningKey::from_bytes(&decoded(text)?)))
    }

    /// For those who check.
    pub fn public(&self) -> ChainPublicKey {
        ChainPublicKey(self.0.verifying_key())
    }

    /// Signs a head.
    pub fn sign(&self, head: Head) -> SignedHead {
        let signature = self.0.sign(&statement(&head)).to_bytes().to_vec();
        SignedHead { head, key_id: self.public().id(), signature }
    }
}

impl SignedHead {
    /// The signature in base64, for whoever checks it elsewhere.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.signature)
    }
}

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChainKey")
    }
}

impl ChainPublicKey {
    /// Reads base64.
    ///
    /// # Errors
    /// When it is no public key.
    pub fn from_base64(text: &str) -> Result<Self, ChainKeyError> {
        VerifyingKey::from_bytes(&decoded(text)?).map(Self).map_err(|_| ChainKeyError)
    }

    /// As [`from_base64`](Self::from_base64) reads it.
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0.as_bytes())
    }

    /// The begin of its SHA-256, in hexadecimal.
    pub fn id(&self) -> String {
        hex(&Hash::of(self.0.as_bytes()).bytes()[..KEY_ID_BYTES])
    }

    /// Whether this key signed this head.
    pub fn has_signed(&self, signed: &SignedHead) -> bool {
        let signature = Signature::from_slice(&signed.signature);
        signature.is_ok_and(|signature| self.0.verify_strict(&statement(&signed.head), &signature).is_ok())
    }
}

/// All parts have a fixed length, so no two heads have the same statement.
fn statement(head: &Head) -> Vec<u8> {
    let parts: [&[u8]; 5] = [
        PURPOSE,
        &head.epoch.to_be_bytes(),
        &head.link.position.to_be_bytes(),
        head.link.hash.bytes(),
        &head.signed_at.timestamp_micros().to_be_bytes(),
    ];
    parts.concat()
}

fn decoded(text: &str) -> Result<[u8; CHAIN_KEY_BYTES], ChainKeyError> {
    let bytes = STANDARD.decode(text.trim()).map_err(|_| ChainKeyError)?;
    bytes.try_into().map_err(|_| ChainKeyError)
}
