//! Folders of servers that tests start and throw away.
//!
//! They stand beside cargo's artefacts, so that `cargo clean` removes them, in `servers/`: the template of
//! clusters, and one folder for each server. What killed processes left is swept by the next process that asks
//! for a folder; a folder whose lock is free has no owner any more.

use std::env;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::account::Account;
use super::folder::{Folder, failed, random_hex, reachable, try_lock};
use super::{ServerFailure, cluster, leftovers};

const RUN: &str = "run-";
const POLL: Duration = Duration::from_millis(10);
/// How long other processes may sweep and make the template.
const TURN_TIMEOUT: Duration = Duration::from_secs(60);

/// An empty folder that goes with the owner.
pub(super) fn folder() -> Result<Folder, ServerFailure> {
    let home = Home::enter()?;
    home.sweep();
    home.folder()
}

/// A folder with a cluster that no server has run on yet.
pub(super) fn folder_with_cluster(programs: &Path) -> Result<Folder, ServerFailure> {
    let home = Home::enter()?;
    home.sweep();
    let template = home.template(programs)?;
    let folder = home.folder()?;
    drop(home);
    copy(&template, &folder.path).map_err(failed(&folder.path))?;
    Ok(folder)
}

/// Where the folders are; one process at a time may look round.
struct Home {
    path: PathBuf,
    _turn: File,
}

impl Home {
    fn enter() -> Result<Self, ServerFailure> {
        let wanted = beside_artefacts();
        let path = reachable(&wanted, Account::unprivileged()?).map_err(failed(&wanted))?;
        let turn = await_lock(&path.join("lock")).map_err(failed(&path))?;
        Ok(Self { path, _turn: turn })
    }

    /// What cannot be removed is left to the next process.
    fn sweep(&self) {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(RUN)) {
            match Folder::orphan(&entry.path()) {
                Some(mut folder) => folder.thrown_away = leftovers::kill(&folder).is_ok(),
                // Empty when its owner was killed while it made or removed it; else this does nothing.
                None => drop(fs::remove_dir(entry.path())),
            }
        }
    }

    fn folder(&self) -> Result<Folder, ServerFailure> {
        let name = random_hex().map_err(failed(&self.path))?;
        let mut folder = Folder::open(&self.path.join(format!("{RUN}{name}")))?;
        folder.thrown_away = true;
        Ok(folder)
    }

    /// One per version of Postgres; nothing ever runs on it.
    fn template(&self, programs: &Path) -> Result<PathBuf, ServerFailure> {
        let template = Folder::open(&self.path.join(format!("template-{}", cluster::version(programs)?)))?;
        cluster::ensure(&template, programs)?;
        Ok(template.path.clone())
    }
}

/// Cargo marks its target folder so that backups leave it out.
fn beside_artefacts() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let target = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    target.map_or_else(|| env::temp_dir().join("booking-servers"), |target| target.join("servers"))
}

fn await_lock(path: &Path) -> io::Result<File> {
    let deadline = Instant::now() + TURN_TIMEOUT;
    loop {
        match try_lock(path) {
            Ok(lock) => return Ok(lock),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if deadline <= Instant::now() => {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "another process keeps it locked"));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(POLL),
        }
    }
}

/// Owners and rights stay as they are.
fn copy(template: &Path, to: &Path) -> io::Result<()> {
    let from = [cluster::NAME, cluster::PASSWORD].map(|name| template.join(name));
    let status = Command::new("cp").arg("-Rp").args(from).arg(to).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("copying the template: {status}"))) }
}
