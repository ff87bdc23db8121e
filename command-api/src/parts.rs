use axum::extract::FromRef;
use booking_http::{ApiKeys, Callers, Clock, PositionToken};
use booking_journal::{Journal, Reader, Vault};

use crate::accounts::Accounts;
use crate::privacy::Theirs;

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
    pub callers: Callers,
    /// Who may come in: passwords and sessions.
    pub accounts: Accounts,
    /// Makes and revokes keys of programs; its connections have the role `booking_identity`.
    pub api_keys: ApiKeys,
    /// Looks up which bookings a customer has.
    pub theirs: Theirs,
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

impl FromRef<Parts> for Callers {
    fn from_ref(parts: &Parts) -> Self {
        parts.callers.clone()
    }
}
