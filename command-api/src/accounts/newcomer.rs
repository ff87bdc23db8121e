//! The row of a new account.

use booking_domain::values::UserId;
use booking_http::Problem;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::check::Newcomer;
use super::store::{Account, NewAccount};
use super::{PLATFORM, problems};
use crate::{Parts, refused};

/// What became of a wish for an account.
pub enum Entered {
    /// There is a new one.
    New(UserId),
    /// The very same request made it before.
    Again(UserId),
    /// The address has one, made by another request.
    Taken(Box<Account>),
}

impl Parts {
    /// Makes the row of an account. `request` tells the same request coming again: a keyed hash of all of it, when
    /// its sender gave it a key. The password is hashed before anyone looks whether the address is free.
    pub(crate) async fn enter(
        &self,
        newcomer: &Newcomer,
        request: Option<[u8; 32]>,
        now: DateTime<Utc>,
    ) -> Result<Entered, Problem> {
        let password_hash = self.accounts.0.passwords.turn().await?.hash(newcomer.password.clone()).await?;
        let email_hash = newcomer.email.hash(self.vault.master());
        if let Some(account) = self.accounts.0.store.account_of(&email_hash).await? {
            return Ok(known(request, account));
        }
        let subject = Uuid::now_v7();
        let user_id = UserId::new(subject);
        let mut sealer = self.vault.sealer(PLATFORM);
        sealer.fetch(subject).await.map_err(|failure| refused::not_sealed(&failure))?;
        let phone_number = newcomer.phone_number.as_deref();
        let account = NewAccount {
            user_id,
            email_hash,
            email: sealer.seal(subject, "email", newcomer.email.as_str()),
            full_name: sealer.seal(subject, "full_name", &newcomer.full_name),
            phone_number: phone_number.map(|text| sealer.seal(subject, "phone_number", text)),
            password_hash: &password_hash,
            request_hash: request,
            now,
        };
        if self.accounts.0.store.insert(account).await? {
            return Ok(Entered::New(user_id));
        }
        let account = self.accounts.0.store.account_of(&email_hash).await?;
        account.map(|account| known(request, account)).ok_or_else(problems::email_taken)
    }
}

fn known(request: Option<[u8; 32]>, account: Account) -> Entered {
    match request {
        Some(request) if account.is_of(&request) => Entered::Again(account.user_id()),
        Some(_) | None => Entered::Taken(Box::new(account)),
    }
}
