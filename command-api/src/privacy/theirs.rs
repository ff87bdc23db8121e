//! Which bookings a customer has.
//!
//! The one look of this room at a read model. Nothing is decided on what it says: it names bookings, and each of them
//! is decided on as the journal has it.

use std::time::Duration;

use booking_domain::values::{BookingId, CustomerId, TenantId};
use booking_http::{PositionToken, Problem};
use sqlx::PgPool;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// Bookings that are named at most. Who has more is asked about by whoever runs the engine.
pub const BOOKINGS_MAX: i64 = 10_000;

/// The longest that the read model is waited for.
const SHOWN_WITHIN: Duration = Duration::from_secs(5);

/// Between two looks at how far it is: some milliseconds behind, when all is well.
const POLL: Duration = Duration::from_millis(20);

/// Before a caller tries again, in seconds.
const RETRY_AFTER_S: u32 = 1;

/// Where customers' bookings are looked up, on connections with the role `booking_command`.
#[derive(Debug, Clone)]
pub struct Theirs {
    pool: PgPool,
}

/// Why it is not known. Nothing was changed; asking again is safe.
#[derive(Debug, thiserror::Error)]
pub enum TheirsFailure {
    #[error("could not look up a customer's bookings")]
    Postgres(#[from] sqlx::Error),
    #[error("the bookings do not show yet what the journal has")]
    Lagging,
    #[error("a customer has more than {BOOKINGS_MAX} bookings")]
    TooMany,
}

impl Theirs {
    /// Names a pool.
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// All bookings of a customer that were placed up to a position, whatever became of them, and perhaps later ones;
    /// in the order of their ids.
    ///
    /// # Errors
    /// [`TheirsFailure`]
    pub async fn of(
        &self,
        tenant: TenantId,
        customer_id: CustomerId,
        at_least: PositionToken,
    ) -> Result<Vec<BookingId>, TheirsFailure> {
        let shown = timeout(SHOWN_WITHIN, self.reached(at_least)).await;
        shown.map_err(|_elapsed| TheirsFailure::Lagging)??;
        let ids = self.listed(tenant, customer_id).await?;
        if BOOKINGS_MAX.unsigned_abs() < ids.len() as u64 {
            return Err(TheirsFailure::TooMany);
        }
        Ok(ids.into_iter().map(BookingId::new).collect())
    }

    async fn listed(&self, tenant: TenantId, customer_id: CustomerId) -> sqlx::Result<Vec<Uuid>> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query(WITHIN).bind(tenant.to_string()).execute(&mut *transaction).await?;
        let listed = sqlx::query_scalar(OF).bind(tenant.uuid()).bind(customer_id.uuid());
        listed.bind(BOOKINGS_MAX + 1).fetch_all(&mut *transaction).await
    }

    /// Looked at again and again: a connection that listened would be one for which others wait.
    async fn reached(&self, at_least: PositionToken) -> sqlx::Result<()> {
        while !self.shows(at_least).await? {
            sleep(POLL).await;
        }
        Ok(())
    }

    async fn shows(&self, at_least: PositionToken) -> sqlx::Result<bool> {
        let shown: Option<(i32, i64)> = sqlx::query_as(SHOWN).fetch_optional(&self.pool).await?;
        Ok(shown.is_some_and(|(epoch, position)| epoch == at_least.epoch && at_least.position <= position))
    }
}

impl From<TheirsFailure> for Problem {
    fn from(failure: TheirsFailure) -> Self {
        match &failure {
            TheirsFailure::Postgres(_) => {
                let detail = "the bookings cannot be looked up now; repeat the request";
                Self::unavailable("UNAVAILABLE", detail, RETRY_AFTER_S).caused_by(&failure)
            }
            TheirsFailure::Lagging => {
                let detail = "not all bookings can be seen yet; repeat the request";
                Self::unavailable("PROJECTION_LAGGING", detail, RETRY_AFTER_S)
            }
            TheirsFailure::TooMany => Self::conflict("TOO_MANY_BOOKINGS", failure.to_string()),
        }
    }
}

/// The rows of `read` are those of one tenant; the setting ends with the transaction.
const WITHIN: &str = "select set_config('app.tenant', $1, true)";

const OF: &str = "
    select booking_id from read.booking_v1 where tenant_id = $1 and customer_id = $2 order by booking_id limit $3";

const SHOWN: &str = "select epoch, position from read.checkpoint where name = 'booking_v1'";
