//! `booking restore`: a backup in a database of its own, as a new epoch.

use std::io::Write;
use std::path::PathBuf;

use booking_http::PositionToken;
use booking_nats::{Connection, Definition, streams};
use booking_projections::Model;
use booking_projections::rebuild::rebuild;
use clap::Args;
use serde::Serialize;

use super::rebuild::{failed, pools};
use super::verify::{VerifyArgs, verify};
use crate::archive::{Archive, Programs, Stamp, Target};
use crate::database;
use crate::exit::Failure;
use crate::roles;
use crate::settings::Settings;

/// What is restored, and into what.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The main file of a backup
    file: PathBuf,
    /// The file with the keys; beside the main one when absent. Newer keys than the backup's are fine
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Drop what the database has of the engine. All roles must be stopped
    #[arg(long)]
    replace: bool,
    /// Replace the stream of the old epoch at NATS, too. Not for a drill: it ends the old engine's deliveries
    #[arg(long)]
    nats: bool,
    /// An epoch that was in use after the backup was made; the new one comes after it
    #[arg(long, value_name = "EPOCH", default_value_t = 0)]
    after_epoch: i32,
    /// Print JSON lines
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    epoch: i32,
    position: i64,
    /// Bookings and flights of the read models.
    rows: u64,
}

/// Restores both files, starts a new epoch, makes the read models anew, and verifies all of it.
///
/// # Errors
/// [`Failure::Usage`] when files are missing or the database is not empty; then nothing was changed.
/// [`Failure::Check`] when what was restored is not as it must be.
pub async fn restore(settings: &Settings, args: &RestoreArgs) -> Result<(), Failure> {
    let archive = Archive::at(args.file.clone(), args.keys.clone());
    let programs = Programs::installed(&settings.database_url)?;
    let mut schemas = programs.schemas_of(&archive.main).await?;
    schemas.extend(programs.schemas_of(&archive.keys).await?);
    let stream = if args.nats { Some(Stream::look(settings).await?) } else { None };

    database::create(&settings.database_url).await?;
    let target = Target::new(database::owner(&settings.database_url).await?);
    let replaced = target.empty(&schemas, args.replace).await?;
    target.make_roles().await?;
    programs.restore(&archive.keys).await?;
    programs.restore(&archive.main).await?;
    database::migrate(&settings.database_url).await?;
    let used = [replaced, stream.as_ref().and_then(|stream| stream.latest), Some(args.after_epoch)];
    let begun = target.begin_epoch(used.into_iter().flatten().max().unwrap_or(0)).await?;
    whole(&archive, begun)?;
    if let Some(stream) = stream {
        stream.replace(begun.epoch).await?;
    }
    let rows = read_models(settings).await?;
    verify(settings, &VerifyArgs::of_everything(args.json)).await?;
    Report { epoch: begun.epoch, position: begun.position, rows }.print(args.json)
}

/// Whether the journal ends where the file's name says, if it still has its name.
fn whole(archive: &Archive, begun: PositionToken) -> Result<(), Failure> {
    match Stamp::of(&archive.main) {
        Some(Stamp { head, .. }) if head.position != begun.position => Err(Failure::Check(format!(
            "the backup says that it ends at position {}, but what came out of it ends at {}",
            head.position, begun.position
        ))),
        Some(_) | None => Ok(()),
    }
}

/// Bookings and flights.
async fn read_models(settings: &Settings) -> Result<u64, Failure> {
    let pools = pools(settings).await?;
    let mut rows = 0;
    for model in Model::ALL {
        rows += rebuild(&pools, model, |_| {}).await.map_err(failed)?.rows;
    }
    Ok(rows)
}

/// The streams at NATS, for the user that may delete them.
struct Stream {
    connection: Connection,
    definition: Definition,
    /// The latest epoch that has one.
    latest: Option<i32>,
}

impl Stream {
    async fn look(settings: &Settings) -> Result<Self, Failure> {
        let url = settings.nats_relay_url.as_deref();
        let url = url.ok_or_else(|| Failure::Usage("--nats: NATS_RELAY_URL is not set".to_owned()))?;
        let (connection, definition) = (roles::connect(url, "booking restore").await?, Definition::default());
        let latest = streams::latest_epoch(&connection, &definition).await;
        Ok(Self { latest: latest.map_err(|failure| Failure::dependency(&failure))?, connection, definition })
    }

    /// The relay fills it.
    async fn replace(&self, epoch: i32) -> Result<(), Failure> {
        let made = streams::ensure(&self.connection, &self.definition, epoch).await;
        made.map(|_| ()).map_err(|failure| Failure::dependency(&failure))
    }
}

impl Report {
    fn print(&self, json: bool) -> Result<(), Failure> {
        let Self { epoch, position, rows } = self;
        let text = if json {
            serde_json::to_string(self).map_err(anyhow::Error::from)?
        } else {
            format!("restored up to position {position} as epoch {epoch}; {rows} rows of read models")
        };
        writeln!(std::io::stdout().lock(), "{text}").map_err(|failure| Failure::Failed(failure.into()))
    }
}
