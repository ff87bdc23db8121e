//! Where rows of bookings are kept.

use std::collections::HashMap;

use booking_domain::booking::Sheet;
use booking_domain::values::TenantId;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::{BookingRow, Columns};
use crate::fact::Key;
use crate::projection::StoreFailure;
use crate::schema::Schema;

/// A row as it is read back.
#[derive(FromRow)]
struct Stored {
    tenant_id: Uuid,
    booking_id: Uuid,
    position: i64,
    document: String,
    #[sqlx(flatten)]
    columns: Columns,
}

impl Stored {
    fn row(self) -> Result<(Key, BookingRow), StoreFailure> {
        let (tenant, id) = (TenantId::new(self.tenant_id), self.booking_id);
        let sheet: Sheet =
            serde_json::from_str(&self.document).map_err(|source| StoreFailure::Garbled { id, source })?;
        Ok((Key { tenant, id }, BookingRow { tenant, sheet, columns: self.columns, position: self.position }))
    }
}

pub(super) async fn load(
    connection: &mut PgConnection,
    schema: Schema,
    keys: &[Key],
) -> Result<HashMap<Key, BookingRow>, StoreFailure> {
    let (tenants, ids) = Key::columns(keys);
    let rows: Vec<Stored> =
        sqlx::query_as(&schema.sql(LOAD)).bind(tenants).bind(ids).fetch_all(connection).await?;
    rows.into_iter().map(Stored::row).collect()
}

/// One statement, one array for each column. Ids never change; a hold that is placed is created again.
pub(super) async fn store(
    connection: &mut PgConnection,
    schema: Schema,
    rows: &[&BookingRow],
) -> Result<(), StoreFailure> {
    if rows.is_empty() {
        return Ok(());
    }
    let each = || rows.iter().map(|row| &row.columns);
    let written = sqlx::query(&schema.sql(STORE))
        .bind(rows.iter().map(|row| row.tenant.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.sheet.booking_id.uuid()).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.booking_reference.as_str()).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.status.as_str()).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.customer_id).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.flight_id).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.start_time).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.created_at).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.position).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| document(row)).collect::<Result<Vec<_>, _>>()?)
        .bind(each().map(|columns| columns.archived).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    StoreFailure::unless_all("booking_v1", written.rows_affected(), rows.len())
}

fn document(row: &BookingRow) -> Result<String, StoreFailure> {
    let id = row.sheet.booking_id.uuid();
    serde_json::to_string(&row.sheet).map_err(|source| StoreFailure::Garbled { id, source })
}

const LOAD: &str = "
    select tenant_id, booking_id, position, document,
           booking_reference, status, customer_id, flight_id, start_time, created_at, archived
    from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, booking_id)
    join read.booking_v1 using (tenant_id, booking_id)";

pub(super) const COUNT: &str = "select count(*) from read.booking_v1";

pub(super) const KEYS: &str = "
    select tenant_id, booking_id
    from read.booking_v1
    where $1::uuid is null or ($1, $2::uuid) < (tenant_id, booking_id)
    order by tenant_id, booking_id
    limit $3";

const STORE: &str = "
    insert into read.booking_v1 as old
        (tenant_id, booking_id, booking_reference, status, customer_id, flight_id, start_time, created_at,
         position, document, archived)
    select tenant_id, booking_id, booking_reference, status, customer_id, flight_id, start_time, created_at,
           position, document, archived
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::timestamptz[],
                $8::timestamptz[], $9::bigint[], $10::text[], $11::boolean[])
        as new (tenant_id, booking_id, booking_reference, status, customer_id, flight_id, start_time,
                created_at, position, document, archived)
    on conflict on constraint booking_v1_pkey do update
    set status = excluded.status, flight_id = excluded.flight_id, start_time = excluded.start_time,
        created_at = excluded.created_at, position = excluded.position, document = excluded.document,
        archived = excluded.archived
    where old.position < excluded.position";
