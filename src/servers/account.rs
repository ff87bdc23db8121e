//! Whom servers run as.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use super::ServerFailure;

/// Looked for in this order.
const NAMES: [&str; 2] = ["postgres", "nobody"];

/// The unprivileged user that stands in for root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    pub uid: u32,
    pub gid: u32,
}

impl Account {
    /// `None` unless we are root: then servers run as we do.
    pub fn unprivileged() -> Result<Option<Self>, ServerFailure> {
        if !is_root().map_err(|source| ServerFailure::Run { program: "id".into(), source })? {
            return Ok(None);
        }
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let found = NAMES.iter().find_map(|name| users.lines().find_map(|line| Self::parse(line, name)));
        found.map(Some).ok_or(ServerFailure::AccountMissing)
    }

    /// Reads a line of `/etc/passwd`: name, password, uid, gid and more. On macOS ids may be negative
    /// (`nobody` is -2), which the system reads as unsigned.
    fn parse(line: &str, wanted: &str) -> Option<Self> {
        let mut fields = line.strip_prefix(wanted)?.strip_prefix(':')?.split(':').skip(1);
        let mut id = || u32::try_from(fields.next()?.parse::<i64>().ok()?.rem_euclid(1 << 32)).ok();
        Some(Self { uid: id()?, gid: id()? })
    }

    /// Whether every folder on the way to `path`, and `path` itself, lets the account in.
    pub fn may_reach(self, path: &Path) -> bool {
        path.ancestors().all(|step| fs::metadata(step).is_ok_and(|found| self.may_enter(&found)))
    }

    fn may_enter(self, found: &Metadata) -> bool {
        let needed = if found.uid() == self.uid {
            0o100
        } else if found.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        found.mode() & needed != 0
    }
}

fn is_root() -> io::Result<bool> {
    let output = Command::new("id").arg("-u").output()?;
    Ok(output.stdout.trim_ascii() == b"0")
}
