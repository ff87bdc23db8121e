//! A small disk of our own, which can be full.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// More than any run needs. Memory is used for what is on the disk alone.
const SIZE: &str = "4g";
const PAGE_BYTES: u64 = 4_096;
/// How often the size is set when files grow meanwhile.
const TRIES_MAX: usize = 50;

/// A tmpfs; unmounted when dropped.
#[derive(Debug)]
pub struct Disk {
    pub path: PathBuf,
}

impl Disk {
    /// For files of whoever owns `like`. Only root may mount, and not everywhere.
    pub fn mount(path: &Path, like: &Path) -> Result<Self, String> {
        fs::create_dir(path).map_err(|failure| failure.to_string())?;
        let place = path.to_str().expect("a plain path");
        run("mount", &["-t", "tmpfs", "-o", &format!("size={SIZE}"), "booking-chaos", place])?;
        let disk = Self { path: path.to_owned() };
        let like = format!("--reference={}", like.display());
        run("chown", &[&like, place])?;
        run("chmod", &["0700", place])?;
        Ok(disk)
    }

    /// Not a byte more fits.
    pub fn fill(&self) -> Result<(), String> {
        let mut last = Ok(());
        for _ in 0..TRIES_MAX {
            last = self.used().and_then(|bytes| self.resize(&bytes.max(PAGE_BYTES).to_string()));
            if last.is_ok() {
                break;
            }
        }
        last
    }

    pub fn empty(&self) -> Result<(), String> {
        self.resize(SIZE)
    }

    fn resize(&self, size: &str) -> Result<(), String> {
        run("mount", &["-o", &format!("remount,size={size}"), self.place()]).map(drop)
    }

    fn used(&self) -> Result<u64, String> {
        let said = run("df", &["--output=used", "-B1", self.place()])?;
        let number = said.lines().last().and_then(|line| line.trim().parse().ok());
        number.ok_or_else(|| format!("df says {said}"))
    }

    fn place(&self) -> &str {
        self.path.to_str().expect("a plain path")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(run("umount", &["-l", self.place()]));
    }
}

fn run(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(arguments).output().map_err(|failure| failure.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}
