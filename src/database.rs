//! Connections to Postgres, each in the role of what it is for.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::MigrateDatabase;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::time::timeout;

use crate::exit::Failure;
use crate::schema;

/// Longest wait for a connection, in seconds; a request is then told that the database is out of reach.
const ACQUIRE_TIMEOUT_S: u64 = 3;

/// A connection that was used so lately is not asked whether it still lives: that would be a round trip before each
/// statement of a busy process.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// Longest that a connection may take to say that it lives: some of them are asked before [`ACQUIRE_TIMEOUT_S`] is
/// over. One behind a link that swallows everything is then closed; the pool itself would wait for ever, and have
/// one connection less.
const SIGN_OF_LIFE_WITHIN: Duration = Duration::from_millis(500);

/// Longest that one statement may run, in milliseconds.
const STATEMENT_TIMEOUT_MS: &str = "30000";

/// The same for the writing role, whose callers wait: a batch takes milliseconds. The writer waits a little longer
/// for the answer than this, so that a connection that was forgotten is noticed while its requests still count.
const COMMAND_TIMEOUT_MS: &str = "8000";

/// The statements of those who append, chain or keep timers mean the same whatever their parameters; planning one anew takes as long as
/// storing a small batch.
const ONE_PLAN: (&str, &str) = ("plan_cache_mode", "force_generic_plan");

/// Longest that a session of the reactors may do nothing while it holds timers, in milliseconds: a little longer
/// than a deed may take ([`booking_reactors::DEED_WITHIN_MS`]). Then Postgres lets go of them, and a process that
/// was paused or cut off does not keep the others from them.
const HELD_TIMEOUT_MS: &str = "20000";

/// What a connection may do; a Postgres role of the same name stands behind each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseRole {
    /// Appends to the journal, reads it, makes keys of persons.
    Command,
    /// Reads the journal and chains it.
    Relay,
    /// Reads the journal, writes `read`.
    Projector,
    /// Reads `read` of one tenant at a time, and keys.
    Reader,
    /// Reads the journal, writes `react`.
    Reactor,
    /// Keeps accounts and sessions in `identity`.
    Identity,
}

impl DatabaseRole {
    /// All of them: a database needs them before rights can name them.
    pub const ALL: [Self; 6] =
        [Self::Command, Self::Relay, Self::Projector, Self::Reader, Self::Reactor, Self::Identity];

    const fn timeout_ms(self) -> &'static str {
        match self {
            Self::Command | Self::Identity => COMMAND_TIMEOUT_MS,
            Self::Relay | Self::Projector | Self::Reader | Self::Reactor => STATEMENT_TIMEOUT_MS,
        }
    }

    /// The database role's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Command => "booking_command",
            Self::Relay => "booking_relay",
            Self::Projector => "booking_projector",
            Self::Reader => "booking_reader",
            Self::Reactor => "booking_reactor",
            Self::Identity => "booking_identity",
        }
    }
}

/// Connections in a role, made when they are first needed. The login of `url` must be a member of the role;
/// `reset role` does not lead out of it.
///
/// # Errors
/// When the URL is none.
pub fn pool(url: &str, role: DatabaseRole, connections_max: u32) -> sqlx::Result<PgPool> {
    let options = PgConnectOptions::from_str(url)?
        .application_name(role.name())
        .options([("role", role.name()), ("statement_timeout", role.timeout_ms())]);
    let options = match role {
        // A plan made on an empty table stays a sequential scan for as long as the connection lives.
        DatabaseRole::Command => options.options([ONE_PLAN, ("enable_seqscan", "off")]),
        // All that it stores is the hash chain, which follows from the events: what a crash takes is made again.
        DatabaseRole::Relay => {
            options.options([ONE_PLAN, ("enable_seqscan", "off"), ("synchronous_commit", "off")])
        }
        // Rows are found by their keys, whatever the tables hold.
        DatabaseRole::Identity => options.options([ONE_PLAN, ("enable_seqscan", "off")]),
        // What is asked for varies: each query has a plan of its own. Batches of events set it otherwise.
        DatabaseRole::Projector | DatabaseRole::Reader => options,
        // Timers that a crash takes go together with their checkpoint and are made again; a deed whose timer it
        // brings back is done again, under the same key. Plans as for the writing role.
        DatabaseRole::Reactor => options.options([
            ONE_PLAN,
            ("synchronous_commit", "off"),
            ("idle_in_transaction_session_timeout", HELD_TIMEOUT_MS),
            ("enable_seqscan", "off"),
        ]),
    };
    let options = options.options([("jit", "off")]);
    Ok(limits(connections_max).connect_lazy_with(options))
}

/// Connections with all the rights of the login, for migrations.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn owner(url: &str) -> sqlx::Result<PgPool> {
    limits(2).connect(url).await
}

/// Makes the database that a URL names, unless it is there.
///
/// # Errors
/// When Postgres cannot be reached, or the login may not make databases.
pub async fn create(url: &str) -> sqlx::Result<()> {
    if sqlx::Postgres::database_exists(url).await? {
        return Ok(());
    }
    sqlx::Postgres::create_database(url).await
}

/// Brings the schema to the newest version. Safe to call from several processes at once.
///
/// # Errors
/// When a migration fails; it is then rolled back, and those before it stay. When the schema is newer than this
/// program.
pub async fn migrate(url: &str) -> Result<(), Failure> {
    let pool = owner(url).await?;
    schema::run(&pool).await?;
    pool.close().await;
    Ok(())
}

fn limits(connections_max: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(Duration::from_secs(ACQUIRE_TIMEOUT_S))
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            let trusted = meta.idle_for < TRUSTED_FOR;
            Box::pin(async move { Ok(trusted || lives(connection).await) })
        })
        // Whoever gave up waiting for an answer gives back a connection that may never have one.
        .after_release(|connection, _| Box::pin(async move { Ok(lives(connection).await) }))
}

async fn lives(connection: &mut PgConnection) -> bool {
    matches!(timeout(SIGN_OF_LIFE_WITHIN, connection.ping()).await, Ok(Ok(())))
}

#[cfg(test)]
mod tests;
