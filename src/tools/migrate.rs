//! `booking migrate`: the schema forwards, one step back, and how it stands.

use std::io::Write;
use std::path::Path;

use clap::Subcommand;

use crate::database;
use crate::exit::Failure;
use crate::schema::{self, Standing, Version};
use crate::settings::Settings;

/// The folder of the sources in which migrations are.
const FOLDER: &str = "migrations";

/// What is done; `run` when nothing is said.
#[derive(Debug, Clone, Default, Subcommand)]
pub enum MigrateVerb {
    /// Bring the schema to the newest version
    #[default]
    Run,
    /// Take the newest migration back, unless rows would be lost that nothing can make again
    Revert,
    /// Say which migrations there are, and which the database has
    Status,
    /// Begin a migration: make its two files in the folder `migrations`
    New { name: String },
}

/// Does it.
///
/// # Errors
/// When a migration fails or may not be taken back, or Postgres is out of reach.
pub async fn migrate(settings: &Settings, verb: &MigrateVerb) -> Result<(), Failure> {
    match verb {
        MigrateVerb::Run => database::migrate(&settings.database_url).await,
        MigrateVerb::Revert => {
            let owner = database::owner(&settings.database_url).await?;
            let Version { number, brings, .. } = schema::revert(&owner).await?;
            say(&format!("{number:04} {brings}: taken back"))
        }
        MigrateVerb::Status => {
            let owner = database::owner(&settings.database_url).await?;
            let versions = schema::versions(&mut *owner.acquire().await?).await?;
            versions.iter().map(line).try_for_each(|line| say(&line))
        }
        MigrateVerb::New { name } => begin(name),
    }
}

/// Needs no database.
///
/// # Errors
/// When the name is none, or the files cannot be written.
pub fn begin(name: &str) -> Result<(), Failure> {
    let files = schema::begin(Path::new(FOLDER), name)?;
    files.iter().try_for_each(|path| say(&path.display().to_string()))
}

fn line(version: &Version) -> String {
    let Version { number, brings, standing, has_way_back } = version;
    let standing = match standing {
        Standing::Applied => "there",
        Standing::Pending => "to come",
        Standing::Unknown => "there, and unknown to this program, which is older",
    };
    let back = if *has_way_back { "" } else { "; no way back" };
    format!("{number:04} {brings}: {standing}{back}")
}

fn say(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(|failure| Failure::Failed(failure.into()))
}
