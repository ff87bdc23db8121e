//! Another master key: the keys of all persons are wrapped anew. What they sealed stays as it is.

use booking_domain::values::TenantId;
use sqlx::PgPool;
use uuid::Uuid;

use super::{MasterKey, SealFailure};

/// Keys wrapped in one transaction.
const REKEY_KEYS_MAX: i64 = 1_000;

/// Wraps every key under another master key, some at a time. Each row says by itself which key opens it, so a run that
/// was cut short is begun again, and passes over what is done.
#[derive(Debug)]
pub struct Rekey {
    owner: PgPool,
    old: MasterKey,
    new: MasterKey,
    /// Tenant and subject of the last key that was looked at.
    passed: (Uuid, Uuid),
}

/// Some keys that were looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// Those of persons who were erased among them.
    pub keys: u64,
    /// The others were wrapped under the new key already, or are empty.
    pub rewrapped: u64,
}

impl Rekey {
    /// From `old` to `new`, on connections that may write schema `keys`.
    pub const fn new(owner: PgPool, old: MasterKey, new: MasterKey) -> Self {
        Self { owner, old, new, passed: (Uuid::nil(), Uuid::nil()) }
    }

    /// How many keys there are.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn count(&self) -> Result<u64, SealFailure> {
        let count: i64 =
            sqlx::query_scalar("select count(*) from keys.subject").fetch_one(&self.owner).await?;
        Ok(count.unsigned_abs())
    }

    /// Sees to the next keys, all of them or none; nothing at the end.
    ///
    /// # Errors
    /// [`SealFailure::Garbled`] for a key that neither master key opens: those before it are done.
    pub async fn next(&mut self) -> Result<Option<Rewrapped>, SealFailure> {
        let mut transaction = self.owner.begin().await?;
        let rows: Vec<(Uuid, Uuid, Vec<u8>)> = sqlx::query_as(NEXT)
            .bind(self.passed.0)
            .bind(self.passed.1)
            .bind(REKEY_KEYS_MAX)
            .fetch_all(&mut *transaction)
            .await?;
        let Some(last) = rows.last().map(|(tenant, subject, _)| (*tenant, *subject)) else { return Ok(None) };
        let (mut tenants, mut subjects, mut wrapped) = (vec![], vec![], vec![]);
        for (tenant, subject, row) in &rows {
            if let Some(anew) = self.anew(TenantId::new(*tenant), *subject, row)? {
                tenants.push(*tenant);
                subjects.push(*subject);
                wrapped.push(anew);
            }
        }
        let rewrapped = Rewrapped { keys: rows.len() as u64, rewrapped: wrapped.len() as u64 };
        let query = sqlx::query(WRITE).bind(tenants).bind(subjects).bind(wrapped);
        query.execute(&mut *transaction).await?;
        transaction.commit().await?;
        self.passed = last;
        Ok(Some(rewrapped))
    }

    /// Nothing for one that is as it should be.
    fn anew(&self, tenant: TenantId, subject: Uuid, wrapped: &[u8]) -> Result<Option<Vec<u8>>, SealFailure> {
        if wrapped.is_empty() || self.new.unwrap_bytes(tenant, subject, wrapped).is_ok() {
            return Ok(None);
        }
        let key = self.old.unwrap_bytes(tenant, subject, wrapped)?;
        Ok(Some(self.new.wrap(tenant, subject, &key)))
    }
}

const NEXT: &str = "
    select tenant_id, subject_id, wrapped from keys.subject
    where (tenant_id, subject_id) > ($1, $2)
    order by tenant_id, subject_id limit $3
    for update";

const WRITE: &str = "
    update keys.subject as subject set wrapped = anew.wrapped
    from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as anew (tenant_id, subject_id, wrapped)
    where subject.tenant_id = anew.tenant_id and subject.subject_id = anew.subject_id";
