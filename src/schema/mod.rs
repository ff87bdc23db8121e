//! The schema's versions: what is there, what this program brings, and how to get from one to the other.

mod kept;
mod revert;
mod template;

use std::collections::BTreeMap;

use sqlx::migrate::{MigrateError, Migration, Migrator};
use sqlx::{PgConnection, PgPool};

use crate::exit::Failure;

pub use revert::revert;
pub use template::begin;

/// What is compiled in.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// One version of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub number: i64,
    /// What it brings; of one that this program does not know, as the database has it.
    pub brings: String,
    pub standing: Standing,
    /// Whether it can be taken back.
    pub has_way_back: bool,
}

/// How a version stands in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is there.
    Applied,
    /// It is to come with the next `migrate`.
    Pending,
    /// It is there, and this program does not know it: the program is older than the schema.
    Unknown,
}

/// Brings the schema to the newest version. Processes that do so at once wait for each other.
///
/// # Errors
/// When a migration fails; those before it stay. When the schema is newer than this program.
pub async fn run(owner: &PgPool) -> Result<(), Failure> {
    MIGRATIONS.run(owner).await.map_err(told)
}

/// What sqlx says, in words that lead on.
fn told(failure: MigrateError) -> Failure {
    if let MigrateError::VersionMissing(version) = failure {
        return Failure::Usage(format!(
            "the schema has migration {version}, which this program does not know: the program is older than the \
             schema, take a newer one"
        ));
    }
    if let MigrateError::VersionMismatch(version) = failure {
        return Failure::Usage(format!("migration {version} ran in another form than this program has it"));
    }
    failure.into()
}

/// Every version that the database or this program has, in order. For a login that may read the list.
///
/// # Errors
/// When Postgres fails.
pub async fn versions(connection: &mut PgConnection) -> sqlx::Result<Vec<Version>> {
    Ok(compare(MIGRATIONS.iter(), applied(connection).await?))
}

async fn applied(connection: &mut PgConnection) -> sqlx::Result<BTreeMap<i64, String>> {
    let is_there: bool = sqlx::query_scalar(IS_THERE).fetch_one(&mut *connection).await?;
    if !is_there {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(i64, String)> = sqlx::query_as(APPLIED).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

fn compare<'m>(
    ours: impl Iterator<Item = &'m Migration>,
    mut applied: BTreeMap<i64, String>,
) -> Vec<Version> {
    let mut versions: BTreeMap<i64, Version> = BTreeMap::new();
    let ours: Vec<&Migration> = ours.collect();
    for migration in ours.iter().filter(|migration| !migration.migration_type.is_down_migration()) {
        let number = migration.version;
        let standing = if applied.remove(&number).is_some() { Standing::Applied } else { Standing::Pending };
        let has_way_back = ours.iter().any(|other| leads_back(other, number));
        let brings = migration.description.to_string();
        versions.insert(number, Version { number, brings, standing, has_way_back });
    }
    for (number, brings) in applied {
        versions.insert(number, Version { number, brings, standing: Standing::Unknown, has_way_back: false });
    }
    versions.into_values().collect()
}

fn leads_back(migration: &Migration, version: i64) -> bool {
    migration.version == version && migration.migration_type.is_down_migration()
}

/// Whether a role of this program can work on the schema. One that is newer is fine, because it was expanded first and
/// old processes run beside new ones for a while; it is said all the same.
///
/// # Errors
/// [`Failure::Usage`] when a migration is missing that this program needs.
pub async fn fits(pool: &PgPool) -> Result<(), Failure> {
    let mut connection = pool.acquire().await?;
    let may_look: bool = sqlx::query_scalar(MAY_LOOK).fetch_one(&mut *connection).await?;
    if !may_look {
        // Of before version 20, or not ours: then the first statement of the role says what is wrong.
        return Ok(());
    }
    let versions = versions(&mut connection).await?;
    let of = |standing| versions.iter().filter(move |one| one.standing == standing).map(|one| one.number);
    if let Some(missing) = of(Standing::Pending).next() {
        return Err(Failure::Usage(format!(
            "the schema lacks migration {missing}, which this program needs: run `booking migrate` first"
        )));
    }
    if let Some(newest) = of(Standing::Unknown).max() {
        tracing::warn!(newest, "the schema has migration {newest}: this program is older than the schema");
    }
    Ok(())
}

const IS_THERE: &str = "select to_regclass('_sqlx_migrations') is not null";

const APPLIED: &str = "select version, description from _sqlx_migrations where success order by version";

const MAY_LOOK: &str = "
    select coalesce(has_table_privilege(to_regclass('_sqlx_migrations')::oid, 'select'), false)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_says_how_it_stands() {
        let numbers: Vec<i64> =
            compare(MIGRATIONS.iter(), BTreeMap::new()).iter().map(|one| one.number).collect();
        let newest = *numbers.last().unwrap();
        let applied = BTreeMap::from([(1, "journal".to_owned()), (newest + 1, "later".to_owned())]);

        let versions = compare(MIGRATIONS.iter(), applied);

        assert_eq!(versions.len(), numbers.len() + 1);
        assert_eq!(versions[0].standing, Standing::Applied);
        assert!(versions[1..numbers.len()].iter().all(|one| one.standing == Standing::Pending));
        assert_eq!(versions[numbers.len()].standing, Standing::Unknown);
        assert_eq!(versions[numbers.len()].brings, "later");
    }
}
