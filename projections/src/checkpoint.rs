//! How far a projection has come, as its table says.

use booking_http::PositionToken;
use sqlx::PgConnection;

use crate::model::Model;
use crate::projection::StoreFailure;

/// The channel on which each batch says the new checkpoint: `booking_v1 1.48213`.
pub const CHANNEL: &str = "read";

/// The checkpoint of a model.
///
/// # Errors
/// When Postgres fails, or the model's row is not there.
pub async fn read(connection: &mut PgConnection, model: Model) -> sqlx::Result<PositionToken> {
    let (epoch, position) = sqlx::query_as(READ).bind(model.name()).fetch_one(connection).await?;
    Ok(PositionToken { epoch, position })
}

/// Moves the checkpoint from `old` to `position` and tells other processes, both with the commit.
///
/// # Errors
/// [`StoreFailure::Refused`] when it no longer stands at `old`: another worker has gone on.
pub async fn advance(
    connection: &mut PgConnection,
    model: Model,
    old: PositionToken,
    position: i64,
) -> Result<(), StoreFailure> {
    let moved = sqlx::query(ADVANCE)
        .bind(model.name())
        .bind(old.epoch)
        .bind(old.position)
        .bind(position)
        .bind(CHANNEL)
        .execute(connection)
        .await?;
    StoreFailure::unless_all("checkpoint", moved.rows_affected(), 1)
}

const READ: &str = "select epoch, position from read.checkpoint where name = $1";

const ADVANCE: &str = "
    with moved as (
        update read.checkpoint set position = $4
        where name = $1 and epoch = $2 and position = $3
        returning name, epoch, position
    )
    select pg_notify($5, name || ' ' || epoch || '.' || position) from moved";
