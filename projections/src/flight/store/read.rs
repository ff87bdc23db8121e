//! Rows of departures as they are read back.

use std::collections::{BTreeMap, HashMap};

use booking_domain::values::{BookingId, SeatNumber, TenantId};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::fact::Key;
use crate::flight::sheet::Columns;
use crate::flight::{Bits, FlightRow, Holder, SeatMap};
use crate::projection::StoreFailure;
use crate::schema::Schema;

#[derive(FromRow)]
struct Stored {
    tenant_id: Uuid,
    flight_id: Uuid,
    document: String,
    sheet_position: i64,
    #[sqlx(flatten)]
    columns: Columns,
    taken: Vec<u8>,
    blocked: Vec<u8>,
    pools: String,
    map_position: i64,
}

#[derive(FromRow)]
struct Claim {
    tenant_id: Uuid,
    flight_id: Uuid,
    #[sqlx(try_from = "String")]
    seat_number: SeatNumber,
    booking_id: Uuid,
    claimed_at: DateTime<Utc>,
}

impl Stored {
    fn row(self) -> Result<(Key, FlightRow), StoreFailure> {
        let (tenant, id) = (TenantId::new(self.tenant_id), self.flight_id);
        let garbled = |source| StoreFailure::Garbled { id, source };
        let map = SeatMap {
            taken: Bits::from_bytes(self.taken),
            blocked: Bits::from_bytes(self.blocked),
            pools: serde_json::from_str(&self.pools).map_err(garbled)?,
            holders: BTreeMap::new(),
        };
        let row = FlightRow {
            tenant,
            sheet: serde_json::from_str(&self.document).map_err(garbled)?,
            columns: self.columns,
            sheet_position: self.sheet_position,
            map,
            map_position: self.map_position,
        };
        Ok((Key { tenant, id }, row))
    }
}

/// Without the holders of seats: a batch knows those that it changes.
pub async fn load(
    connection: &mut PgConnection,
    schema: Schema,
    keys: &[Key],
) -> Result<HashMap<Key, FlightRow>, StoreFailure> {
    let (tenants, ids) = Key::columns(keys);
    let rows: Vec<Stored> =
        sqlx::query_as(&schema.sql(LOAD)).bind(tenants).bind(ids).fetch_all(connection).await?;
    rows.into_iter().map(Stored::row).collect()
}

/// With the holders of all taken seats.
pub async fn whole(
    connection: &mut PgConnection,
    schema: Schema,
    keys: &[Key],
) -> Result<HashMap<Key, FlightRow>, StoreFailure> {
    let mut rows = load(&mut *connection, schema, keys).await?;
    for (key, holders) in holders(connection, schema, keys).await? {
        rows.entry(key).and_modify(|row| row.map.holders = holders);
    }
    Ok(rows)
}

type Holders = BTreeMap<SeatNumber, Option<Holder>>;

async fn holders(
    connection: &mut PgConnection,
    schema: Schema,
    keys: &[Key],
) -> Result<HashMap<Key, Holders>, StoreFailure> {
    let (tenants, ids) = Key::columns(keys);
    let claims: Vec<Claim> =
        sqlx::query_as(&schema.sql(HOLDERS)).bind(tenants).bind(ids).fetch_all(connection).await?;
    let mut holders: HashMap<Key, Holders> = HashMap::new();
    for claim in claims {
        let key = Key { tenant: TenantId::new(claim.tenant_id), id: claim.flight_id };
        let holder = Holder { booking_id: BookingId::new(claim.booking_id), claimed_at: claim.claimed_at };
        holders.entry(key).or_default().insert(claim.seat_number, Some(holder));
    }
    Ok(holders)
}

const LOAD: &str = "
    select tenant_id, flight_id, document, flight.position as sheet_position,
           flight_number, origin, destination, departure_at, departure_date, status, sales_open,
           taken, blocked, pools, map.position as map_position
    from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, flight_id)
    join read.flight_v1 as flight using (tenant_id, flight_id)
    join read.seat_map_v1 as map using (tenant_id, flight_id)";

const HOLDERS: &str = "
    select tenant_id, flight_id, seat_number, booking_id, claimed_at
    from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, flight_id)
    join read.seat_claim_v1 using (tenant_id, flight_id)";

pub const COUNT: &str = "
    select (select count(*) from read.flight_v1) + (select count(*) from read.seat_map_v1)
         + (select count(*) from read.seat_claim_v1)";

pub const KEYS: &str = "
    select tenant_id, flight_id
    from (select tenant_id, flight_id from read.flight_v1
          union select tenant_id, flight_id from read.seat_map_v1
          union select tenant_id, flight_id from read.seat_claim_v1) as known
    where $1::uuid is null or ($1, $2::uuid) < (tenant_id, flight_id)
    order by tenant_id, flight_id
    limit $3";
