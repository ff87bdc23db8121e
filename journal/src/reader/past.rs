//! The journal as it was: which position an instant is, and what had happened to one thing by then.

use booking_domain::Family;
use booking_domain::values::{BookingId, TenantId};
use chrono::{DateTime, Utc};

use super::{READ_EVENTS_MAX, ReadFailure, Reader};
use crate::Recorded;

impl Reader {
    /// The last position that was recorded at an instant or before, 0 when none was: the state at that position is
    /// the one from its `recorded_at` on until just before that of the position after it, `[from, until)`. Events of
    /// one commit share their instant, so no commit is ever cut in two.
    ///
    /// Found by halving: one statement, and one row looked up by its position for each doubling of the journal.
    /// While an append is under way, an instant of this moment may still get its events.
    ///
    /// # Errors
    /// [`ReadFailure::Hole`] when a position on the way is missing, [`ReadFailure::Postgres`] otherwise.
    pub async fn position_at(&self, instant: DateTime<Utc>) -> Result<i64, ReadFailure> {
        let (low, high): (i64, i64) = sqlx::query_as(POSITION_AT).bind(instant).fetch_one(&self.pool).await?;
        if low < high {
            return Err(ReadFailure::Hole { position: (low + high + 1) / 2 });
        }
        Ok(low)
    }

    /// When the event at a position was recorded; nothing for a position that was never given out.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn recorded_at(&self, position: i64) -> Result<Option<DateTime<Utc>>, ReadFailure> {
        Ok(sqlx::query_scalar("select recorded_at from journal.event where position = $1")
            .bind(position)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// The events of a family of a tenant with `after < position <= until`, in order of position, the first
    /// [`READ_EVENTS_MAX`] of them. None for one that is absent or another tenant's.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn family(
        &self,
        tenant: TenantId,
        family: Family,
        after: i64,
        until: i64,
    ) -> Result<Vec<Recorded>, ReadFailure> {
        let statement = match family {
            Family::Tenant(_) | Family::Booking(_) | Family::Customer(..) | Family::User(..) => ALONE,
            Family::Departure(_) => DEPARTURE,
        };
        let root = family.root();
        let query = sqlx::query_as(statement).bind(root.aggregate_id()).bind(tenant.uuid());
        let query = query.bind(after).bind(until).bind(READ_EVENTS_MAX).bind(root.aggregate_type());
        Ok(query.fetch_all(&self.pool).await?)
    }

    /// The events of several bookings of a tenant up to a position, that of the last included, each booking's in
    /// order, the first [`READ_EVENTS_MAX`] of them: ask about few at a time, and again about fewer if it is full.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn bookings(
        &self,
        tenant: TenantId,
        ids: &[BookingId],
        until: i64,
    ) -> Result<Vec<Recorded>, ReadFailure> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let query = sqlx::query_as(BOOKINGS).bind(ids).bind(tenant.uuid()).bind(until);
        Ok(query.bind(READ_EVENTS_MAX).fetch_all(&self.pool).await?)
    }

    /// The booking that bears a reference within a tenant.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn booking_of(
        &self,
        tenant: TenantId,
        reference: &str,
    ) -> Result<Option<BookingId>, ReadFailure> {
        let query = sqlx::query_scalar(BOOKING_OF).bind(tenant.uuid()).bind(reference);
        let owner: Option<String> = query.fetch_optional(&self.pool).await?;
        Ok(owner.and_then(|id| id.parse().ok()))
    }
}

/// `low` is recorded early enough, all beyond `high` too late. A position that is missing ends the search early.
const POSITION_AT: &str = "
    with recursive search (step, low, high) as (
        select 0, 0::bigint, (select coalesce(max(position), 0) from journal.event)
        union all
        select step + 1, case when recorded_at <= $1 then middle else low end,
               case when recorded_at <= $1 then high else middle - 1 end
        from (select step, low, high, middle,
                     (select e.recorded_at from journal.event as e where e.position = middle) as recorded_at
              from (select step, low, high, (low + high + 1) / 2 as middle from search where low < high) as halved
             ) as looked
        where recorded_at is not null
    )
    select low, high from search order by step desc limit 1";

/// Of a family of one stream.
const ALONE: &str = "
    select position, event_id, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from journal.event
    where aggregate_type = $6 and aggregate_id = $1 and tenant_id = $2 and $3 < position and position <= $4
    order by sequence
    limit $5";

/// Gathered first and put in order then: no plan may look for them along all positions of the journal.
const DEPARTURE: &str = "
    with family as materialized (
        select * from journal.event where aggregate_type = $6 and aggregate_id = $1
        union all
        select * from journal.event
         where aggregate_type = 'seat' and $1 || '/' <= aggregate_id and aggregate_id < $1 || '0'
        union all
        select * from journal.event
         where aggregate_type = 'pool' and $1 || '/' <= aggregate_id and aggregate_id < $1 || '0'
    )
    select position, event_id, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from family
    where tenant_id = $2 and $3 < position and position <= $4
    order by position
    limit $5";

const BOOKINGS: &str = "
    select position, event_id, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from unnest($1::text[]) as id cross join lateral (
        select * from journal.event
        where aggregate_type = 'booking' and aggregate_id = id and tenant_id = $2 and position <= $3
        order by sequence) as history
    limit $4";

const BOOKING_OF: &str = "
    select aggregate_id from journal.name where tenant_id = $1 and kind = 'booking_reference' and value = $2";
