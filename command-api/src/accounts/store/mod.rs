//! Schema `identity`: all SQL about accounts and sessions.
//!
//! Accounts are the platform's, so their rows have no tenant; a session is of one.

mod accounts;
mod attempts;
mod kept;
mod rehash;
mod resets;
mod sessions;
mod sweep;

use booking_http::Problem;
use sqlx::PgPool;

pub use accounts::{Account, NewAccount};
pub use attempts::Limit;
pub use rehash::{RehashFailure, rehash_accounts};
pub use sessions::{EndCause, Rotated, Session};
pub use sweep::sweep;

/// Before a caller tries again, in seconds.
const RETRY_AFTER_S: u32 = 1;

/// Where accounts and sessions are kept; its connections have the role `booking_identity`.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
}

/// Postgres could not be asked. A statement may have been done all the same; each is safe to repeat.
#[derive(Debug, thiserror::Error)]
#[error("could not reach the accounts")]
pub struct StoreFailure(#[from] sqlx::Error);

impl Store {
    /// Names a pool as that of the accounts.
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

impl From<StoreFailure> for Problem {
    fn from(failure: StoreFailure) -> Self {
        let detail = "the accounts cannot be reached now; repeat the request";
        Self::unavailable("UNAVAILABLE", detail, RETRY_AFTER_S).caused_by(&failure)
    }
}
