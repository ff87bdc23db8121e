//! Rows of departures as they are written: at most four statements a batch, two when only seats change.

use booking_domain::values::SeatNumber;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::flight::{FlightRow, Holder};
use crate::projection::StoreFailure;
use crate::schema::Schema;

/// Writes what has changed since position `since`.
pub async fn store(
    connection: &mut PgConnection,
    schema: Schema,
    since: i64,
    rows: impl Iterator<Item = &FlightRow> + Clone + Send,
) -> Result<(), StoreFailure> {
    let said: Vec<_> = rows.clone().filter(|row| since < row.sheet_position).collect();
    let sold: Vec<_> = rows.filter(|row| since < row.map_position).collect();
    store_sheets(connection, schema, &said).await?;
    store_maps(connection, schema, &sold).await?;
    let changed =
        || sold.iter().flat_map(|row| row.map.holders.iter().map(|(seat, held)| (*row, *seat, *held)));
    let claimed: Vec<_> = changed().filter_map(|(row, seat, held)| Some((row, seat, held?))).collect();
    let freed: Vec<_> =
        changed().filter(|(.., held)| held.is_none()).map(|(row, seat, _)| (row, seat)).collect();
    store_claims(connection, schema, &claimed).await?;
    delete_claims(connection, schema, &freed).await
}

async fn store_sheets(
    connection: &mut PgConnection,
    schema: Schema,
    rows: &[&FlightRow],
) -> Result<(), StoreFailure> {
    if rows.is_empty() {
        return Ok(());
    }
    let each = || rows.iter().map(|row| &row.columns);
    let written = sqlx::query(&schema.sql(STORE_SHEETS))
        .bind(rows.iter().map(|row| row.tenant.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| id(row)).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.flight_number.as_str()).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.origin.as_str()).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.destination.as_str()).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.departure_at).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.departure_date).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.status.as_str()).collect::<Vec<_>>())
        .bind(each().map(|columns| columns.sales_open).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.sheet_position).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| json(row, &row.sheet)).collect::<Result<Vec<_>, _>>()?)
        .execute(connection)
        .await?;
    StoreFailure::unless_all("flight_v1", written.rows_affected(), rows.len())
}

async fn store_maps(
    connection: &mut PgConnection,
    schema: Schema,
    rows: &[&FlightRow],
) -> Result<(), StoreFailure> {
    if rows.is_empty() {
        return Ok(());
    }
    let written = sqlx::query(&schema.sql(STORE_MAPS))
        .bind(rows.iter().map(|row| row.tenant.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| id(row)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.map.taken.as_bytes()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.map.blocked.as_bytes()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| json(row, &row.map.pools)).collect::<Result<Vec<_>, _>>()?)
        .bind(rows.iter().map(|row| row.map_position).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    StoreFailure::unless_all("seat_map_v1", written.rows_affected(), rows.len())
}

async fn store_claims(
    connection: &mut PgConnection,
    schema: Schema,
    claims: &[(&FlightRow, SeatNumber, Holder)],
) -> Result<(), StoreFailure> {
    if claims.is_empty() {
        return Ok(());
    }
    let written = sqlx::query(&schema.sql(STORE_CLAIMS))
        .bind(claims.iter().map(|(row, ..)| row.tenant.uuid()).collect::<Vec<_>>())
        .bind(claims.iter().map(|(row, ..)| id(row)).collect::<Vec<_>>())
        .bind(claims.iter().map(|(_, seat, _)| seat.to_string()).collect::<Vec<_>>())
        .bind(claims.iter().map(|(.., holder)| holder.booking_id.uuid()).collect::<Vec<_>>())
        .bind(claims.iter().map(|(.., holder)| holder.claimed_at).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    StoreFailure::unless_all("seat_claim_v1", written.rows_affected(), claims.len())
}

/// A seat that was claimed and released within one batch never had a row.
async fn delete_claims(
    connection: &mut PgConnection,
    schema: Schema,
    freed: &[(&FlightRow, SeatNumber)],
) -> Result<(), StoreFailure> {
    if freed.is_empty() {
        return Ok(());
    }
    sqlx::query(&schema.sql(DELETE_CLAIMS))
        .bind(freed.iter().map(|(row, _)| row.tenant.uuid()).collect::<Vec<_>>())
        .bind(freed.iter().map(|(row, _)| id(row)).collect::<Vec<_>>())
        .bind(freed.iter().map(|(_, seat)| seat.to_string()).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

fn id(row: &FlightRow) -> Uuid {
    row.sheet.flight.flight_id.uuid()
}

fn json(row: &FlightRow, part: &impl serde::Serialize) -> Result<String, StoreFailure> {
    serde_json::to_string(part).map_err(|source| StoreFailure::Garbled { id: id(row), source })
}

const STORE_SHEETS: &str = "
    insert into read.flight_v1 as old
        (tenant_id, flight_id, flight_number, origin, destination, departure_at, departure_date, status,
         sales_open, position, document)
    select tenant_id, flight_id, flight_number, origin, destination, departure_at, departure_date, status,
           sales_open, position, document
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::date[],
                $8::text[], $9::boolean[], $10::bigint[], $11::text[])
        as new (tenant_id, flight_id, flight_number, origin, destination, departure_at, departure_date, status,
                sales_open, position, document)
    on conflict on constraint flight_v1_pkey do update
    set flight_number = excluded.flight_number, origin = excluded.origin, destination = excluded.destination,
        departure_at = excluded.departure_at, departure_date = excluded.departure_date,
        status = excluded.status, sales_open = excluded.sales_open, position = excluded.position,
        document = excluded.document
    where old.position < excluded.position";

const STORE_MAPS: &str = "
    insert into read.seat_map_v1 as old (tenant_id, flight_id, taken, blocked, pools, position)
    select tenant_id, flight_id, taken, blocked, pools, position
    from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[], $5::text[], $6::bigint[])
        as new (tenant_id, flight_id, taken, blocked, pools, position)
    on conflict on constraint seat_map_v1_pkey do update
    set taken = excluded.taken, blocked = excluded.blocked, pools = excluded.pools,
        position = excluded.position
    where old.position < excluded.position";

const STORE_CLAIMS: &str = "
    insert into read.seat_claim_v1 (tenant_id, flight_id, seat_number, booking_id, claimed_at)
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[])
    on conflict on constraint seat_claim_v1_pkey do update
    set booking_id = excluded.booking_id, claimed_at = excluded.claimed_at";

const DELETE_CLAIMS: &str = "
    delete from read.seat_claim_v1 as claim
    using unnest($1::uuid[], $2::uuid[], $3::text[]) as freed (tenant_id, flight_id, seat_number)
    where claim.tenant_id = freed.tenant_id and claim.flight_id = freed.flight_id
      and claim.seat_number = freed.seat_number collate \"C\"";
