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
mod forget;
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
mod told;

use std::sync::Arc;

use axum::http::StatusCode;
use booking_domain::values::TenantId;
use booking_http::contract::{Operation, Routes};
use chrono::TimeDelta;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::Parts;
use answer::Session;
use body::{ChangeBody, ForgotBody, LoginBody, RefreshBody, RegisterBody, ResetBody};
use booking_http::Permission::OwnAccount;
pub use check::{Newcomer, email, password};
pub use forget::Forgotten;
pub use join::{Joining, Particulars};
pub use newcomer::Entered;
use outbox::{Outbox, OutboxQuery};
use passwords::Passwords;
pub use problems::email_taken;
use store::Store;
pub use store::{RehashFailure, rehash_accounts};

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

/// How people come in and go.
pub fn routes() -> Routes<Parts> {
    let (ok, done) = (StatusCode::OK, StatusCode::NO_CONTENT);
    let register = Operation::post("/api/v1/auth/register", "Makes an account, and logs in");
    let login = Operation::post("/api/v1/auth/login", "Begins a session");
    let refresh = Operation::post("/api/v1/auth/refresh", "New tokens for a refresh token, which is spent");
    let logout =
        Operation::post("/api/v1/auth/logout", "Ends the session of the refresh token, or of the caller");
    let change = Operation::post("/api/v1/auth/password/change", "A new password; ends all other sessions");
    let forgot = Operation::post("/api/v1/auth/password/forgot", "Sends a code, if there is such an account");
    let reset =
        Operation::post("/api/v1/auth/password/reset", "A new password for a code; ends all sessions");
    let deed = |operation: Operation| operation.by_anyone().deed();
    Routes::new()
        .on(
            deed(register)
                .taking::<RegisterBody>()
                .failing(&[401, 403, 404, 429])
                .answering::<Session>(StatusCode::CREATED),
            register::register,
        )
        .on(
            deed(login).taking::<LoginBody>().failing(&[401, 403, 404, 429]).answering::<Session>(ok),
            login::login,
        )
        .on(
            deed(refresh).taking::<RefreshBody>().failing(&[401, 403]).answering::<Session>(ok),
            refresh::refresh,
        )
        .on(
            deed(logout).perhaps_taking::<RefreshBody>().failing(&[401]).answering_nothing(done),
            logout::logout,
        )
        .on(
            change.by(OwnAccount).deed().taking::<ChangeBody>().failing(&[429]).answering_nothing(done),
            password::change,
        )
        .on(
            deed(forgot).taking::<ForgotBody>().failing(&[404, 429]).answering_nothing(StatusCode::ACCEPTED),
            password::forgot,
        )
        .on(deed(reset).taking::<ResetBody>().failing(&[429]).answering_nothing(done), password::reset)
}

/// What only development has: it shows codes to anyone.
pub fn development_routes() -> Routes<Parts> {
    let outbox = Operation::get("/dev/outbox", "Development only: what would be sent to people");
    let outbox = outbox.by_anyone().asking::<OutboxQuery>().answering::<Outbox>(StatusCode::OK);
    Routes::new().on(outbox, outbox::outbox)
}
