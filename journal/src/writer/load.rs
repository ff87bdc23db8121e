//! Bringing streams into memory: many families in a few range scans.

use std::collections::HashMap;

use booking_domain::world::Placed;
use booking_domain::{Family, StreamId};
use sqlx::PgPool;

use super::StopReason;
use super::store::Store;
use crate::Recorded;

/// Most families fetched by one query.
pub const LOAD_FAMILIES_MAX: usize = 256;

/// Families with their whole histories, at least as new as `head`.
pub struct Loaded {
    pub families: HashMap<Family, Vec<Placed>>,
    /// The journal's head before they were read.
    pub head: i64,
}

/// What became of a load, and for what it was.
pub struct LoadEnd {
    pub families: Vec<Family>,
    pub loaded: Result<Loaded, StopReason>,
}

/// Reads the histories of families.
pub async fn load(store: &impl Store, families: Vec<Family>) -> LoadEnd {
    let loaded = loaded(store, &families).await;
    LoadEnd { families, loaded }
}

async fn loaded(store: &impl Store, families: &[Family]) -> Result<Loaded, StopReason> {
    let (head, events) = store.histories(families).await?;
    let mut histories: HashMap<Family, Vec<Placed>> = families.iter().map(|one| (*one, vec![])).collect();
    for recorded in &events {
        let placed = placed(recorded)?;
        histories.entry(placed.stream.family()).or_default().push(placed);
    }
    Ok(Loaded { families: histories, head })
}

/// The head, then all events of families: seats and pools of a departure in one range scan each.
pub async fn histories(pool: &PgPool, families: &[Family]) -> sqlx::Result<(i64, Vec<Recorded>)> {
    let (mut tenants, mut departures, mut bookings) = (vec![], vec![], vec![]);
    let (mut customers, mut users) = (vec![], vec![]);
    for family in families {
        let ids = match family {
            Family::Tenant(_) => &mut tenants,
            Family::Departure(_) => &mut departures,
            Family::Booking(_) => &mut bookings,
            Family::Customer(..) => &mut customers,
            Family::User(..) => &mut users,
        };
        ids.push(family.root().aggregate_id());
    }
    let mut connection = pool.acquire().await?;
    let head: i64 = sqlx::query_scalar(HEAD).fetch_one(&mut *connection).await?;
    let events = sqlx::query_as(LOAD)
        .bind(tenants)
        .bind(departures)
        .bind(bookings)
        .bind(customers)
        .bind(users)
        .fetch_all(&mut *connection)
        .await?;
    Ok((head, events))
}

/// An event as the world folds it.
pub fn placed(recorded: &Recorded) -> Result<Placed, StopReason> {
    Ok(Placed {
        stream: StreamId::parse(&recorded.aggregate_type, &recorded.aggregate_id)?,
        tenant: recorded.tenant_id,
        sequence: recorded.sequence,
        event: recorded.event()?,
    })
}

const HEAD: &str = "select coalesce(max(position), 0) from journal.event";

const LOAD: &str = "
    select position, event_id, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from (
        select e.* from unnest($1::text[]) as id cross join lateral (
            select * from journal.event where aggregate_type = 'tenant' and aggregate_id = id) as e
        union all
        select e.* from unnest($2::text[]) as id cross join lateral (
            select * from journal.event where aggregate_type = 'departure' and aggregate_id = id
            union all
            select * from journal.event
             where aggregate_type = 'seat' and id || '/' <= aggregate_id and aggregate_id < id || '0'
            union all
            select * from journal.event
             where aggregate_type = 'pool' and id || '/' <= aggregate_id and aggregate_id < id || '0') as e
        union all
        select e.* from unnest($3::text[]) as id cross join lateral (
            select * from journal.event where aggregate_type = 'booking' and aggregate_id = id) as e
        union all
        select e.* from unnest($4::text[]) as id cross join lateral (
            select * from journal.event where aggregate_type = 'customer' and aggregate_id = id) as e
        union all
        select e.* from unnest($5::text[]) as id cross join lateral (
            select * from journal.event where aggregate_type = 'user' and aggregate_id = id) as e
    ) as histories
    order by aggregate_type, aggregate_id, sequence";
