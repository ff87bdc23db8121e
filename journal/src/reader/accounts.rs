//! Which accounts and customers belong together, and where accounts are known.

use booking_domain::values::{CustomerId, TenantId, UserId};

use super::{ReadFailure, Reader};

impl Reader {
    /// The account that a customer of a tenant is; none for one who was only ever named by staff. It goes through
    /// all users of the tenant: for what is asked seldom.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn account_of(
        &self,
        tenant: TenantId,
        customer_id: CustomerId,
    ) -> Result<Option<UserId>, ReadFailure> {
        let query = sqlx::query_scalar(ACCOUNT_OF).bind(tenant.to_string()).bind(customer_id.to_string());
        let user_id: Option<String> = query.bind(tenant.uuid()).fetch_optional(&self.pool).await?;
        Ok(user_id.and_then(|id| id.parse().ok()))
    }

    /// The tenants to whom an account is known, or was until it was deactivated there.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn tenants_of(&self, user_id: UserId) -> Result<Vec<TenantId>, ReadFailure> {
        let query = sqlx::query_scalar(TENANTS_OF).bind(user_id.to_string());
        let tenants: Vec<String> = query.fetch_all(&self.pool).await?;
        Ok(tenants.iter().filter_map(|id| id.parse().ok()).collect())
    }
}

/// Streams of one tenant's users are one range of the primary key.
const ACCOUNT_OF: &str = "
    select payload ->> 'user_id' from journal.event
    where aggregate_type = 'user' and $1 || '/' <= aggregate_id and aggregate_id < $1 || '0' and sequence = 1
        and tenant_id = $3 and payload ->> 'customer_id' = $2
    limit 1";

/// Each tenant has one subdomain.
const TENANTS_OF: &str = "
    select name.aggregate_id
    from journal.name as name
    join journal.event as event
      on event.aggregate_type = 'user' and event.aggregate_id = name.aggregate_id || '/' || $1 and event.sequence = 1
    where name.tenant_id = '00000000-0000-0000-0000-000000000000' and name.kind = 'subdomain'";
