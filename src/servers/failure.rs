use std::io;
use std::path::PathBuf;

/// Why a server could not be started, stopped or prepared. The texts are one line each.
#[derive(Debug, thiserror::Error)]
pub enum ServerFailure {
    #[error("{program} was not found; install it with `{debian}` (Debian) or `{macos}` (macOS)")]
    ProgramMissing { program: &'static str, debian: &'static str, macos: &'static str },
    #[error("NATS_SERVER names {path}, which is no program")]
    ProgramNamedWrongly { path: PathBuf },
    #[error("cannot run {program}")]
    Run {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("servers do not run as root, and there is neither a user postgres nor a user nobody")]
    AccountMissing,
    #[error("cannot prepare the folder {path}")]
    Folder {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// Nothing was changed.
    #[error("a server already runs on the folder {path}")]
    FolderInUse { path: PathBuf },
    #[error(
        "the cluster in {path} was made by Postgres {made_by}, but {installed} is installed: install {made_by} or remove the folder"
    )]
    WrongVersion { path: PathBuf, made_by: String, installed: String },
    #[error("cannot create a cluster in {path}: {reason}")]
    Create { path: PathBuf, reason: String },
    #[error("no free port was found on the loopback address")]
    NoPort,
    /// The log tells more than its last line does.
    #[error("{program} ended while it started: {last_line} (see {log})")]
    EndedEarly { program: &'static str, last_line: String, log: PathBuf },
    #[error("{program} was not ready after {seconds} seconds (see {log})")]
    NotReady { program: &'static str, seconds: u64, log: PathBuf },
    /// Processes of an earlier run are still there, though they were killed.
    #[error("cannot end the processes left over from an earlier run on {path}")]
    LeftOver { path: PathBuf },
    #[error("cannot await the end of {program}")]
    Stop {
        program: &'static str,
        #[source]
        source: io::Error,
    },
}
