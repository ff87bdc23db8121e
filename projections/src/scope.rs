//! Reading within one tenant. There is no other way to read.

use booking_domain::values::TenantId;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::model::Model;

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

    /// Opens a tenant in a read model: one round trip. Closing it costs the caller none, since nothing is committed.
    ///
    /// # Errors
    /// When Postgres cannot be reached.
    pub async fn within(&self, tenant: TenantId, model: Model) -> sqlx::Result<Scoped> {
        Ok(Scoped { tenant, transaction: self.0.begin_with(opening(tenant, model)).await? })
    }

    /// For tables that belong to no tenant, such as checkpoints. A row of a tenant cannot be read here: without
    /// one, the second wall refuses.
    ///
    /// # Errors
    /// When Postgres cannot be reached.
    pub async fn outside_of_tenants(&self) -> sqlx::Result<PoolConnection<Postgres>> {
        self.0.acquire().await
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
/// with the transaction, so that it cannot leak to the next user of the connection. The first `select` takes the
/// snapshot: were the gate not locked before it, a rebuild could put tables in place that the snapshot does not see.
fn opening(tenant: TenantId, model: Model) -> String {
    format!(
        "begin isolation level repeatable read read only;
         lock table {gate} in access share mode;
         select set_config('app.tenant', '{tenant}', true)",
        gate = model.gate()
    )
}
