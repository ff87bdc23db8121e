//! The files of a backup: their names say when it was made and how far the journal was.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use booking_http::PositionToken;
use chrono::{DateTime, NaiveDateTime, Utc};

const PREFIX: &str = "booking-";
const MAIN_END: &str = ".dump";
const KEYS_END: &str = ".keys.dump";
/// Of what is not whole yet.
const PART_END: &str = ".part";
const INSTANT: &str = "%Y%m%dT%H%M%SZ";

/// What a backup's name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// To the second.
    pub at: DateTime<Utc>,
    /// Epoch, and the last position of the journal that it holds.
    pub head: PositionToken,
}

/// Where the two files of a backup are, or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Everything but the keys.
    pub main: PathBuf,
    pub keys: PathBuf,
}

impl Stamp {
    /// `booking-20261127T143000Z-1.48213`.
    fn name(&self) -> String {
        format!("{PREFIX}{}-{}", self.at.format(INSTANT), self.head)
    }

    /// Of a file whose name was not changed.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let name = name.strip_suffix(KEYS_END).or_else(|| name.strip_suffix(MAIN_END))?;
        let (at, head) = name.strip_prefix(PREFIX)?.split_once('-')?;
        let at = NaiveDateTime::parse_from_str(at, INSTANT).ok()?.and_utc();
        Some(Self { at, head: head.parse().ok()? })
    }
}

impl Archive {
    /// A new one in a folder.
    pub fn new(folder: &Path, stamp: &Stamp) -> Self {
        let name = stamp.name();
        let path = |end| folder.join(format!("{name}{end}"));
        Self { main: path(MAIN_END), keys: path(KEYS_END) }
    }

    /// One that there is; its keys are beside it unless they are named.
    pub fn at(main: PathBuf, keys: Option<PathBuf>) -> Self {
        let text = main.to_string_lossy();
        let beside = format!("{}{KEYS_END}", text.strip_suffix(MAIN_END).unwrap_or(&text));
        Self { keys: keys.unwrap_or_else(|| beside.into()), main }
    }
}

/// A file that stands under its name once it is whole. Its owner alone may read it.
#[derive(Debug)]
pub struct NewFile {
    part: PathBuf,
    path: PathBuf,
    pub file: File,
}

impl NewFile {
    /// Begins one; the folder is made when it is absent.
    ///
    /// # Errors
    /// When there is one of that name already, whole or in part, or the folder cannot be written.
    pub fn begin(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        if path.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let part = PathBuf::from(format!("{}{PART_END}", path.display()));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        Ok(Self { part, path: path.to_owned(), file })
    }

    /// It is whole: it is brought to the disk and gets its name. Answers its size in bytes.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn finish(self) -> io::Result<u64> {
        self.file.sync_all()?;
        std::fs::rename(&self.part, &self.path)?;
        Ok(self.file.metadata()?.len())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use chrono::TimeZone;

    use super::*;

    fn stamp() -> Stamp {
        let at = Utc.with_ymd_and_hms(2026, 11, 27, 14, 30, 0).unwrap();
        Stamp { at, head: PositionToken { epoch: 1, position: 48_213 } }
    }

    #[test]
    fn a_name_says_when_and_how_far() {
        let archive = Archive::new(Path::new("backups"), &stamp());
        assert_eq!(archive.main, Path::new("backups/booking-20261127T143000Z-1.48213.dump"));
        assert_eq!(archive.keys, Path::new("backups/booking-20261127T143000Z-1.48213.keys.dump"));
        assert_eq!([Stamp::of(&archive.main), Stamp::of(&archive.keys)], [Some(stamp()); 2]);
        assert_eq!(Stamp::of(Path::new("copy.dump")), None);
    }

    #[test]
    fn keys_are_beside_unless_they_are_named() {
        let archive = Archive::new(Path::new("backups"), &stamp());
        assert_eq!(Archive::at(archive.main.clone(), None), archive);
        assert_eq!(Archive::at("a".into(), Some("b".into())), Archive { main: "a".into(), keys: "b".into() });
    }

    #[test]
    fn a_file_is_the_owners_alone_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/one.dump");
        let file = NewFile::begin(&path).unwrap();
        assert!(!path.exists(), "it is not whole yet");
        assert!(NewFile::begin(&path).is_err(), "someone is at it");
        assert_eq!(file.finish().unwrap(), 0);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(NewFile::begin(&path).is_err());
    }
}
