use booking_domain::values::{Sealed, UserId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Store, StoreFailure};

/// An account as it is made. Texts are sealed under its own key.
pub struct NewAccount<'a> {
    pub user_id: UserId,
    pub email_hash: [u8; 32],
    pub email: Sealed,
    pub full_name: Sealed,
    pub phone_number: Option<Sealed>,
    /// In PHC form.
    pub password_hash: &'a str,
    /// Of the request that makes it, when it has a key.
    pub request_hash: Option<[u8; 32]>,
    pub now: DateTime<Utc>,
}

/// An account as it is kept. Not printed: it holds a password's hash.
#[derive(FromRow)]
pub struct Account {
    user_id: Uuid,
    /// By what it is found.
    pub email_hash: [u8; 32],
    email: String,
    full_name: String,
    phone_number: Option<String>,
    /// In PHC form.
    pub password_hash: String,
    request_hash: Option<[u8; 32]>,
}

impl Account {
    pub const fn user_id(&self) -> UserId {
        UserId::new(self.user_id)
    }

    /// Whether a request made it.
    pub fn is_of(&self, request: &[u8; 32]) -> bool {
        self.request_hash.as_ref() == Some(request)
    }

    /// Its personal texts, sealed, beside the id whose key opens them.
    pub fn sealed(&self) -> Value {
        json!({
            "id": self.user_id,
            "email": self.email,
            "full_name": self.full_name,
            "phone_number": self.phone_number,
        })
    }
}

impl Store {
    /// Makes an account. Whether it is new: false when the address has one already, which stays as it is.
    pub async fn insert(&self, new: NewAccount<'_>) -> Result<bool, StoreFailure> {
        let inserted = sqlx::query(INSERT)
            .bind(new.user_id.uuid())
            .bind(new.email_hash)
            .bind(new.email.as_str())
            .bind(new.full_name.as_str())
            .bind(new.phone_number.as_ref().map(Sealed::as_str))
            .bind(new.password_hash)
            .bind(new.now)
            .bind(new.request_hash)
            .execute(&self.pool)
            .await?;
        Ok(inserted.rows_affected() == 1)
    }

    /// The account with an id.
    pub async fn account(&self, user_id: UserId) -> Result<Option<Account>, StoreFailure> {
        Ok(sqlx::query_as(OF_ID).bind(user_id.uuid()).fetch_optional(&self.pool).await?)
    }

    /// Deletes an account with all that hangs on it. Whether there was one.
    pub async fn delete(&self, user_id: UserId) -> Result<bool, StoreFailure> {
        let deleted = sqlx::query(DELETE).bind(user_id.uuid()).execute(&self.pool).await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// The account of an address.
    pub async fn account_of(&self, email_hash: &[u8; 32]) -> Result<Option<Account>, StoreFailure> {
        Ok(sqlx::query_as(OF_EMAIL).bind(email_hash).fetch_optional(&self.pool).await?)
    }
}

const INSERT: &str = "
    insert into identity.account
        (user_id, email_hash, email, full_name, phone_number, password_hash, password_changed_at, created_at,
         request_hash)
    values ($1, $2, $3, $4, $5, $6, $7, $7, $8)
    on conflict on constraint account_email_hash_key do nothing";

const DELETE: &str = "delete from identity.account where user_id = $1";

const OF_EMAIL: &str = "
    select user_id, email_hash, email, full_name, phone_number, password_hash, request_hash
    from identity.account where email_hash = $1";

const OF_ID: &str = "
    select user_id, email_hash, email, full_name, phone_number, password_hash, request_hash
    from identity.account where user_id = $1";
