//! The folder a server keeps everything in: data, password, log, and the lock that makes it the only one.

use std::fs::{self, DirBuilder, File, Permissions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf, absolute};

use super::ServerFailure;
use super::account::Account;

/// Stands in for folders that the account of the servers cannot reach.
const SUBSTITUTES: &str = "/var/lib/booking";

/// A folder that is ours alone until this is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    pub path: PathBuf,
    /// Whom it belongs to and servers on it run as; `None`: us.
    pub account: Option<Account>,
    /// Made by chance and kept: stands in the command line of every process of the server.
    pub name: String,
    /// Whether the folder goes when this is dropped.
    pub thrown_away: bool,
    _lock: File,
}

impl Folder {
    /// Makes the folder when it is absent. Read [`path`](Self::path): it may be a substitute for `wanted`.
    pub fn open(wanted: &Path) -> Result<Self, ServerFailure> {
        let account = Account::unprivileged()?;
        let path = reachable(wanted, account).map_err(failed(wanted))?;
        let lock = match try_lock(&path.join("lock")) {
            Ok(lock) => lock,
            Err(TryLockError::WouldBlock) => return Err(ServerFailure::FolderInUse { path }),
            Err(TryLockError::Error(source)) => return Err(ServerFailure::Folder { path, source }),
        };
        let mut folder = Self { path, account, name: String::new(), thrown_away: false, _lock: lock };
        folder.name = match name_in(&folder.path) {
            Some(name) => name,
            None => folder.write("name", format!("booking-{}", random_hex().map_err(failed(wanted))?))?,
        };
        Ok(folder)
    }

    /// A folder to throw away whose owner has ended without doing so; `None` when it has an owner, or when
    /// nothing ever ran on it.
    pub fn orphan(path: &Path) -> Option<Self> {
        let lock = File::options().write(true).open(path.join("lock")).ok()?;
        lock.try_lock().ok()?;
        let name = name_in(path)?;
        Some(Self { path: path.to_owned(), account: None, name, thrown_away: true, _lock: lock })
    }

    /// The text kept in the file `name`; made when the file is absent. Nobody else may read it.
    pub fn keep(
        &self,
        name: &str,
        make: impl FnOnce() -> io::Result<String>,
    ) -> Result<String, ServerFailure> {
        match fs::read_to_string(self.path.join(name)) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.write(name, make().map_err(failed(&self.path))?)
            }
            Err(error) => Err(failed(&self.path)(error)),
        }
    }

    /// Writes a file that only the server and we may read; whole or not at all.
    pub fn write(&self, name: &str, text: String) -> Result<String, ServerFailure> {
        let (new, path) = (self.path.join(format!("{name}.new")), self.path.join(name));
        let written = fs::write(&new, &text)
            .and_then(|()| fs::set_permissions(&new, Permissions::from_mode(0o600)))
            .and_then(|()| give(&new, self.account))
            .and_then(|()| fs::rename(&new, &path));
        written.map(|()| text).map_err(failed(&path))
    }

    /// Removes what stands at `name`, file or folder, if anything does.
    pub fn remove(&self, name: &str) -> Result<(), ServerFailure> {
        let path = self.path.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&path)(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

impl Drop for Folder {
    /// What cannot be removed now is swept by the next start, which knows the folder by its lock and name: they
    /// go last.
    fn drop(&mut self) {
        if self.thrown_away {
            for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
                if entry.file_name() != "lock" && entry.file_name() != "name" {
                    let _ = self.remove(&entry.file_name().to_string_lossy());
                }
            }
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// The name that was given to the folder, if any: whatever else the file holds (nothing, after a power cut) must
/// not be looked for in command lines.
fn name_in(path: &Path) -> Option<String> {
    let name = fs::read_to_string(path.join("name")).ok()?;
    let chance = name.strip_prefix("booking-")?;
    (chance.len() == 32 && chance.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(name)
}

/// `wanted`, made and given to the account; or its substitute when the account cannot get there.
pub(super) fn reachable(wanted: &Path, account: Option<Account>) -> io::Result<PathBuf> {
    let path = make(wanted, account)?;
    match account {
        Some(account) if !account.may_reach(&path) => {
            fs::create_dir_all(SUBSTITUTES)?;
            fs::set_permissions(SUBSTITUTES, Permissions::from_mode(0o755))?;
            let name = path.to_string_lossy().trim_start_matches('/').replace('_', "__").replace('/', "_");
            make(&Path::new(SUBSTITUTES).join(name), Some(account))
        }
        Some(_) | None => Ok(path),
    }
}

fn make(wanted: &Path, account: Option<Account>) -> io::Result<PathBuf> {
    let wanted = absolute(wanted)?;
    if !wanted.is_dir() {
        if let Some(parent) = wanted.parent() {
            fs::create_dir_all(parent)?;
        }
        DirBuilder::new().mode(0o700).create(&wanted)?;
    }
    give(&wanted, account)?;
    wanted.canonicalize()
}

fn give(path: &Path, account: Option<Account>) -> io::Result<()> {
    account.map_or(Ok(()), |account| chown(path, Some(account.uid), Some(account.gid)))
}

/// The lock goes with the file, so also when we are killed.
pub(super) fn try_lock(path: &Path) -> Result<File, TryLockError> {
    let file =
        File::options().create(true).truncate(false).write(true).open(path).map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}

pub(super) fn failed(path: &Path) -> impl FnOnce(io::Error) -> ServerFailure {
    let path = path.to_owned();
    |source| ServerFailure::Folder { path, source }
}

/// 128 bits of the system's randomness.
pub(super) fn random_hex() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::{SUBSTITUTES, reachable};
    use crate::servers::account::Account;

    #[test]
    fn root_gets_a_substitute_for_a_folder_out_of_reach() {
        let parent = tempfile::tempdir().unwrap();
        fs::set_permissions(parent.path(), Permissions::from_mode(0o700)).unwrap();
        let account = Account::unprivileged().unwrap();

        let path = reachable(&parent.path().join("my_data"), account).unwrap();
        let again = reachable(&parent.path().join("my_data"), account).unwrap();

        assert_eq!(again, path, "the name is the same each time");
        assert_eq!(path.starts_with(SUBSTITUTES), account.is_some());
        assert_eq!(path.to_string_lossy().ends_with("_my__data"), account.is_some());
        fs::remove_dir(path).unwrap();
    }
}
