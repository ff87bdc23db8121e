//! How far a reactor has read, as its table says.

use booking_http::PositionToken;
use sqlx::PgConnection;

use crate::reactor::Reactor;

/// The checkpoint of a reactor.
///
/// # Errors
/// When Postgres fails, or the reactor's row is not there.
pub async fn read(connection: &mut PgConnection, reactor: Reactor) -> sqlx::Result<PositionToken> {
    let (epoch, position) = sqlx::query_as(READ).bind(reactor.name()).fetch_one(connection).await?;
    Ok(PositionToken { epoch, position })
}

/// Moves the checkpoint from `old` to `position`. `false` when it no longer stands at `old`: another process has
/// gone on, and nothing of this transaction may be stored.
///
/// # Errors
/// When Postgres fails.
pub async fn advance(
    connection: &mut PgConnection,
    reactor: Reactor,
    old: PositionToken,
    position: i64,
) -> sqlx::Result<bool> {
    let moved = sqlx::query(ADVANCE)
        .bind(reactor.name())
        .bind(old.epoch)
        .bind(old.position)
        .bind(position)
        .execute(connection)
        .await?;
    Ok(moved.rows_affected() == 1)
}

const READ: &str = "select epoch, position from react.checkpoint where name = $1";

const ADVANCE: &str = "
    update react.checkpoint set position = $4
    where name = $1 and epoch = $2 and position = $3";
