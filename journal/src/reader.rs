//! Reading the journal by position: how relay, projections, replay and verify follow it.

mod accounts;
mod past;
mod scan;
mod streams;

use booking_domain::StreamId;
use booking_domain::values::{DepartureId, TenantId};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::time::Duration;

use crate::{Chain, Recorded};

pub use scan::{SCAN_EVENTS_MAX, Scan};
pub use streams::Passed;

/// Most events that one read returns, so that no reader holds more than some megabytes.
pub const READ_EVENTS_MAX: i64 = 5_000;

/// The longest a follower waits before it looks for itself, in case a notification was lost.
pub const POLL_MS: u64 = 250;

/// The channel on which each append says the new head.
pub const CHANNEL: &str = "journal";

/// Why reading failed. Nothing is ever changed by reading; trying again is safe.
#[derive(Debug, thiserror::Error)]
pub enum ReadFailure {
    /// Postgres could not be asked.
    #[error("could not read the journal")]
    Postgres(#[from] sqlx::Error),
    /// A position is missing. The journal has no gaps, so this is an alarm, never skipped.
    #[error("the journal has no event at position {position}")]
    Hole {
        /// The first position that is missing.
        position: i64,
    },
}

/// Bookings that hold something on a departure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holders {
    pub count: u64,
    /// Id and reference.
    pub first: Vec<(String, String)>,
}

/// Reads events in the order in which they were committed.
#[derive(Debug, Clone)]
pub struct Reader {
    pool: PgPool,
}

impl Reader {
    /// A reader on connections whose role may select from schema `journal`.
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Where it reads.
    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The hash chain over these events; storing it takes the relay's role.
    pub fn chain(&self) -> Chain {
        Chain::new(self.pool.clone())
    }

    /// Events with `after < position`, in order, at most `limit` (at most [`READ_EVENTS_MAX`]).
    ///
    /// # Errors
    /// [`ReadFailure::Hole`] when a position is missing, [`ReadFailure::Postgres`] otherwise.
    pub async fn after(&self, after: i64, limit: i64) -> Result<Vec<Recorded>, ReadFailure> {
        whole(after, self.as_found(after, limit).await?)
    }

    /// The same with holes passed over. For those who look for what is wrong; all others stop at a hole.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn as_found(&self, after: i64, limit: i64) -> Result<Vec<Recorded>, ReadFailure> {
        let limit = limit.min(READ_EVENTS_MAX);
        Ok(sqlx::query_as(AFTER).bind(after).bind(limit).fetch_all(&self.pool).await?)
    }

    /// The events of one stream of a tenant up to a position, that of the last included, in order, the first
    /// [`READ_EVENTS_MAX`] of them. None for a stream that is absent or another tenant's.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn stream(
        &self,
        tenant: TenantId,
        stream: &StreamId,
        until_position: i64,
    ) -> Result<Vec<Recorded>, ReadFailure> {
        Ok(sqlx::query_as(STREAM)
            .bind(stream.aggregate_type())
            .bind(stream.aggregate_id())
            .bind(tenant.uuid())
            .bind(until_position)
            .bind(READ_EVENTS_MAX)
            .fetch_all(&self.pool)
            .await?)
    }

    /// The bookings of a tenant that held something on a departure at a position: how many, and the first of them
    /// with their references, in the order of their ids.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn holders(
        &self,
        tenant: TenantId,
        flight_id: DepartureId,
        at_position: i64,
        limit: i64,
    ) -> Result<Holders, ReadFailure> {
        let query = sqlx::query_as(HOLDERS).bind(flight_id.to_string()).bind(tenant.uuid());
        let rows: Vec<(String, String, i64)> =
            query.bind(at_position).bind(limit).fetch_all(&self.pool).await?;
        let count = rows.first().map_or(0, |(.., count)| count.unsigned_abs());
        Ok(Holders { count, first: rows.into_iter().map(|(id, reference, _)| (id, reference)).collect() })
    }

    /// The last position written, 0 for an empty journal.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn head(&self) -> Result<i64, ReadFailure> {
        Ok(sqlx::query_scalar("select coalesce(max(position), 0) from journal.event")
            .fetch_one(&self.pool)
            .await?)
    }

    /// The epoch of these positions; a restore to an earlier point starts a new one.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn epoch(&self) -> Result<i32, ReadFailure> {
        Ok(sqlx::query_scalar("select epoch from journal.epoch").fetch_one(&self.pool).await?)
    }

    /// Those of a tenant's departures on which a booking holds a seat or a place.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn booked(
        &self,
        tenant: TenantId,
        departures: &[DepartureId],
    ) -> Result<Vec<DepartureId>, ReadFailure> {
        let asked: Vec<String> = departures.iter().map(ToString::to_string).collect();
        let booked: Vec<String> =
            sqlx::query_scalar(BOOKED).bind(tenant.uuid()).bind(asked).fetch_all(&self.pool).await?;
        Ok(booked.iter().filter_map(|id| id.parse().ok()).collect())
    }

    /// The tenant that bears a subdomain.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn tenant_of(&self, subdomain: &str) -> Result<Option<TenantId>, ReadFailure> {
        let owner: Option<String> =
            sqlx::query_scalar(TENANT_OF).bind(subdomain).fetch_optional(&self.pool).await?;
        Ok(owner.and_then(|id| id.parse().ok()))
    }

    /// Every tenant that has registered.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, ReadFailure> {
        let owners: Vec<String> = sqlx::query_scalar(TENANTS).fetch_all(&self.pool).await?;
        Ok(owners.iter().filter_map(|id| id.parse().ok()).collect())
    }

    /// Starts to listen for appends.
    ///
    /// # Errors
    /// When Postgres cannot be reached.
    pub async fn tail(&self) -> Result<Tail, ReadFailure> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Tail { listener })
    }
}

/// Events that were read after a position, if none is missing between them.
///
/// # Errors
/// [`ReadFailure::Hole`] when one is.
pub fn whole(after: i64, events: Vec<Recorded>) -> Result<Vec<Recorded>, ReadFailure> {
    for (expected, event) in (after + 1..).zip(&events) {
        if event.position != expected {
            return Err(ReadFailure::Hole { position: expected });
        }
    }
    Ok(events)
}

/// Wakes a follower when the journal may have grown.
#[derive(Debug)]
pub struct Tail {
    listener: PgListener,
}

impl Tail {
    /// Returns when an append was announced, and after [`POLL_MS`] at the latest.
    ///
    /// # Errors
    /// When the connection is lost for good; one that comes back is reopened without a word.
    pub async fn wait(&mut self) -> Result<(), ReadFailure> {
        match tokio::time::timeout(Duration::from_millis(POLL_MS), self.listener.recv()).await {
            Ok(Ok(_)) => self.drain(),
            Ok(Err(failure)) => Err(failure.into()),
            Err(_elapsed) => Ok(()),
        }
    }

    /// Many notifications are one piece of news.
    fn drain(&mut self) -> Result<(), ReadFailure> {
        while self.listener.next_buffered().is_some() {}
        Ok(())
    }
}

const TENANTS: &str = "
    select aggregate_id from journal.name
    where tenant_id = '00000000-0000-0000-0000-000000000000' and kind = 'subdomain' order by aggregate_id";

const TENANT_OF: &str = "
    select aggregate_id from journal.name
    where tenant_id = '00000000-0000-0000-0000-000000000000' and kind = 'subdomain' and value = $1";

/// Each claim has a release of its own when it ends. The streams of a departure lie side by side.
const BOOKED: &str = "
    select flight from unnest($2::text[]) as asked (flight)
    where 0 < (
        select coalesce(sum(case when event_type in ('seat.claimed', 'pool.claimed') then 1
                                 when event_type in ('seat.released', 'pool.released') then -1 else 0 end), 0)
        from journal.event
        where aggregate_type in ('seat', 'pool') and flight || '/' <= aggregate_id and aggregate_id < flight || '0'
              and tenant_id = $1)";

const AFTER: &str = "
    select position, event_id, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from journal.event
    where position > $1
    order by position
    limit $2";

const HOLDERS: &str = "
    with news as materialized (
        select event_type, payload ->> 'claim_id' as claim_id, payload ->> 'booking_id' as booking_id
        from journal.event
        where aggregate_type in ('seat', 'pool') and $1 || '/' <= aggregate_id and aggregate_id < $1 || '0'
          and tenant_id = $2 and position <= $3
          and event_type in ('seat.claimed', 'pool.claimed', 'seat.released', 'pool.released')
    ), holder as (
        select distinct booking_id from news as claimed
        where event_type in ('seat.claimed', 'pool.claimed')
          and not exists (select from news as released
                           where released.event_type in ('seat.released', 'pool.released')
                             and released.claim_id = claimed.claim_id)
    ), first as (
        select booking_id, count(*) over () as count from holder order by booking_id limit $4
    )
    select first.booking_id, began.payload ->> 'booking_reference', first.count
    from first
    join journal.event as began
      on began.aggregate_type = 'booking' and began.aggregate_id = first.booking_id and began.sequence = 1
    order by first.booking_id";

const STREAM: &str = "
    select position, event_id, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from journal.event
    where aggregate_type = $1 and aggregate_id = $2 and tenant_id = $3 and position <= $4
    order by sequence
    limit $5";
