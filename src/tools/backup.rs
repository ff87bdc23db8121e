//! `booking backup`: the database as it is at one moment, in two files.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::archive::{Archive, Moment, Part, Programs};
use crate::database;
use crate::exit::Failure;
use crate::settings::Settings;

/// Where a backup is kept.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Folder that the files are written to; made when it is absent
    #[arg(long, value_name = "DIR", default_value = "backups")]
    to: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    file: PathBuf,
    keys_file: PathBuf,
    epoch: i32,
    position: i64,
    bytes: u64,
    keys_bytes: u64,
}

/// Writes the journal, what cannot be made again from it, and the keys, each as of the same moment. Everything goes
/// on meanwhile. Needs a login that may read all of it, such as that of `migrate`.
///
/// # Errors
/// [`Failure::Dependency`] when Postgres or its programs are missing; when a file could not be written.
pub async fn backup(settings: &Settings, args: &BackupArgs) -> Result<(), Failure> {
    let programs = Programs::installed(&settings.database_url)?;
    let moment = Moment::hold(&database::owner(&settings.database_url).await?).await?;
    let Archive { main, keys } = Archive::new(&args.to, &moment.stamp);
    // The main file last: where it is, the keys are, too.
    let keys_bytes = programs.dump(Part::Keys, &moment.snapshot, &keys).await?;
    let bytes = programs.dump(Part::Main, &moment.snapshot, &main).await?;
    let head = moment.stamp.head;
    moment.let_go().await?;
    readable(&programs, &main, "journal").await?;
    readable(&programs, &keys, "keys").await?;
    let (epoch, position) = (head.epoch, head.position);
    let report = Report { file: main, keys_file: keys, epoch, position, bytes, keys_bytes };
    report.print(args.json).map_err(|failure| Failure::Failed(failure.into()))
}

/// A file that cannot be read back is no backup.
async fn readable(programs: &Programs, file: &Path, schema: &str) -> Result<(), Failure> {
    let schemas = programs.schemas_of(file).await?;
    if schemas.iter().any(|found| found == schema) {
        return Ok(());
    }
    Err(Failure::Check(format!("{} was written, but has no schema {schema}", file.display())))
}

impl Report {
    fn print(&self, json: bool) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        if json {
            return writeln!(out, "{}", serde_json::to_string(self)?);
        }
        let Self { file, keys_file, epoch, position, bytes, keys_bytes } = self;
        writeln!(out, "{}: everything up to {epoch}.{position}, {bytes} bytes", file.display())?;
        writeln!(out, "{}: the keys, {keys_bytes} bytes; keep them elsewhere", keys_file.display())
    }
}
