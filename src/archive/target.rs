//! The database that a backup is restored into.

use booking_http::PositionToken;
use booking_projections::Model;
use sqlx::{Executor, PgPool};

use crate::database::DatabaseRole;
use crate::exit::Failure;

/// A database, with all the rights of the login.
pub struct Target {
    owner: PgPool,
}

impl Target {
    pub const fn new(owner: PgPool) -> Self {
        Self { owner }
    }

    /// Makes sure that nothing of `schemas` is there, and answers the epoch of the journal that had to go, if one
    /// had to. With `replace` they are dropped; nobody may be at work on them.
    ///
    /// # Errors
    /// [`Failure::Usage`] when something is there and may not go; nothing was changed then.
    pub async fn empty(&self, schemas: &[String], replace: bool) -> Result<Option<i32>, Failure> {
        let found: Vec<String> = sqlx::query_scalar(FOUND).bind(schemas).fetch_all(&self.owner).await?;
        if found.is_empty() {
            return Ok(None);
        }
        if !replace {
            let found = found.join(", ");
            return Err(Failure::Usage(format!(
                "the database is not empty, it has the schemas {found}: name an empty one, or let --replace drop them"
            )));
        }
        nobody_at_work(&self.owner).await?;
        let epoch = if found.iter().any(|schema| schema == "journal") { self.epoch().await? } else { None };
        self.drop_all(&found).await?;
        Ok(epoch)
    }

    /// Of a database that was restored, or of one whose journal is about to go.
    async fn epoch(&self) -> Result<Option<i32>, Failure> {
        Ok(sqlx::query_scalar("select epoch from journal.epoch").fetch_optional(&self.owner).await?)
    }

    async fn drop_all(&self, schemas: &[String]) -> Result<(), Failure> {
        let mut transaction = self.owner.begin().await?;
        for schema in schemas {
            // The name came from the catalogue; quoted, it is a name whatever it holds.
            let drop = format!("drop schema \"{}\" cascade", schema.replace('"', "\"\""));
            transaction.execute(drop.as_str()).await?;
        }
        transaction.execute("drop table if exists public._sqlx_migrations").await?;
        Ok(transaction.commit().await?)
    }

    /// Rights name database roles, which belong to the cluster and are in no backup.
    ///
    /// # Errors
    /// When the login may not make roles.
    pub async fn make_roles(&self) -> Result<(), Failure> {
        let names = DatabaseRole::ALL.map(DatabaseRole::name);
        for name in names {
            self.owner.execute(MAKE_ROLE.replace("NAME", name).as_str()).await?;
        }
        Ok(())
    }

    /// Starts an epoch after `latest` and the backup's own, and puts all checkpoints into it: read models at their
    /// beginning, since they have no rows, and reactors where they were.
    ///
    /// # Errors
    /// When Postgres fails; then the epoch is the old one.
    pub async fn begin_epoch(&self, latest: i32) -> Result<PositionToken, Failure> {
        let mut transaction = self.owner.begin().await?;
        let epoch: i32 = sqlx::query_scalar(RAISE).bind(latest).fetch_one(&mut *transaction).await?;
        let models = Model::ALL.map(Model::name);
        sqlx::query(READ_FROM_THE_START)
            .bind(models.as_slice())
            .bind(epoch)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("update react.checkpoint set epoch = $1").bind(epoch).execute(&mut *transaction).await?;
        let position = sqlx::query_scalar(HEAD).fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(PositionToken { epoch, position })
    }
}

/// Makes sure that no role is connected to the database.
///
/// # Errors
/// [`Failure::Usage`] when one is.
pub async fn nobody_at_work(owner: &PgPool) -> Result<(), Failure> {
    let at_work: i64 = sqlx::query_scalar(AT_WORK).fetch_one(owner).await?;
    if 0 < at_work {
        return Err(Failure::Usage(format!(
            "{at_work} connections of the engine's roles are open: stop all roles first"
        )));
    }
    Ok(())
}

const FOUND: &str = "
    select nspname::text from pg_namespace where nspname = any ($1) or nspname like 'rebuild\\_%' order by nspname";

const AT_WORK: &str = "
    select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name like 'booking\\_%'";

const MAKE_ROLE: &str = "
    do $$
    begin
        begin
            create role NAME nologin;
        exception when duplicate_object or unique_violation then
            null; -- another database of the cluster has made it
        end;
        grant NAME to current_user;
    end $$";

const RAISE: &str = "update journal.epoch set epoch = greatest(epoch, $1) + 1 returning epoch";

const READ_FROM_THE_START: &str = "
    insert into read.checkpoint (name, epoch, position)
    select name, $2, 0 from unnest($1::text[]) as model (name)
    on conflict on constraint checkpoint_pkey do update set epoch = excluded.epoch, position = 0";

const HEAD: &str = "select coalesce(max(position), 0) from journal.event";
