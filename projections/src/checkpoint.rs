//! How far a projection has come, as its table says.

use booking_http::PositionToken;
use sqlx::{PgConnection, PgPool};

use crate::model::Model;
use crate::projection::StoreFailure;
use crate::schema::Schema;

/// The channel on which each batch says the new checkpoint: `booking_v1 1.48213`.
pub const CHANNEL: &str = "read";

/// How far a model is, and in which tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    /// What its rows show.
    pub shown: PositionToken,
    /// Another one for each tables that a rebuild has made; 0 for those that migrations made.
    pub generation: i64,
}

/// The checkpoint of a model.
///
/// # Errors
/// When Postgres fails, or the model's row is not there.
pub async fn read(connection: &mut PgConnection, schema: Schema, model: Model) -> sqlx::Result<Stand> {
    let row = sqlx::query_as(&schema.sql(READ)).bind(model.name()).fetch_one(connection).await?;
    Ok(stand(row))
}

/// The checkpoint of a model, which nobody else moves until the transaction ends.
///
/// # Errors
/// When Postgres fails, or the model's row is not there.
pub async fn hold(connection: &mut PgConnection, model: Model) -> sqlx::Result<Stand> {
    Ok(stand(sqlx::query_as(HOLD).bind(model.name()).fetch_one(connection).await?))
}

const fn stand((epoch, position, generation): (i32, i64, i64)) -> Stand {
    Stand { shown: PositionToken { epoch, position }, generation }
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
/// [`StoreFailure::Refused`] when it no longer stands at `old`: another worker has gone on, or a rebuild has put
/// other tables in place.
pub async fn advance(
    connection: &mut PgConnection,
    schema: Schema,
    model: Model,
    old: Stand,
    position: i64,
) -> Result<(), StoreFailure> {
    let moved = sqlx::query(&schema.sql(ADVANCE))
        .bind(model.name())
        .bind(old.shown.epoch)
        .bind(old.shown.position)
        .bind(position)
        .bind(CHANNEL)
        .bind(old.generation)
        .execute(connection)
        .await?;
    StoreFailure::unless_all("checkpoint", moved.rows_affected(), 1)
}

/// Says where other tables are, in another epoch, too, and tells other processes with the commit.
///
/// # Errors
/// [`StoreFailure::Refused`] when the model has no checkpoint.
pub async fn put(connection: &mut PgConnection, model: Model, to: Stand) -> Result<(), StoreFailure> {
    let moved = sqlx::query(PUT)
        .bind(model.name())
        .bind(to.shown.epoch)
        .bind(to.shown.position)
        .bind(to.generation)
        .bind(CHANNEL)
        .execute(connection)
        .await?;
    StoreFailure::unless_all("checkpoint", moved.rows_affected(), 1)
}

const READ: &str = "select epoch, position, generation from read.checkpoint where name = $1";

const HOLD: &str = "select epoch, position, generation from read.checkpoint where name = $1 for update";

const READ_ALL: &str = "select name, epoch, position from read.checkpoint";

const ADVANCE: &str = "
    with moved as (
        update read.checkpoint set position = $4
        where name = $1 and epoch = $2 and position = $3 and generation = $6
        returning name, epoch, position
    )
    select pg_notify($5, name || ' ' || epoch || '.' || position) from moved";

const PUT: &str = "
    with moved as (
        update read.checkpoint set epoch = $2, position = $3, generation = $4
        where name = $1
        returning name, epoch, position
    )
    select pg_notify($5, name || ' ' || epoch || '.' || position) from moved";
