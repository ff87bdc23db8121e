//! Who may come in: registering, logging in, and the sessions in between.
//!
//! ```text
//!   register --> identity.account --> user.registered (journal) --> session --> tokens
//!   login    --> password         --> (known to the business?)  --> session --> tokens
//!   refresh  --> rotate the session's generation                            --> tokens
//! ```
//! Secrets are rows of `identity`, facts are events. The row comes first, and the event says nothing that a later
//! log-in could not say again: a registration that a crash cuts short in between is completed by the next log-in,
//! or by the same registration coming again. By the same step an account becomes known to a further business when
//! it first logs in there.

mod answer;
mod body;
mod check;
mod join;
mod login;
mod logout;
mod newcomer;
mod outbox;
mod password;
mod passwords;
mod problems;
mod refresh;
mod refresh_token;
mod register;
mod reset_code;
mod session;
mod store;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use booking_domain::values::TenantId;
use chrono::TimeDelta;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::Parts;
pub use check::{Newcomer, email, password};
pub use join::{Joining, Particulars};
pub use newcomer::Entered;
use passwords::Passwords;
pub use problems::email_taken;
use store::Store;

/// Whose the personal texts of accounts are: nobody's tenant, for an account is in several.
const PLATFORM: TenantId = TenantId::new(Uuid::nil());

/// What accounts need.
#[derive(Debug)]
pub struct AccountSettings {
    /// Connections with the role `booking_identity`.
    pub pool: PgPool,
    /// Life of an access token.
    pub access_life: TimeDelta,
    /// Life of a refresh token. Each use begins it anew.
    pub refresh_life: TimeDelta,
    /// Subdomain of the business that is meant when none is named.
    pub default_tenant: Option<String>,
}

/// Passwords and sessions. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    store: Store,
    passwords: Passwords,
    access_life: TimeDelta,
    refresh_life: TimeDelta,
    default_tenant: Option<String>,
}

impl Accounts {
    /// Takes accounts up. What has expired is taken away until `shutdown`.
    pub fn open(settings: AccountSettings, shutdown: CancellationToken) -> Self {
        let AccountSettings { pool, access_life, refresh_life, default_tenant } = settings;
        tokio::spawn(store::sweep(pool.clone(), shutdown));
        let (store, passwords) = (Store::new(pool), Passwords::new());
        Self(Arc::new(Inner { store, passwords, access_life, refresh_life, default_tenant }))
    }
}

/// The routes.
pub fn routes() -> Router<Parts> {
    Router::new()
        .route("/api/v1/auth/register", post(register::register))
        .route("/api/v1/auth/login", post(login::login))
        .route("/api/v1/auth/refresh", post(refresh::refresh))
        .route("/api/v1/auth/logout", post(logout::logout))
        .route("/api/v1/auth/password/change", post(password::change))
        .route("/api/v1/auth/password/forgot", post(password::forgot))
        .route("/api/v1/auth/password/reset", post(password::reset))
}

/// What only development has: it shows codes to anyone.
pub fn development_routes() -> Router<Parts> {
    Router::new().route("/dev/outbox", get(outbox::outbox))
}
