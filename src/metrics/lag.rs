//! How far the journal's followers are behind it, as Postgres knows.

use sqlx::{FromRow, PgPool};

/// How far one follower is.
#[derive(Debug, Clone, FromRow)]
pub struct Lag {
    pub name: String,
    /// The last position that it has.
    pub position: i64,
    /// Events after that.
    pub events: i64,
    /// Age of the oldest of those, by the clock of Postgres; 0 when there are none.
    pub seconds: f64,
}

/// The timers of one reactor.
#[derive(Debug, Clone, FromRow)]
pub struct Timers {
    pub reactor: String,
    pub set: i64,
    pub due: i64,
    pub dead_letters: i64,
}

/// Of a relay that knows how far it is.
///
/// # Errors
/// When Postgres fails.
pub async fn of_relay(pool: &PgPool, relayed: i64) -> sqlx::Result<Lag> {
    let follower = "select 'relay' as name, $1::bigint as position";
    sqlx::query_as(&of(follower)).bind(relayed).fetch_one(pool).await
}

/// Of every read model.
///
/// # Errors
/// When Postgres fails.
pub async fn of_read_models(pool: &PgPool) -> sqlx::Result<Vec<Lag>> {
    sqlx::query_as(&of("select name, position from read.checkpoint")).fetch_all(pool).await
}

/// Of every reactor.
///
/// # Errors
/// When Postgres fails.
pub async fn of_reactors(pool: &PgPool) -> sqlx::Result<Vec<Lag>> {
    sqlx::query_as(&of("select name, position from react.checkpoint")).fetch_all(pool).await
}

/// Of every reactor, those without any timer, too.
///
/// # Errors
/// When Postgres fails.
pub async fn timers(pool: &PgPool) -> sqlx::Result<Vec<Timers>> {
    sqlx::query_as(TIMERS).fetch_all(pool).await
}

fn of(followers: &str) -> String {
    LAG.replace("FOLLOWERS", followers)
}

const LAG: &str = "
    select follower.name::text as name, follower.position,
           greatest(head.position - follower.position, 0) as events,
           coalesce(extract(epoch from clock_timestamp() - next.recorded_at), 0)::float8 as seconds
    from (FOLLOWERS) as follower
    cross join (select coalesce(max(position), 0) as position from journal.event) as head
    left join journal.event as next on next.position = follower.position + 1";

const TIMERS: &str = "
    select name::text as reactor,
           (select count(*) from react.timer where reactor = name) as set,
           (select count(*) from react.timer where reactor = name and next_try_at <= clock_timestamp()) as due,
           (select count(*) from react.dead_letter where reactor = name) as dead_letters
    from react.checkpoint";
