use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use booking_http::{Role, Tokens};
use chrono::TimeDelta;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, PgPool};

use super::process::Program;
use super::say::say;
use crate::database;
use crate::dev::{DEMO, key};
use crate::exit::Failure;
use crate::servers::{Postgres, PostgresOptions};
use crate::tools::token::mint;

/// Enough for every pool of the baseline that is tried, all at once, and for all else.
const CONNECTIONS_MAX: u16 = 400;

/// Outlives every bench.
const TOKEN_LIFE: TimeDelta = TimeDelta::hours(6);

/// A durable Postgres with a database for each purpose, and a folder; both go when this is dropped.
pub struct Arena {
    /// For files that processes share.
    pub folder: PathBuf,
    pub postgres: Postgres,
    maintenance: PgPool,
    jwt_secret: String,
    master_key: String,
}

impl Arena {
    /// Has no database yet. The folder lies within the data folder and not in that for temporary files, which
    /// may be kept in memory: there, a durable write costs nothing.
    ///
    /// # Errors
    /// When Postgres is not installed, or does not start.
    pub async fn open(data_dir: &Path) -> Result<Self, Failure> {
        let folder = data_dir.join(format!("bench-{}", std::process::id()));
        let options = PostgresOptions {
            connections_max: CONNECTIONS_MAX,
            ..PostgresOptions::new(folder.join("postgres"))
        };
        let postgres = tokio::task::spawn_blocking(move || Postgres::start(&options)).await;
        let postgres =
            postgres.map_err(anyhow::Error::from)?.map_err(|failure| Failure::dependency(&failure))?;
        let maintenance = quiet_pool(&postgres.url("postgres"), 1)?;
        Ok(Self { folder, postgres, maintenance, jwt_secret: key::<48>(), master_key: key::<32>() })
    }

    /// Makes an empty database. Names are ours, never input.
    pub async fn create(&self, database: &str) -> Result<(), Failure> {
        self.maintenance.execute(format!("create database {database}").as_str()).await?;
        Ok(())
    }

    /// Makes a database with our schema and nothing in it.
    pub async fn migrated(&self, database: &str) -> Result<(), Failure> {
        self.create(database).await?;
        database::migrate(&self.postgres.url(database)).await
    }

    /// Makes a database that is like another one, to which nobody may be connected.
    pub async fn copy(&self, from: &str, database: &str) -> Result<(), Failure> {
        self.maintenance.execute(format!("create database {database} template {from}").as_str()).await?;
        Ok(())
    }

    /// Connections with all rights.
    pub fn pool(&self, database: &str, connections_max: u32) -> Result<PgPool, Failure> {
        Ok(quiet_pool(&self.postgres.url(database), connections_max)?)
    }

    /// Writes out what is still to be written, so that nobody is measured with another's work.
    pub async fn settle(&self) -> Result<(), Failure> {
        self.maintenance.execute("checkpoint").await?;
        Ok(())
    }

    /// This very program as another process on a database.
    pub fn program(&self, database: &str, arguments: &[&str]) -> Program {
        let variable = |name: &'static str, value: &str| (name, OsString::from(value));
        Program {
            arguments: arguments.iter().map(OsString::from).collect(),
            environment: vec![
                variable("DATABASE_URL", &self.postgres.url(database)),
                variable("JWT_SECRET", &self.jwt_secret),
                variable("MASTER_KEY", &self.master_key),
            ],
        }
    }

    /// A token of the owner of the first demo business.
    pub fn owner_token(&self) -> String {
        let tokens = Tokens::new(self.jwt_secret.as_bytes()).expect("the secret is long enough");
        mint(&tokens, DEMO[0].id(), DEMO[0].user(Role::Owner.name()), Role::Owner, TOKEN_LIFE)
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        let stopped = self.postgres.stop();
        let removed = [self.postgres.data_dir(), &self.folder].map(fs::remove_dir_all);
        if stopped.is_err() || removed.iter().all(Result::is_err) {
            say(&format!("the folder {} could not be removed", self.folder.display()));
        }
    }
}

/// Slow statements are no news: a checkpoint may take its time.
fn quiet_pool(url: &str, connections_max: u32) -> sqlx::Result<PgPool> {
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    Ok(PgPoolOptions::new().max_connections(connections_max).connect_lazy_with(options))
}
