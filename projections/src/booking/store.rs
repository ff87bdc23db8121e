//! Where rows of bookings are kept.

use std::collections::HashMap;

use booking_domain::booking::Sheet;
use booking_domain::values::TenantId;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::BookingRow;
use crate::projection::{Key, StoreFailure};

/// A stored row: tenant, id, position, document.
type Stored = (Uuid, Uuid, i64, String);

/// One array for each column of the insert.
#[derive(Default)]
struct Columns {
    tenants: Vec<Uuid>,
    bookings: Vec<Uuid>,
    references: Vec<String>,
    statuses: Vec<&'static str>,
    customers: Vec<Uuid>,
    flights: Vec<Option<Uuid>>,
    starts: Vec<Option<DateTime<Utc>>>,
    created: Vec<DateTime<Utc>>,
    positions: Vec<i64>,
    documents: Vec<String>,
}

impl Columns {
    fn push(&mut self, row: &BookingRow) -> Result<(), StoreFailure> {
        let sheet = &row.sheet;
        let id = sheet.booking_id.uuid();
        self.tenants.push(row.tenant.uuid());
        self.bookings.push(id);
        self.references.push(sheet.booking_reference.as_str().to_owned());
        self.statuses.push(super::list::word(sheet.status));
        self.customers.push(sheet.customer_id.uuid());
        self.flights.push(sheet.flight_id.map(|flight| flight.uuid()));
        self.starts.push(sheet.start_time);
        self.created.push(sheet.created_at);
        self.positions.push(row.position);
        let document = serde_json::to_string(sheet);
        self.documents.push(document.map_err(|source| StoreFailure::Garbled { id, source })?);
        Ok(())
    }
}

pub(super) async fn store(
    connection: &mut PgConnection,
    rows: impl Iterator<Item = &BookingRow> + Send,
) -> Result<(), StoreFailure> {
    let mut columns = Columns::default();
    for row in rows {
        columns.push(row)?;
    }
    let asked = columns.tenants.len();
    if asked == 0 {
        return Ok(());
    }
    let written = sqlx::query(STORE)
        .bind(columns.tenants)
        .bind(columns.bookings)
        .bind(columns.references)
        .bind(columns.statuses)
        .bind(columns.customers)
        .bind(columns.flights)
        .bind(columns.starts)
        .bind(columns.created)
        .bind(columns.positions)
        .bind(columns.documents)
        .execute(connection)
        .await?;
    StoreFailure::unless_all("booking_v1", written.rows_affected(), asked)
}

pub(super) async fn load(
    connection: &mut PgConnection,
    keys: &[Key],
) -> Result<HashMap<Key, BookingRow>, StoreFailure> {
    let (tenants, ids) = Key::columns(keys);
    let rows: Vec<Stored> = sqlx::query_as(LOAD).bind(tenants).bind(ids).fetch_all(connection).await?;
    rows.into_iter().map(read).collect()
}

pub(super) async fn page(
    connection: &mut PgConnection,
    after: Option<Key>,
    limit: i64,
) -> Result<Vec<(Key, BookingRow)>, StoreFailure> {
    let rows: Vec<Stored> = sqlx::query_as(PAGE)
        .bind(after.map(|key| key.tenant.uuid()))
        .bind(after.map(|key| key.id))
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(read).collect()
}

fn read((tenant, id, position, document): Stored) -> Result<(Key, BookingRow), StoreFailure> {
    let tenant = TenantId::new(tenant);
    let sheet: Sheet =
        serde_json::from_str(&document).map_err(|source| StoreFailure::Garbled { id, source })?;
    Ok((Key { tenant, id }, BookingRow { tenant, sheet, position }))
}

const STORE: &str = "
    insert into read.booking_v1 as old
        (tenant_id, booking_id, booking_reference, status, customer_id, flight_id, start_time, created_at,
         position, document)
    select tenant_id, booking_id, booking_reference, status, customer_id, flight_id, start_time, created_at,
           position, document::json
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::timestamptz[],
                $8::timestamptz[], $9::bigint[], $10::text[])
        as new (tenant_id, booking_id, booking_reference, status, customer_id, flight_id, start_time,
                created_at, position, document)
    on conflict on constraint booking_v1_pkey do update
    set status = excluded.status, customer_id = excluded.customer_id, flight_id = excluded.flight_id,
        start_time = excluded.start_time, position = excluded.position, document = excluded.document
    where old.position < excluded.position";

const LOAD: &str = "
    select tenant_id, booking_id, position, document::text
    from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, booking_id)
    join read.booking_v1 using (tenant_id, booking_id)";

const PAGE: &str = "
    select tenant_id, booking_id, position, document::text
    from read.booking_v1
    where $1::uuid is null or ($1, $2::uuid) < (tenant_id, booking_id)
    order by tenant_id, booking_id
    limit $3";
