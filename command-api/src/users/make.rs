//! Making a user without a request over HTTP: for the command line, and whoever comes first.

use axum::http::HeaderMap;
use booking_domain::user::Grant;
use booking_domain::values::{Actor, Role, TenantId, UserId};
use booking_http::{Problem, RequestTrace};
use booking_journal::CommandKey;
use rand::RngExt;
use rand::distr::Alphanumeric;
use uuid::Uuid;

use crate::Parts;
use crate::accounts::{Entered, Joining, Newcomer, Particulars, email, email_taken, password};
use crate::check::texts;

/// Letters and digits of a password that is made: 143 bits.
const PASSWORD_LETTERS: usize = 24;

/// A user to be made.
#[derive(Debug, Clone)]
pub struct WantedUser {
    pub tenant: TenantId,
    pub email: String,
    pub full_name: String,
    pub role: Role,
}

/// A user that was made.
pub struct MadeUser {
    pub user_id: UserId,
    /// By chance, and kept nowhere: who loses it asks for a new one.
    pub password: String,
}

/// Why no user was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeUserFailure {
    /// Not an address, or not a name; the text says how it should be.
    #[error("{0}")]
    Wrong(String),
    /// A rule said no, or something is out of reach, by this code. Repeating is safe.
    #[error("the user was not made: {0}")]
    Refused(String),
}

/// Makes a user with a password by chance.
///
/// # Errors
/// [`MakeUserFailure`]. When the journal failed, the address has its account all the same, whose password nobody
/// knows: its owner asks for a new one, and logs in.
pub async fn make_user(parts: &Parts, wanted: WantedUser) -> Result<MadeUser, MakeUserFailure> {
    let wrong = |why: std::borrow::Cow<'static, str>| MakeUserFailure::Wrong(why.into_owned());
    let by_chance: String =
        rand::rng().sample_iter(Alphanumeric).take(PASSWORD_LETTERS).map(char::from).collect();
    let newcomer = Newcomer {
        email: email(&wanted.email).map_err(wrong)?,
        password: password(&by_chance).map_err(wrong)?,
        full_name: texts::name(&wanted.full_name).map_err(wrong)?,
        phone_number: None,
    };
    let made = made(parts, &newcomer, wanted.tenant, wanted.role).await;
    let user_id = made.map_err(|problem| MakeUserFailure::Refused(problem.code().to_owned()))?;
    Ok(MadeUser { user_id, password: by_chance })
}

async fn made(parts: &Parts, newcomer: &Newcomer, tenant: TenantId, role: Role) -> Result<UserId, Problem> {
    let now = parts.clock.now();
    let user_id = match parts.enter(newcomer, None, now).await? {
        Entered::New(user_id) | Entered::Again(user_id) => user_id,
        Entered::Taken(_) => return Err(email_taken()),
    };
    let joining = Joining {
        tenant,
        user_id,
        grants: vec![Grant { role, location_ids: vec![] }],
        by: Actor::SYSTEM,
        trace: &RequestTrace::of(&HeaderMap::new()),
        now,
    };
    parts.join(joining, Particulars::of(newcomer), CommandKey::once(Uuid::now_v7())).await?;
    Ok(user_id)
}
