//! `booking migrate`.

use crate::database;
use crate::exit::Failure;
use crate::settings::Settings;

/// Brings the schema to the newest version.
///
/// # Errors
/// When a migration fails, or Postgres is out of reach.
pub async fn migrate(settings: &Settings) -> Result<(), Failure> {
    Ok(database::migrate(&settings.database_url).await?)
}
