//! How far a projection has come, as its table says.

use booking_http::PositionToken;
use sqlx::{PgConnection, PgPool};

use crate::model::Model;
use crate::projection::StoreFailure;
use crate::schema::Schema;

/// The channel on which each batch says the new checkpoint: `booking_v1 1.48213`.
pub const CHANNEL: &str = "read";

/// The checkpoint of a model.
///
/// # Errors
/// When Postgres fails, or the model's row is not there.
pub async fn read(
    connection: &mut PgConnection,
    schema: Schema,
    model: Model,
) -> sqlx::Result<PositionToken> {
    let (epoch, position) =
        sqlx::query_as(&schema.sql(READ)).bind(model.name()).fetch_one(connection).await?;
    Ok(PositionToken { epoch, position })
}

/// The checkpoint of a model, which nobody else moves until the transaction ends.
///
/// # Errors
/// When Postgres fails, or the model's row is not there.
pub async fn hold(connection: &mut PgConnection, model: Model) -> sqlx::Result<PositionToken> {
    let (epoch, position) = sqlx::query_as(HOLD).bind(model.name()).fetch_one(connection).await?;
    Ok(PositionToken { epoch, position })
}

/// All checkpoints that are there.
///
/// # Errors
/// When Postgres fails.
pub async fn read_all(pool: &PgPool) -> sqlx::Result<Vec<(Model, PositionToken)>> {
    let rows: Vec<(String, i32, i64)> = sqlx::query_as(READ_ALL).fetch_all(pool).await?;
    // A name that is not ours belongs to a newer program.
    let ours = |(name, epoch, position): (String, i32, i64)| {
        Some((Model::named(&name)?, PositionToken { epoch, position }))
    };
    Ok(rows.into_iter().filter_map(ours).collect())
}

/// Moves the checkpoint from `old` to `position` and tells other processes, both with the commit.
///
/// # Errors
/// [`StoreFailure::Refused`] when it no longer stands at `old`: another worker has gone on.
pub async fn advance(
    connection: &mut PgConnection,
    schema: Schema,
    model: Model,
    old: PositionToken,
    position: i64,
) -> Result<(), StoreFailure> {
    let moved = sqlx::query(&schema.sql(ADVANCE))
        .bind(model.name())
        .bind(old.epoch)
        .bind(old.position)
        .bind(position)
        .bind(CHANNEL)
        .execute(connection)
        .await?;
    StoreFailure::unless_all("checkpoint", moved.rows_affected(), 1)
}

/// Puts the checkpoint somewhere else, back and into another epoch, too, and tells other processes with the commit.
///
/// # Errors
/// [`StoreFailure::Refused`] when the model has none.
pub async fn put(connection: &mut PgConnection, model: Model, to: PositionToken) -> Result<(), StoreFailure> {
    let moved = sqlx::query(PUT)
        .bind(model.name())
        .bind(to.epoch)
        .bind(to.position)
        .bind(CHANNEL)
        .execute(connection)
        .await?;
    StoreFailure::unless_all("checkpoint", moved.rows_affected(), 1)
}

const READ: &str = "select epoch, position from read.checkpoint where name = $1";

const HOLD: &str = "select epoch, position from read.checkpoint where name = $1 for update";

const READ_ALL: &str = "select name, epoch, position from read.checkpoint";

const ADVANCE: &str = "
    with moved as (
        update read.checkpoint set position = $4
        where name = $1 and epoch = $2 and position = $3
        returning name, epoch, position
    )
    select pg_notify($5, name || ' ' || epoch || '.' || position) from moved";

const PUT: &str = "
    with moved as (
        update read.checkpoint set epoch = $2, position = $3
        where name = $1
        returning name, epoch, position
    )
    select pg_notify($4, name || ' ' || epoch || '.' || position) from moved";
