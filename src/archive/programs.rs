//! `pg_dump` and `pg_restore`, as they are installed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::str::FromStr;

use anyhow::{Context, bail};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tokio::process::Command;

use super::files::NewFile;
use crate::exit::Failure;
use crate::servers::SearchPath;

/// Longest that a backup waits for a migration to let go of a table.
const LOCK_WITHIN: &str = "--lock-wait-timeout=60s";

/// Most of what a program said that is repeated, in lines.
const SAID_LINES_MAX: usize = 5;

/// One of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Everything but the keys. Rows of `read` follow from the journal, and are left out.
    Main,
    /// Schema `keys` alone.
    Keys,
}

impl Part {
    const fn choice(self) -> &'static [&'static str] {
        match self {
            Self::Main => {
                &["--exclude-schema=keys", "--exclude-schema=rebuild_*", "--exclude-table-data=read.*"]
            }
            Self::Keys => &["--schema=keys"],
        }
    }
}

/// The programs, and the database that they work on.
pub struct Programs {
    folder: PathBuf,
    /// Without its password: command lines are seen by everyone on the machine.
    url: String,
    password: Option<String>,
}

impl Programs {
    /// Those that are installed.
    ///
    /// # Errors
    /// [`Failure::Dependency`] when there are none; when the URL is none.
    pub fn installed(database_url: &str) -> Result<Self, Failure> {
        let search = SearchPath::installed();
        let folder = search.find_postgres_tools().map_err(|missing| Failure::dependency(&missing))?;
        let mut url = PgConnectOptions::from_str(database_url)?.to_url_lossy();
        let password = url.password().map(decoded);
        let ssl = url.query_pairs().filter(|(name, _)| name.starts_with("ssl"));
        let ssl: Vec<(String, String)> = ssl.map(|(name, value)| (name.into(), value.into())).collect();
        url.query_pairs_mut().clear().extend_pairs(ssl);
        // It cannot fail: the URL has a host.
        let _ = url.set_password(None);
        Ok(Self { folder: folder.to_owned(), url: url.into(), password })
    }

    /// Writes what one exported snapshot shows to a new file, and answers its size in bytes.
    ///
    /// # Errors
    /// When it could not be written; nothing stands under its name then.
    pub async fn dump(&self, part: Part, snapshot: &str, path: &Path) -> Result<u64, Failure> {
        let file = NewFile::begin(path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut command = self.command("pg_dump");
        command.args(["--format=custom", "--no-owner", LOCK_WITHIN]).args(part.choice());
        command.arg(format!("--snapshot={snapshot}")).arg(format!("--dbname={}", self.url));
        command.stdout(file.file.try_clone().context("cannot share the file")?);
        let dump = command.spawn().context("cannot run pg_dump")?;
        ended_well("pg_dump", &dump.wait_with_output().await.context("cannot await pg_dump")?)?;
        Ok(file.finish().with_context(|| format!("cannot write {}", path.display()))?)
    }

    /// The schemas that a file makes.
    ///
    /// # Errors
    /// When it is no archive, or not whole at its beginning.
    pub async fn schemas_of(&self, path: &Path) -> Result<Vec<String>, Failure> {
        let mut command = self.command("pg_restore");
        command.arg("--list").stdin(opened(path)?);
        let listed = command.output().await.context("cannot run pg_restore")?;
        ended_well("pg_restore", &listed)?;
        let text = String::from_utf8_lossy(&listed.stdout);
        Ok(text.lines().filter_map(schema_of).map(ToOwned::to_owned).collect())
    }

    /// Makes what a file holds, all of it or nothing.
    ///
    /// # Errors
    /// When something of it is there already, or Postgres does not take it.
    pub async fn restore(&self, path: &Path) -> Result<(), Failure> {
        let mut command = self.command("pg_restore");
        command.args(["--no-owner", "--single-transaction", "--exit-on-error"]);
        command.arg(format!("--dbname={}", self.url)).stdin(opened(path)?);
        ended_well("pg_restore", &command.output().await.context("cannot run pg_restore")?)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.stdin(Stdio::null()).stderr(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        command.env("LC_ALL", "C").arg("--no-password");
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
        command
    }
}

fn opened(path: &Path) -> Result<Stdio, Failure> {
    let file =
        File::open(path).map_err(|why| Failure::Usage(format!("cannot read {}: {why}", path.display())));
    Ok(file?.into())
}

fn ended_well(program: &str, output: &Output) -> Result<(), Failure> {
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).take(SAID_LINES_MAX).collect();
    let said =
        || -> anyhow::Result<()> { bail!("{program} failed ({}): {}", output.status, lines.join("; ")) };
    Ok(said()?)
}

/// `7; 2615 16399 SCHEMA - journal` with its owner behind it, if it is known.
fn schema_of(line: &str) -> Option<&str> {
    line.split_once(" SCHEMA - ")?.1.split(' ').next()
}

/// The password of a URL as sqlx writes it: all that is no letter or digit stands as `%XX`, so a form reads it right.
fn decoded(password: &str) -> String {
    let form = format!("password={password}");
    form_urlencoded::parse(form.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_in_no_command_line() {
        let url = "postgres://ada:p%40ss+w%25%20rd@db.example:5433/booking?sslmode=require";
        let programs = Programs::installed(url).unwrap();
        assert_eq!(programs.url, "postgres://ada@db.example:5433/booking?sslmode=require");
        assert_eq!(programs.password.as_deref(), Some("p@ss+w% rd"));
    }

    #[test]
    fn schemas_are_found_in_a_list_of_contents() {
        assert_eq!(schema_of("7; 2615 16399 SCHEMA - journal postgres"), Some("journal"));
        assert_eq!(schema_of("3510; 0 0 ACL - SCHEMA journal postgres"), None);
        assert_eq!(schema_of("; Archive created at 2026-11-27"), None);
    }
}
