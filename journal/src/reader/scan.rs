//! Some of the events of a stretch of the journal: a tenant's, of some types, by someone.
//!
//! There is no index for these, on purpose: each append would pay for it. A stretch is bounded instead, and read along
//! the positions; whoever wants more asks for the next one.

use booking_domain::values::{ActorKind, TenantId};
use sqlx::postgres::{PgArguments, Postgres};
use uuid::Uuid;

use super::{ReadFailure, Reader};
use crate::Recorded;

/// Most positions that one question looks at: 30 ms where none is the tenant's, 200 ms where it is looked up who did
/// each of them (measured on two busy cores).
pub const SCAN_EVENTS_MAX: i64 = 20_000;

/// Which events are meant: all of the stretch, where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// The stretch: `after < position <= until`.
    pub after: i64,
    /// At most [`SCAN_EVENTS_MAX`] beyond `after`; what is further away is not looked at.
    pub until: i64,
    /// Whose; `None` for those of all tenants, which only the platform may see.
    pub tenant: Option<TenantId>,
    /// Names such as `booking.created`.
    pub types: Option<Vec<String>>,
    /// In which role someone did it.
    pub actor_kind: Option<ActorKind>,
    /// Which account did it.
    pub actor_id: Option<Uuid>,
    /// Most events.
    pub limit: i64,
}

impl Reader {
    /// The first of them, in order of position.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn oldest(&self, scan: &Scan) -> Result<Vec<Recorded>, ReadFailure> {
        let until = scan.until.min(scan.after.saturating_add(SCAN_EVENTS_MAX));
        Ok(asked(OLDEST, &Scan { until, ..scan.clone() }).fetch_all(&self.pool).await?)
    }

    /// The last of them, the newest first.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn newest(&self, scan: &Scan) -> Result<Vec<Recorded>, ReadFailure> {
        let after = scan.after.max(scan.until.saturating_sub(SCAN_EVENTS_MAX));
        Ok(asked(NEWEST, &Scan { after, ..scan.clone() }).fetch_all(&self.pool).await?)
    }
}

type Asked = sqlx::query::QueryAs<'static, Postgres, Recorded, PgArguments>;

fn asked(statement: &'static str, scan: &Scan) -> Asked {
    let kind = scan.actor_kind.map(|kind| match kind {
        ActorKind::Customer => "customer",
        ActorKind::Staff => "staff",
        ActorKind::System => "system",
    });
    sqlx::query_as(statement)
        .bind(scan.after)
        .bind(scan.until)
        .bind(scan.tenant.map(|tenant| tenant.uuid()))
        .bind(scan.types.clone())
        .bind(kind)
        .bind(scan.actor_id.map(|id| id.to_string()))
        .bind(scan.limit)
}

const OLDEST: &str = "
    select position, event_id, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from journal.event
    where $1 < position and position <= $2
      and ($3::uuid is null or tenant_id = $3)
      and ($4::text[] is null or event_type = any ($4))
      and ($5::text is null or metadata -> 'actor' ->> 'kind' = $5)
      and ($6::text is null or metadata -> 'actor' ->> 'id' = $6)
    order by position
    limit $7";

const NEWEST: &str = "
    select position, event_id, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from journal.event
    where $1 < position and position <= $2
      and ($3::uuid is null or tenant_id = $3)
      and ($4::text[] is null or event_type = any ($4))
      and ($5::text is null or metadata -> 'actor' ->> 'kind' = $5)
      and ($6::text is null or metadata -> 'actor' ->> 'id' = $6)
    order by position desc
    limit $7";
