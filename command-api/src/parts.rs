use axum::extract::FromRef;
use booking_http::{Clock, PositionToken, Tokens};
use booking_journal::{Journal, Reader, Vault};

/// What the routes work with. Cheap to clone.
#[derive(Clone)]
pub struct Parts {
    /// Takes the commands.
    pub journal: Journal,
    /// Seals what goes in, opens what goes out; its connections may write schema `keys`.
    pub vault: Vault,
    /// Reads single streams, for answers that are given again.
    pub reader: Reader,
    /// Says who asks.
    pub tokens: Tokens,
    /// Of the journal's positions.
    pub epoch: i32,
    /// Says when.
    pub clock: Clock,
}

impl Parts {
    /// A position as callers see it.
    pub(crate) const fn token(&self, position: i64) -> PositionToken {
        PositionToken { epoch: self.epoch, position }
    }
}

impl FromRef<Parts> for Tokens {
    fn from_ref(parts: &Parts) -> Self {
        parts.tokens.clone()
    }
}
