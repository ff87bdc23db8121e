//! The files that a Postgres works on.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use super::ServerFailure;
use super::folder::{Folder, failed, random_hex};
use super::leash::Leash;
use super::server::last_line;

/// Of the cluster in its data folder.
pub(super) const NAME: &str = "cluster";
/// Of the password of the user `postgres`.
pub(super) const PASSWORD: &str = "password";
/// By this a postmaster keeps others away, also after it was killed. Our own lock is better.
pub(super) const LOCK_FILE: &str = "cluster/postmaster.pid";
/// The password keeps out the other users of this machine, since any of them can reach the port.
const INITDB: [&str; 9] =
    ["-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"];

/// Makes a cluster unless there is one, which must be of the installed version. Answers the password.
pub(super) fn ensure(folder: &Folder, programs: &Path) -> Result<String, ServerFailure> {
    let password = folder.keep(PASSWORD, random_hex)?;
    match fs::read_to_string(folder.path.join(NAME).join("PG_VERSION")) {
        Ok(made_by) => same_version(folder, made_by.trim(), programs)?,
        Err(_) => create(folder, programs)?,
    }
    Ok(password)
}

/// Whether a postmaster takes connections: it says so in the eighth line of its lock file, where `pg_ctl` looks
/// too. Asking it would fill its log with refusals while it recovers.
pub(super) fn is_served(folder: &Folder) -> bool {
    let lock = fs::read_to_string(folder.path.join(LOCK_FILE)).unwrap_or_default();
    lock.lines().nth(7).is_some_and(|status| status.trim() == "ready")
}

/// Leaves a whole cluster or none.
fn create(folder: &Folder, programs: &Path) -> Result<(), ServerFailure> {
    let (new, program) = (folder.path.join("cluster.new"), programs.join("initdb"));
    folder.remove("cluster.new")?;
    let mut arguments: Vec<OsString> = INITDB.map(OsString::from).to_vec();
    arguments.extend(["--pwfile".into(), folder.path.join(PASSWORD).into(), "-D".into(), new.clone().into()]);
    let log = folder.path.join("log");
    let file = File::create(&log).map_err(failed(&log))?;
    let made = Leash::spawn(&program, &arguments, folder, file).and_then(Leash::succeeds);
    if !made.map_err(|source| ServerFailure::Run { program, source })? {
        return Err(ServerFailure::Create { path: folder.path.clone(), reason: last_line(folder) });
    }
    fs::rename(new, folder.path.join(NAME)).map_err(failed(&folder.path))
}

fn same_version(folder: &Folder, made_by: &str, programs: &Path) -> Result<(), ServerFailure> {
    let installed = version(programs)?;
    if made_by == installed {
        return Ok(());
    }
    Err(ServerFailure::WrongVersion { path: folder.path.clone(), made_by: made_by.to_owned(), installed })
}

/// As `PG_VERSION` has it: `15`, out of "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)".
pub(super) fn version(programs: &Path) -> Result<String, ServerFailure> {
    let program = programs.join("postgres");
    let output = Command::new(&program)
        .arg("--version")
        .output()
        .map_err(|source| ServerFailure::Run { program, source })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let number = text.split_whitespace().nth(2).unwrap_or_default();
    Ok(number.chars().take_while(char::is_ascii_digit).collect())
}
