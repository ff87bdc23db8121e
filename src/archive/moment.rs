//! One moment of the database, seen by several programs.

use booking_http::PositionToken;
use chrono::{SubsecRound, Utc};
use sqlx::{PgPool, Postgres, Transaction};

use super::Stamp;

/// A transaction that sees the database as it is now, and lends what it sees until it ends. It keeps nobody from
/// writing.
pub struct Moment {
    transaction: Transaction<'static, Postgres>,
    /// Its name, for other connections.
    pub snapshot: String,
    pub stamp: Stamp,
}

impl Moment {
    /// Holds on to this moment. The journal is seen whole up to a position: appends commit one after another.
    ///
    /// # Errors
    /// When Postgres fails, or has no journal.
    pub async fn hold(owner: &PgPool) -> sqlx::Result<Self> {
        let mut transaction = owner.begin_with(BEGIN).await?;
        let snapshot = sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut *transaction).await?;
        let (epoch, position) = sqlx::query_as(HEAD).fetch_one(&mut *transaction).await?;
        let stamp = Stamp { at: Utc::now().trunc_subsecs(0), head: PositionToken { epoch, position } };
        Ok(Self { transaction, snapshot, stamp })
    }

    /// Lets go of it.
    ///
    /// # Errors
    /// When the connection was lost: then what was read of the moment may not be all of it.
    pub async fn let_go(self) -> sqlx::Result<()> {
        self.transaction.commit().await
    }
}

const BEGIN: &str = "begin isolation level repeatable read, read only";

const HEAD: &str = "
    select epoch, (select coalesce(max(position), 0) from journal.event) from journal.epoch";
