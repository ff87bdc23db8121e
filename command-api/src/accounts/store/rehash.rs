//! Addresses found under another master key.

use booking_journal::{SealFailure, Vault};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::accounts::PLATFORM;
use crate::accounts::check::email;

/// Accounts seen to in one statement.
const REHASH_ACCOUNTS_MAX: i64 = 500;

/// Why it broke off. What was done stays; beginning again passes over it.
#[derive(Debug, thiserror::Error)]
pub enum RehashFailure {
    #[error("could not read or write the accounts")]
    Postgres(#[from] sqlx::Error),
    #[error("could not open the address of an account")]
    Sealed(#[from] SealFailure),
    /// Its key is gone, or it is no address.
    #[error("the address of account {0} cannot be read")]
    Unreadable(Uuid),
}

/// Lets every account be found by its address under the master key of `vault`, which must open all keys by now. How
/// many were not before. On connections that may write schema `identity`.
///
/// # Errors
/// [`RehashFailure`]
pub async fn rehash_accounts(owner: &PgPool, vault: &Vault) -> Result<u64, RehashFailure> {
    let (mut passed, mut rehashed) = (Uuid::nil(), 0);
    loop {
        let rows: Vec<(Uuid, String)> =
            sqlx::query_as(NEXT).bind(passed).bind(REHASH_ACCOUNTS_MAX).fetch_all(owner).await?;
        let Some((last, _)) = rows.last() else { return Ok(rehashed) };
        passed = *last;
        let (ids, hashes) = hashed(vault, &rows).await?;
        let written = sqlx::query(WRITE).bind(ids).bind(hashes).execute(owner).await?;
        rehashed += written.rows_affected();
    }
}

async fn hashed(vault: &Vault, rows: &[(Uuid, String)]) -> Result<(Vec<Uuid>, Vec<[u8; 32]>), RehashFailure> {
    let mut opened: Value = rows.iter().map(|(id, email)| json!({"id": id, "email": email})).collect();
    vault.unseal(PLATFORM, &mut opened).await?;
    let (mut ids, mut hashes) = (vec![], vec![]);
    for (row, (id, _)) in rows.iter().enumerate() {
        let address = opened[row]["email"].as_str().and_then(|text| email(text).ok());
        let address = address.ok_or(RehashFailure::Unreadable(*id))?;
        ids.push(*id);
        hashes.push(address.hash(vault.master()));
    }
    Ok((ids, hashes))
}

const NEXT: &str = "
    select user_id, email from identity.account where $1 < user_id order by user_id limit $2";

const WRITE: &str = "
    update identity.account as account set email_hash = anew.email_hash
    from unnest($1::uuid[], $2::bytea[]) as anew (user_id, email_hash)
    where account.user_id = anew.user_id and account.email_hash <> anew.email_hash";
