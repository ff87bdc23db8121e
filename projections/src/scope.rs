//! Reading within one tenant. There is no other way to read.

use booking_domain::values::TenantId;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

/// Connections with the role `booking_reader`, which sees no row outside of a tenant.
#[derive(Debug, Clone)]
pub struct ReadPool(PgPool);

/// One tenant's rows, at one moment: every query in it sees the same.
pub struct Scoped {
    tenant: TenantId,
    transaction: Transaction<'static, Postgres>,
}

impl ReadPool {
    /// Names a pool as the readers' own.
    pub const fn new(pool: PgPool) -> Self {
        Self(pool)
    }

    /// Opens a tenant: one round trip. Closing it costs the caller none, since nothing is committed.
    ///
    /// # Errors
    /// When Postgres cannot be reached.
    pub async fn within(&self, tenant: TenantId) -> sqlx::Result<Scoped> {
        Ok(Scoped { tenant, transaction: self.0.begin_with(opening(tenant)).await? })
    }
}

impl Scoped {
    /// For the first condition of every query; row-level security is the second wall.
    pub const fn tenant(&self) -> Uuid {
        self.tenant.uuid()
    }

    /// Where queries go.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

/// Several statements in one message cannot have parameters; a UUID's text needs no quoting. The setting ends
/// with the transaction, so that it cannot leak to the next user of the connection.
fn opening(tenant: TenantId) -> String {
    format!(
        "begin isolation level repeatable read read only; select set_config('app.tenant', '{tenant}', true)"
    )
}
