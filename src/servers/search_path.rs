//! Where installed programs are looked for.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::ServerFailure;

/// Homebrew's folders: Apple silicon, Intel, Linux.
const HOMEBREW: [&str; 3] = ["/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"];

/// Folders to look into, the best first. `scripts/setup` looks into the same.
#[derive(Debug, Clone, Default)]
pub struct SearchPath {
    /// Each with the programs of one Postgres version.
    pub postgres: Vec<PathBuf>,
    pub nats: Vec<PathBuf>,
    /// The nats-server to use whatever else is installed: `NATS_SERVER`.
    pub nats_server: Option<PathBuf>,
}

impl SearchPath {
    /// Debian's folders with the newest version first, then Homebrew's, then `PATH`.
    pub fn installed() -> Self {
        let path: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
        let mut postgres = versions(Path::new("/usr/lib/postgresql"), "");
        let mut nats = vec![PathBuf::from("/usr/bin"), PathBuf::from("/usr/sbin")];
        for prefix in HOMEBREW.map(Path::new) {
            postgres.extend(versions(&prefix.join("opt"), "postgresql@"));
            nats.push(prefix.join("bin"));
        }
        postgres.extend(path.iter().cloned());
        nats.extend(path);
        let nats_server = env::var_os("NATS_SERVER").filter(|path| !path.is_empty()).map(PathBuf::from);
        Self { postgres, nats, nats_server }
    }

    /// The folder that holds both `initdb` and `postgres`.
    pub(super) fn find_postgres(&self) -> Result<&Path, ServerFailure> {
        let complete =
            |folder: &&PathBuf| ["initdb", "postgres"].iter().all(|name| is_program(&folder.join(name)));
        self.postgres.iter().find(complete).map(PathBuf::as_path).ok_or(ServerFailure::ProgramMissing {
            program: "Postgres",
            debian: "apt-get install postgresql",
            macos: "brew install postgresql@16",
        })
    }

    /// The folder that holds both `pg_dump` and `pg_restore`.
    ///
    /// # Errors
    /// When there is none.
    pub fn find_postgres_tools(&self) -> Result<&Path, ServerFailure> {
        let complete =
            |folder: &&PathBuf| ["pg_dump", "pg_restore"].iter().all(|name| is_program(&folder.join(name)));
        self.postgres.iter().find(complete).map(PathBuf::as_path).ok_or(ServerFailure::ProgramMissing {
            program: "pg_dump",
            debian: "apt-get install postgresql-client",
            macos: "brew install postgresql@16",
        })
    }

    pub(super) fn find_nats(&self) -> Result<PathBuf, ServerFailure> {
        if let Some(path) = &self.nats_server {
            return if is_program(path) {
                Ok(path.clone())
            } else {
                Err(ServerFailure::ProgramNamedWrongly { path: path.clone() })
            };
        }
        let mut candidates = self.nats.iter().map(|folder| folder.join("nats-server"));
        candidates.find(|path| is_program(path)).ok_or(ServerFailure::ProgramMissing {
            program: "nats-server",
            debian: "apt-get install nats-server",
            macos: "brew install nats-server",
        })
    }
}

/// `bin` of every folder in `parent` named `prefix` and a number, the highest number first.
fn versions(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, folder)| folder).collect()
}

/// Follows links: one that leads nowhere is no program.
fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
