//! A lease: one holder of a name at a time, as long as its connection lives.
//!
//! It keeps a second worker idle. It does **not** make the first one safe: a paused process may believe for
//! a while that it still holds the name, so correctness must come from elsewhere.

use std::time::Duration;

use sqlx::{PgConnection, PgPool};

/// The longest that asking takes.
pub const LEASE_ANSWER_MS: u64 = 5_000;

/// Why it is not known who holds the name. Nothing was changed, and asking again is safe.
#[derive(Debug, thiserror::Error)]
pub enum LeaseFailure {
    /// Postgres could not be asked.
    #[error("could not ask for a lease")]
    Postgres(#[from] sqlx::Error),
    /// Postgres did not answer within [`LEASE_ANSWER_MS`].
    #[error("no answer about a lease within {LEASE_ANSWER_MS} ms")]
    TimedOut,
}

/// Where leases are asked for.
#[derive(Debug, Clone)]
pub struct Leases {
    pool: PgPool,
}

/// A name that is ours until this is dropped or its connection is lost.
#[derive(Debug)]
pub struct Lease {
    connection: PgConnection,
}

impl Leases {
    /// Leases are kept by the database of `pool`; each takes a connection out of it for good.
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// The lease, or `None` while another session holds `name`.
    ///
    /// # Errors
    /// When Postgres cannot be asked; then nothing is held.
    pub async fn acquire(&self, name: &str) -> Result<Option<Lease>, LeaseFailure> {
        Lease::acquire(&self.pool, name).await
    }
}

impl Lease {
    /// The lease, or `None` while another session holds `name`.
    ///
    /// # Errors
    /// When Postgres cannot be asked; then nothing is held.
    pub async fn acquire(pool: &PgPool, name: &str) -> Result<Option<Self>, LeaseFailure> {
        bounded(async {
            let mut connection = pool.acquire().await?;
            // An answer that comes too late may be a yes: the pool must not keep a session that holds the name.
            connection.close_on_drop();
            let is_ours: bool = sqlx::query_scalar(LOCK).bind(name).fetch_one(&mut *connection).await?;
            Ok(is_ours.then(|| Self { connection: connection.detach() }))
        })
        .await
    }

    /// Lets go of the name at once. A lease that is dropped is free when Postgres has seen its connection end.
    ///
    /// # Errors
    /// When the session does not answer; the name is free all the same, when the connection has ended.
    pub async fn release(mut self) -> Result<(), LeaseFailure> {
        let release = sqlx::query("select pg_advisory_unlock_all()").execute(&mut self.connection);
        bounded(release).await.map(drop)
    }

    /// Whether any session holds `name` at this moment.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn is_held(connection: &mut PgConnection, name: &str) -> Result<bool, LeaseFailure> {
        bounded(sqlx::query_scalar(IS_HELD).bind(name).fetch_one(connection)).await
    }

    /// Whether the session that holds the name still lives.
    ///
    /// # Errors
    /// When it does not answer; the name is then to be treated as lost.
    pub async fn still_held(&mut self) -> Result<bool, LeaseFailure> {
        bounded(sqlx::query_scalar("select true").fetch_one(&mut self.connection)).await
    }
}

async fn bounded<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, LeaseFailure> {
    match tokio::time::timeout(Duration::from_millis(LEASE_ANSWER_MS), asked).await {
        Ok(answer) => Ok(answer?),
        Err(_elapsed) => Err(LeaseFailure::TimedOut),
    }
}

/// Two numbers, a key space of its own: it can meet no lock that is named by one number.
const LOCK: &str = "select pg_try_advisory_lock(826691145, hashtext($1))";

/// As Postgres lists locks that are named by two numbers; there they have no sign.
const IS_HELD: &str = "
    select exists (
        select from pg_locks
        where locktype = 'advisory' and granted and objsubid = 2
          and database = (select oid from pg_database where datname = current_database())
          and classid = 826691145 and objid = (hashtext($1)::bigint & 4294967295)::oid
    )";
