use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::RngExt;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, PgPool};

use super::process::Program;
use crate::bench::stock::make_table;
use crate::database;
use crate::exit::Failure;
use crate::servers::{Postgres, PostgresOptions};

/// Enough for every pool that is tried, all at once.
const CONNECTIONS_MAX: u16 = 400;

const OURS: &str = "ours";
const STOCK: &str = "stock";

/// A durable Postgres with a database for either side, and a folder; both go when this is dropped.
pub struct Arena {
    /// For files that processes share.
    pub folder: PathBuf,
    postgres: Postgres,
    maintenance: PgPool,
    jwt_secret: String,
    master_key: String,
}

impl Arena {
    /// Makes both databases. The folder lies within the data folder and not in that for temporary files, which
    /// may be kept in memory: there, a durable write costs nothing.
    pub async fn open(data_dir: &Path) -> Result<Self, Failure> {
        let folder = data_dir.join(format!("bench-{}", std::process::id()));
        let options = PostgresOptions {
            connections_max: CONNECTIONS_MAX,
            ..PostgresOptions::new(folder.join("postgres"))
        };
        let postgres = tokio::task::spawn_blocking(move || Postgres::start(&options)).await;
        let postgres =
            postgres.map_err(anyhow::Error::from)?.map_err(|failure| Failure::dependency(&failure))?;
        // Slow statements are no news: a checkpoint may take its time.
        let options = PgConnectOptions::from_str(&postgres.url("postgres"))?.disable_statement_logging();
        let maintenance = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
        let arena = Self { folder, postgres, maintenance, jwt_secret: random(48), master_key: random(32) };
        arena.maintenance.execute("create database ours").await?;
        arena.maintenance.execute("create database stock").await?;
        database::migrate(&arena.postgres.url(OURS)).await?;
        make_table(&arena.postgres.url(STOCK)).await?;
        Ok(arena)
    }

    /// This very program as another process on our side of the arena.
    pub fn ours(&self, arguments: &[&str]) -> Program {
        self.program(OURS, arguments)
    }

    /// The same on the baseline's side.
    pub fn stock(&self, arguments: &[&str]) -> Program {
        self.program(STOCK, arguments)
    }

    /// Writes out what is still to be written, so that nobody is measured with another's work.
    pub async fn settle(&self) -> Result<(), Failure> {
        self.maintenance.execute("checkpoint").await?;
        Ok(())
    }

    fn program(&self, database: &str, arguments: &[&str]) -> Program {
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
}

impl Drop for Arena {
    fn drop(&mut self) {
        let stopped = self.postgres.stop();
        let removed = [self.postgres.data_dir(), &self.folder].map(fs::remove_dir_all);
        if stopped.is_err() || removed.iter().all(Result::is_err) {
            super::say(&format!("the folder {} could not be removed", self.folder.display()));
        }
    }
}

fn random(bytes: usize) -> String {
    let bytes: Vec<u8> = (0..bytes).map(|_| rand::rng().random()).collect();
    STANDARD.encode(bytes)
}
