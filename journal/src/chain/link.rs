//! One step of the chain: the hash after an event, from the hash before it and the event's bytes.
//!
//! ```text
//! hash(0) = sha256(START)
//! hash(p) = sha256(hash(p - 1), frame(event p))
//! frame   = of each part, in this order: its length in 4 bytes, then its bytes
//!           position            8 bytes
//!           event_id            16 bytes
//!           tenant_id           16 bytes
//!           aggregate_type      UTF-8
//!           aggregate_id        UTF-8
//!           sequence            8 bytes
//!           event_type          UTF-8
//!           event_version       UTF-8
//!           recorded_at         8 bytes, microseconds since 1970 in UTC
//!           payload             as stored
//!           metadata            as stored
//! ```
//! Numbers are big-endian and signed, lengths unsigned. All of it is in a message of the stream, too. None of
//! this can ever change: what is chained would no longer fit.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::Recorded;

/// What stands before the first event. Restores keep a prefix of the journal and the chain over it, so a new
/// epoch starts no new chain.
pub const CHAIN_START: &str = "booking journal, chain 1: from position 1 on, through every epoch";

/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;

/// A SHA-256; shown in lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; HASH_BYTES]);

/// How far the chain has come: the hash after the event at `position`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Of the last event chained, 0 before the first.
    pub position: i64,
    /// Over everything up to it.
    pub hash: Hash,
}

impl Link {
    /// Before the first event.
    pub fn start() -> Self {
        Self { position: 0, hash: Hash::of(CHAIN_START.as_bytes()) }
    }

    /// After one more event. Whether it is the next one is not looked at: its position is in the hash.
    #[must_use]
    pub fn then(&self, event: &Recorded) -> Self {
        let mut hasher = Sha256::new_with_prefix(self.hash.0);
        frame(event, |part| {
            hasher.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            hasher.update(part);
        });
        Self { position: event.position, hash: Hash(hasher.finalize().into()) }
    }
}

fn frame(event: &Recorded, mut part: impl FnMut(&[u8])) {
    part(&event.position.to_be_bytes());
    part(event.event_id.as_bytes());
    part(event.tenant_id.uuid().as_bytes());
    part(event.aggregate_type.as_bytes());
    part(event.aggregate_id.as_bytes());
    part(&event.sequence.to_be_bytes());
    part(event.event_type.as_bytes());
    part(event.event_version.as_bytes());
    part(&event.recorded_at.timestamp_micros().to_be_bytes());
    part(event.payload.as_bytes());
    part(event.metadata.as_bytes());
}

impl Hash {
    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A hash that was stored.
    pub const fn new(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// To be stored or signed.
    pub const fn bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

/// In lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)])));
    }
    text
}
