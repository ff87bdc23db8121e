//! An old copy of the files of NATS, as a backup is, or the disk of a machine that was away.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use booking::servers::Nats;

/// Its streams, within its folder.
const STORE: &str = "store";

#[derive(Debug)]
pub struct NatsCopy {
    path: PathBuf,
}

impl NatsCopy {
    /// Nothing is there yet: take one.
    pub const fn in_folder(path: PathBuf) -> Self {
        Self { path }
    }

    /// Copies the files of a server that does not run.
    pub fn take(&self, nats: &Nats) {
        copy(&nats.data_dir().join(STORE), &self.path);
    }

    /// Gives it the files of the copy.
    pub fn put_back(&self, nats: &Nats) {
        copy(&self.path, &nats.data_dir().join(STORE));
    }
}

fn copy(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    assert!(Command::new("cp").arg("-Rp").args([from, to]).status().unwrap().success());
}
