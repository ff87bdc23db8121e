//! What a projection is, and how a batch of events goes through one.

use std::collections::HashMap;
use std::fmt::Debug;

use booking_domain::{Event, event::Family};
use booking_journal::Recorded;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fact::{self, Fact, Key, Poison};
use crate::model::Model;
use crate::schema::Schema;

/// A row knows how far it has come.
pub trait Row: Debug + PartialEq + Send + Sync + Sized {
    /// Position of the last event in it.
    fn position(&self) -> i64;

    /// The stored row as [`Projection::load`] would give it back.
    #[must_use]
    fn into_loaded(self) -> Self;

    /// The row as [`Projection::whole`] would give it back, had it been stored.
    #[must_use]
    fn settled(self) -> Self;

    /// How many rows of its tables it takes.
    fn table_rows(&self) -> u64;

    /// Rules that any row must keep and this one does not, in words.
    fn broken_rules(&self) -> Vec<String>;
}

/// Keeps one read model in step with the journal: a pure mapping `(row, event) -> row`, and where rows are kept.
///
/// The runner stores the rows of a batch and moves the checkpoint in one transaction, so each event counts once
/// however often it is delivered.
pub trait Projection: Send + Sync + 'static {
    /// Whose tables these are.
    const MODEL: Model;
    /// Their names.
    const TABLES: &'static [&'static str];
    /// Most rows that its worker keeps in memory between batches; 0 for those that are seldom needed again.
    const KEPT_MAX: usize;
    /// Asks how many rows its tables have, all together.
    const COUNT: &'static str;
    /// Asks for keys (tenant, id) in order: those after `$1`, `$2` (both null: from the first), `$3` at most.
    const KEYS: &'static str;
    /// The events that it reads.
    type News: Debug + Send + Sync;
    /// What it keeps of one booking, of one flight.
    type Row: Row;

    /// The id of the row that a stream's events are about; `None` when they are of no interest.
    fn row_of(family: Family) -> Option<Uuid>;

    /// The event, if it is of interest.
    fn pick(event: Event) -> Option<Self::News>;

    /// Whether this event needs no row to be there.
    fn begins(news: &Self::News) -> bool;

    /// Brings the row up to one more event. An event that the row has seen changes nothing.
    ///
    /// # Errors
    /// [`Poison::Misfit`] when the event cannot follow what the row says; the row stays as it was.
    fn apply(row: &mut Option<Self::Row>, fact: &Fact<Self::News>) -> Result<(), Poison>;

    /// Reads rows to go on with; a row that is not there is left out.
    fn load(
        connection: &mut PgConnection,
        schema: Schema,
        keys: &[Key],
    ) -> impl Future<Output = Result<HashMap<Key, Self::Row>, StoreFailure>> + Send;

    /// Writes what has changed since position `since`.
    fn store(
        connection: &mut PgConnection,
        schema: Schema,
        since: i64,
        rows: &HashMap<Key, Self::Row>,
    ) -> impl Future<Output = Result<(), StoreFailure>> + Send;

    /// Reads whole rows, with what [`load`](Self::load) leaves out because no event needs it.
    fn whole(
        connection: &mut PgConnection,
        schema: Schema,
        keys: &[Key],
    ) -> impl Future<Output = Result<HashMap<Key, Self::Row>, StoreFailure>> + Send;
}

/// Why rows could not be read or written. The transaction is rolled back: nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreFailure {
    /// Postgres failed.
    #[error("could not reach the tables of the read model")]
    Postgres(#[from] sqlx::Error),
    /// A stored document is no longer what this program writes.
    #[error("row {id} of the read model cannot be read")]
    Garbled {
        /// The booking's, the flight's.
        id: Uuid,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Fewer rows were written than were to be: the table is ahead of its checkpoint.
    #[error("{written} of {asked} rows were written to {table}")]
    Refused {
        /// Its name.
        table: &'static str,
        /// Rows that Postgres wrote.
        written: u64,
        /// Rows that were to be written.
        asked: usize,
    },
}

impl StoreFailure {
    pub(crate) fn unless_all(table: &'static str, written: u64, asked: usize) -> Result<(), Self> {
        if written == asked as u64 {
            return Ok(());
        }
        Err(Self::Refused { table, written, asked })
    }
}

/// Those events of a batch that a projection reads, up to the first that it cannot take in.
#[derive(Debug)]
pub struct Digest<News> {
    /// In order.
    pub facts: Vec<Fact<News>>,
    /// Position of the last event looked at, whether it was of interest or not.
    pub position: i64,
    /// What it stopped at.
    pub poison: Option<Poison>,
}

/// Reads a batch that follows position `since`.
pub fn digest<'a, P: Projection>(
    since: i64,
    batch: impl IntoIterator<Item = &'a Recorded>,
) -> Digest<P::News> {
    let mut digest = Digest { facts: vec![], position: since, poison: None };
    for recorded in batch {
        match interest::<P>(recorded) {
            Ok(fact) => digest.facts.extend(fact),
            Err(poison) => {
                digest.poison = Some(poison);
                return digest;
            }
        }
        digest.position = recorded.position;
    }
    digest
}

fn interest<P: Projection>(recorded: &Recorded) -> Result<Option<Fact<P::News>>, Poison> {
    let Some(id) = P::row_of(fact::stream_of(recorded)?.family()) else { return Ok(None) };
    let key = Key { tenant: recorded.tenant_id, id };
    fact::read(recorded, key, P::pick)
}

impl<News> Digest<News> {
    /// The rows that it is about, and whether the first event here begins them.
    pub fn rows<P: Projection<News = News>>(&self) -> HashMap<Key, bool> {
        let mut rows = HashMap::new();
        for fact in &self.facts {
            rows.entry(fact.key).or_insert_with(|| P::begins(&fact.news));
        }
        rows
    }

    /// Brings `rows` up to date, and stops at the first event that does not fit.
    pub fn fold<P: Projection<News = News>>(&mut self, rows: &mut HashMap<Key, P::Row>) {
        for fact in &self.facts {
            let mut row = rows.remove(&fact.key);
            let applied = P::apply(&mut row, fact);
            rows.extend(row.map(|row| (fact.key, row)));
            if let Err(poison) = applied {
                self.poison = Some(poison);
                self.position = fact.position - 1;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
