//! The two files of a new migration.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::MIGRATIONS;
use crate::exit::Failure;

const THERE: &str = "\
-- What it brings, in a sentence, and what a reader of the tables must know and cannot see.
--
-- Expand: what runs already must not notice it. Names for all constraints, tenant first in every key, and rights for
-- the roles that need them.
";

const BACK: &str = "\
-- The way back. Taking it back is refused while it would lose rows that nothing can make again.
";

/// Longest name, in letters.
const NAME_LETTERS_MAX: usize = 60;

/// Makes the files of the next migration in the folder `migrations` of the sources, and answers where they are.
///
/// # Errors
/// [`Failure::Usage`] when the name is none, or there is no such folder.
pub fn begin(folder: &Path, name: &str) -> Result<[PathBuf; 2], Failure> {
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || NAME_LETTERS_MAX < name.len() || !name.bytes().all(is_name) {
        return Err(Failure::Usage("a name is made of a-z, 0-9 and _, such as what_it_brings".to_owned()));
    }
    if !folder.is_dir() {
        let folder = folder.display();
        return Err(Failure::Usage(format!("there is no folder {folder}: run this where the sources are")));
    }
    let number = next_number(folder)?;
    let files = [(".up.sql", THERE), (".down.sql", BACK)];
    let files = files.map(|(end, text)| (folder.join(format!("{number:04}_{name}{end}")), text));
    for (path, text) in &files {
        write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(files.map(|(path, _)| path))
}

/// After all that are compiled in or lie there.
fn next_number(folder: &Path) -> Result<i64, Failure> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let number = |name: &str| name.split_once('_')?.0.parse::<i64>().ok();
    let there = entries.flatten().filter_map(|entry| number(entry.file_name().to_str()?));
    let known = MIGRATIONS.iter().map(|migration| migration.version);
    Ok(there.chain(known).max().unwrap_or(0) + 1)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_migration_has_two_files_with_the_next_number() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("9001_there.sql"), "").unwrap();
        let [there, back] = begin(folder.path(), "seats_2").unwrap();
        assert!(there.ends_with("9002_seats_2.up.sql") && back.ends_with("9002_seats_2.down.sql"));
        assert!(fs::read_to_string(there).unwrap().starts_with("-- "));
        for name in ["", "Seats", "../x", "a b"] {
            assert!(begin(folder.path(), name).is_err(), "{name}");
        }
        assert!(begin(&folder.path().join("nowhere"), "seats").is_err());
    }
}
