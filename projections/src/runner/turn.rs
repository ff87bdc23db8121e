//! One batch: load, fold, store, move the checkpoint, all in one transaction.

use std::collections::HashMap;

use booking_http::PositionToken;
use booking_journal::Recorded;
use sqlx::PgPool;

use crate::checkpoint::{self, Stand};
use crate::fact::{Key, Poison};
use crate::model::Model;
use crate::projection::{Digest, Projection, Row, StoreFailure, digest};
use crate::schema::Schema;

/// Rows as they are stored, kept from one batch to the next. Nobody else writes them as long as the checkpoint
/// stands where it was left, and without that no batch is stored.
pub type Kept<P> = HashMap<Key, <P as Projection>::Row>;

/// How a batch went that was stored.
#[derive(Debug)]
pub struct Turn {
    /// Where the read model is now, in the tables it was in.
    pub stand: Stand,
    /// Why it did not get to the end of the batch.
    pub poison: Option<Poison>,
}

/// Takes in what follows `stand`, up to the first event that does not fit.
///
/// # Errors
/// When Postgres fails, another worker has gone on or a rebuild has put other tables in place; then nothing was
/// stored, or (the connection was lost while committing) all of it: read the checkpoint again, and keep no rows.
pub async fn turn<P: Projection>(
    pool: &PgPool,
    schema: Schema,
    kept: &mut Kept<P>,
    stand: Stand,
    batch: impl IntoIterator<Item = &Recorded>,
) -> Result<Turn, StoreFailure> {
    let mut digest = digest::<P>(stand.shown.position, batch);
    if stand.shown.position < digest.position {
        store::<P>(pool, schema, kept, stand, &mut digest).await?;
    }
    let shown = PositionToken { position: digest.position, ..stand.shown };
    Ok(Turn { stand: Stand { shown, ..stand }, poison: digest.poison })
}

async fn store<P: Projection>(
    pool: &PgPool,
    schema: Schema,
    kept: &mut Kept<P>,
    stand: Stand,
    digest: &mut Digest<P::News>,
) -> Result<(), StoreFailure> {
    let (mut rows, to_load) = known::<P>(kept, digest);
    let mut transaction = pool.begin_with(begin(schema, P::MODEL)).await?;
    if !to_load.is_empty() {
        rows.extend(P::load(&mut transaction, schema, &to_load).await?);
    }
    digest.fold::<P>(&mut rows);
    let since = stand.shown.position;
    if since < digest.position {
        P::store(&mut transaction, schema, since, &rows).await?;
        checkpoint::advance(&mut transaction, schema, P::MODEL, stand, digest.position).await?;
        transaction.commit().await?;
    }
    keep::<P>(kept, rows);
    Ok(())
}

/// Takes out the rows of a batch that are at hand, and names those that are not.
fn known<P: Projection>(kept: &mut Kept<P>, digest: &Digest<P::News>) -> (Kept<P>, Vec<Key>) {
    let (mut rows, mut to_load) = (HashMap::new(), vec![]);
    for (key, begins) in digest.rows::<P>() {
        match kept.remove(&key) {
            Some(row) => drop(rows.insert(key, row)),
            None if begins => (),
            None => to_load.push(key),
        }
    }
    (rows, to_load)
}

fn keep<P: Projection>(kept: &mut Kept<P>, rows: Kept<P>) {
    if P::KEPT_MAX < kept.len() + rows.len() {
        kept.clear();
    }
    if rows.len() <= P::KEPT_MAX {
        kept.extend(rows.into_iter().map(|(key, row)| (key, row.into_loaded())));
    }
}

/// The gate is locked before anything is read: so a batch waits for a rebuild that is about to put other tables in
/// place with nothing in its hands, and none of it comes from the old tables.
fn begin(schema: Schema, model: Model) -> String {
    format!("{BEGIN}; lock table {gate} in row exclusive mode", gate = schema.sql(model.gate()))
}

/// Rows and checkpoint are lost together in a crash and made again from the journal, so nobody waits for the
/// disk. Plans are held to the indexes: one made while a table was empty would scan it for ever.
const BEGIN: &str = "
    begin;
    set local synchronous_commit = off;
    set local plan_cache_mode = force_generic_plan;
    set local enable_seqscan = off;
    set local enable_hashjoin = off;
    set local enable_mergejoin = off";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::Bookings;
    use crate::flight::Flights;
    use crate::samples::{BOOKING, FLIGHT, TENANT, history};

    /// The rows of a projection after so many events of the sample.
    fn rows<P: Projection>(events: usize) -> Kept<P> {
        let mut rows = HashMap::new();
        digest::<P>(0, &history()[..events]).fold::<P>(&mut rows);
        rows
    }

    #[test]
    fn a_row_that_was_kept_is_not_loaded_again() {
        let key = Key { tenant: TENANT, id: FLIGHT.uuid() };
        let next = digest::<Flights>(9, &history()[9..]);
        let mut kept = HashMap::new();
        assert_eq!(known::<Flights>(&mut kept, &next), (HashMap::new(), vec![key]));
        keep::<Flights>(&mut kept, rows::<Flights>(9));
        assert!(kept[&key].map.holders.is_empty(), "who holds which seat is stored, and not kept");
        let (mut rows, to_load) = known::<Flights>(&mut kept, &next);
        assert_eq!((rows.len(), to_load, kept.len()), (1, vec![], 0));
        let mut next = next;
        next.fold::<Flights>(&mut rows);
        let loaded = self::rows::<Flights>(14).remove(&key).unwrap();
        assert_eq!(rows[&key].map.taken, loaded.map.taken);
        assert_eq!((rows[&key].position(), next.poison.is_none()), (14, true));
    }

    #[test]
    fn bookings_are_not_kept() {
        let mut kept = HashMap::new();
        keep::<Bookings>(&mut kept, rows::<Bookings>(4));
        assert!(kept.is_empty());
        let confirmed = digest::<Bookings>(7, &history()[7..8]);
        let key = Key { tenant: TENANT, id: BOOKING.uuid() };
        assert_eq!(known::<Bookings>(&mut kept, &confirmed), (HashMap::new(), vec![key]));
    }
}
