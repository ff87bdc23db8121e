//! Fresh tables beside the live ones, and how their rows get there.

use std::marker::PhantomData;

use booking_http::PositionToken;
use sqlx::{Executor, PgConnection};

use super::{Pools, RebuildFailure, Replaced};
use crate::checkpoint;
use crate::projection::Projection;
use crate::schema::{Schema, fresh};

/// Tables of one read model, and its checkpoint, in the schema `rebuild_<model>`. Not crash-safe on disk: a
/// rebuild that breaks off begins again.
pub struct Fresh<'a, P> {
    pools: &'a Pools,
    projection: PhantomData<P>,
}

impl<'a, P: Projection> Fresh<'a, P> {
    /// Makes them, empty, in place of what an earlier rebuild left behind.
    pub async fn make(pools: &'a Pools) -> Result<Self, RebuildFailure> {
        pools.owner.execute(make::<P>().as_str()).await?;
        Ok(Self { pools, projection: PhantomData })
    }

    /// Makes the live rows as the fresh ones are, and puts the checkpoint at `shown`. Rows that are the same in both
    /// stay as they are. The live checkpoint must stand at `live` as when the rebuild began, and the fresh one at
    /// `shown`: a worker that goes on without its lease, or fresh tables that were lost, are met here.
    pub async fn put(&self, live: PositionToken, shown: PositionToken) -> Result<Replaced, RebuildFailure> {
        let mut transaction = self.pools.projector.begin().await?;
        transaction.execute(PATIENTLY).await?;
        let stands = checkpoint::hold(&mut transaction, P::MODEL).await?;
        let fresh_stands = checkpoint::read(&mut transaction, Schema::Fresh(P::MODEL), P::MODEL).await?;
        if stands != live || fresh_stands != shown {
            return Err(RebuildFailure::Disturbed(P::MODEL.name()));
        }
        let mut replaced = Replaced::default();
        for table in P::TABLES {
            replace(&mut transaction, &fresh(P::MODEL), table, &mut replaced).await?;
        }
        checkpoint::put(&mut transaction, P::MODEL, shown).await?;
        transaction.commit().await?;
        Ok(replaced)
    }

    /// Removes the fresh tables.
    pub async fn drop(self) -> Result<(), RebuildFailure> {
        self.pools.owner.execute(drop_schema::<P>().as_str()).await?;
        Ok(())
    }
}

async fn replace(
    connection: &mut PgConnection,
    schema: &str,
    table: &str,
    replaced: &mut Replaced,
) -> sqlx::Result<()> {
    let remove = format!(
        "delete from read.{table} as live where not exists (select from {schema}.{table} as fresh where fresh = live)"
    );
    let write = format!("insert into read.{table} select * from {schema}.{table} on conflict do nothing");
    replaced.removed += (&mut *connection).execute(remove.as_str()).await?.rows_affected();
    replaced.written += connection.execute(write.as_str()).await?.rows_affected();
    Ok(())
}

/// Constraints get the names that Postgres gives by default: ours are named so, and statements name them. The live
/// tables' rights and policies are not needed.
fn make<P: Projection>() -> String {
    let (schema, model) = (fresh(P::MODEL), P::MODEL.name());
    let tables = P::TABLES.iter().chain(&["checkpoint"]);
    let tables = tables.map(|table| {
        format!("create unlogged table {schema}.{table} (like read.{table} including all) {WHOLE};")
    });
    let tables: String = tables.collect();
    format!(
        "{drop}
         create schema {schema};
         {tables}
         insert into {schema}.checkpoint select '{model}', epoch, 0 from journal.epoch;
         grant usage on schema {schema} to booking_projector;
         grant select, insert, update, delete on all tables in schema {schema} to booking_projector;",
        drop = drop_schema::<P>()
    )
}

/// Bookings stay as they come, as `0003_read.sql` has it for the live ones; `like` does not copy it.
const WHOLE: &str = "with (toast_tuple_target = 8160)";

fn drop_schema<P: Projection>() -> String {
    format!("drop schema if exists {} cascade;", fresh(P::MODEL))
}

/// The last step reads and may write whole tables: it takes longer than any statement of a worker.
const PATIENTLY: &str = "set local statement_timeout = '1h'";
