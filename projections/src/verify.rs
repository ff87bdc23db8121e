//! Whether a read model says what the journal says: the journal folded from scratch with the same pure mapping,
//! and compared row by row.
//!
//! In one pass and little memory: a row is let go as soon as it has come as far as its stored one, and compared
//! then.

use std::collections::{HashMap, HashSet};
use std::fmt;

use booking_domain::values::TenantId;
use booking_journal::{READ_EVENTS_MAX, ReadFailure, Reader};
use sqlx::{PgConnection, PgPool};

use crate::booking::Bookings;
use crate::checkpoint;
use crate::fact::{Fact, Poison, stream_of};
use crate::flight::Flights;
use crate::model::Model;
use crate::projection::{Key, Projection, Row, StoreFailure, digest};

/// After so many findings nobody needs more: the rest is not looked at.
pub const FINDINGS_MAX: usize = 100;
/// Keys read at once.
const KEYS_MAX: i64 = 10_000;

/// What was looked at, and what is wrong with it.
#[derive(Debug)]
pub struct Verified {
    /// Such as `booking_v1`.
    pub name: &'static str,
    /// Its checkpoint, up to which the journal was folded.
    pub position: i64,
    /// Rows that were compared.
    pub rows: u64,
    /// Empty when all is well; at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
}

/// Something wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    key: Key,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// The journal makes a row, the table has none.
    Missing,
    /// The table has a row, the journal makes none.
    Surplus,
    /// The two say different things.
    Differs,
    /// An event of the journal cannot follow the ones before.
    Misfit(String),
    /// The row breaks a rule.
    Rule(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} of tenant {} ", self.key.id, self.key.tenant)?;
        match &self.what {
            What::Missing => write!(f, "is missing"),
            What::Surplus => write!(f, "has no event in the journal"),
            What::Differs => write!(f, "differs from what the journal says"),
            What::Misfit(why) => write!(f, "cannot be made: {why}"),
            What::Rule(why) => write!(f, "breaks a rule: {why}"),
        }
    }
}

/// Why a read model could not be verified. Nothing is ever changed by verifying.
#[derive(Debug, thiserror::Error)]
pub enum VerifyFailure {
    /// Its tables could not be read.
    #[error("could not read the read model")]
    Store(#[from] StoreFailure),
    /// The journal could not be read, or has a hole.
    #[error("could not read the journal")]
    Journal(#[from] ReadFailure),
    /// The journal holds what this program does not know.
    #[error("the journal holds what cannot be read")]
    Poison(#[from] Poison),
    /// The read model has seen more than was ever written.
    #[error("the checkpoint is at {position}, but the journal ends at {head}")]
    Ahead {
        /// The checkpoint.
        position: i64,
        /// The journal's last position.
        head: i64,
    },
}

impl From<sqlx::Error> for VerifyFailure {
    fn from(failure: sqlx::Error) -> Self {
        Self::Store(failure.into())
    }
}

/// Verifies one read model as it is at this moment, while its worker goes on. `pool` has the role
/// `booking_projector`.
///
/// # Errors
/// When journal or tables cannot be read. What is wrong with rows is no error but a [`Finding`].
pub async fn verify(pool: &PgPool, model: Model) -> Result<Verified, VerifyFailure> {
    match model {
        Model::Booking => verify_rows::<Bookings>(pool).await,
        Model::Flight => verify_rows::<Flights>(pool).await,
    }
}

async fn verify_rows<P: Projection>(pool: &PgPool) -> Result<Verified, VerifyFailure> {
    let reader = Reader::new(pool.clone());
    let mut snapshot = pool.begin_with("begin isolation level repeatable read read only").await?;
    let position = checkpoint::read(&mut snapshot, P::MODEL).await?.position;
    let mut audit = Audit::<P>::new(position);
    let mut at = 0;
    while at < position && !audit.is_full() {
        let events = reader.after(at, READ_EVENTS_MAX.min(position - at)).await?;
        let digest = digest::<P>(at, &events);
        digest.poison.map_or(Ok(()), Err)?;
        if digest.position == at {
            return Err(VerifyFailure::Ahead { position, head: at });
        }
        at = digest.position;
        audit.take_in(&mut snapshot, at, &digest.facts).await?;
    }
    audit.report_open();
    if audit.has_uncounted(&mut snapshot).await? {
        let known = known_keys::<P>(&reader, position).await?;
        audit.report_surplus(&mut snapshot, &known).await?;
    }
    Ok(audit.verified())
}

/// Reads the journal once more, for the keys alone.
async fn known_keys<P: Projection>(reader: &Reader, position: i64) -> Result<HashSet<Key>, VerifyFailure> {
    let (mut at, mut known) = (0, HashSet::new());
    while at < position {
        let events = reader.after(at, READ_EVENTS_MAX.min(position - at)).await?;
        let Some(last) = events.last() else { break };
        at = last.position;
        for recorded in &events {
            let id = P::row_of(stream_of(recorded)?.family());
            known.extend(id.map(|id| Key { tenant: recorded.tenant_id, id }));
        }
    }
    Ok(known)
}

/// Rows under way, and what was found.
struct Audit<P: Projection> {
    position: i64,
    /// Rows that have not come as far as the stored ones.
    open: HashMap<Key, P::Row>,
    /// Rows that something was said about; later events of theirs say nothing new.
    reported: HashSet<Key>,
    findings: Vec<Finding>,
    rows: u64,
    table_rows: u64,
}

impl<P: Projection> Audit<P> {
    fn new(position: i64) -> Self {
        let (open, reported) = (HashMap::new(), HashSet::new());
        Self { position, open, reported, findings: vec![], rows: 0, table_rows: 0 }
    }

    fn is_full(&self) -> bool {
        FINDINGS_MAX <= self.findings.len()
    }

    fn report(&mut self, key: Key, what: What) {
        self.reported.insert(key);
        self.open.remove(&key);
        if !self.is_full() {
            self.findings.push(Finding { key, what });
        }
    }

    /// Folds events up to position `at`, then lets go of the rows that are stored as of then.
    async fn take_in(
        &mut self,
        snapshot: &mut PgConnection,
        at: i64,
        facts: &[(Key, Fact<P::News>)],
    ) -> Result<(), VerifyFailure> {
        let mut touched = HashSet::new();
        for (key, fact) in facts {
            if self.reported.contains(key) {
                continue;
            }
            let mut row = self.open.remove(key);
            let applied = P::apply(&mut row, fact);
            self.open.extend(row.map(|row| (*key, row)));
            touched.insert(*key);
            if let Err(poison) = applied {
                self.report(*key, What::Misfit(poison.to_string()));
            }
        }
        let touched: Vec<Key> = touched.into_iter().filter(|key| self.open.contains_key(key)).collect();
        let mut stored = P::whole(snapshot, &touched).await?;
        for key in touched {
            match stored.remove(&key) {
                None => self.report(key, What::Missing),
                Some(stored) if at < stored.position() => (),
                Some(stored) => self.compare(key, &stored),
            }
        }
        Ok(())
    }

    fn compare(&mut self, key: Key, stored: &P::Row) {
        self.rows += 1;
        self.table_rows += stored.table_rows();
        if self.open.remove(&key).map(Row::settled).as_ref() != Some(stored) {
            self.report(key, What::Differs);
        }
        for rule in stored.broken_rules() {
            self.report(key, What::Rule(rule));
        }
    }

    /// What is open still claims events that the journal does not have.
    fn report_open(&mut self) {
        let open: Vec<Key> = self.open.keys().copied().collect();
        open.into_iter().for_each(|key| self.report(key, What::Differs));
    }

    /// Whether the tables have rows that were not compared. With other findings that cannot be said.
    async fn has_uncounted(&self, snapshot: &mut PgConnection) -> sqlx::Result<bool> {
        let count: i64 = sqlx::query_scalar(P::COUNT).fetch_one(snapshot).await?;
        Ok(self.findings.is_empty() && count.unsigned_abs() != self.table_rows)
    }

    async fn report_surplus(
        &mut self,
        snapshot: &mut PgConnection,
        known: &HashSet<Key>,
    ) -> Result<(), VerifyFailure> {
        let mut after = None;
        loop {
            let keys = keys::<P>(snapshot, after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            let surplus = keys.into_iter().filter(|key| !known.contains(key));
            surplus.for_each(|key| self.report(key, What::Surplus));
            after = Some(last);
        }
    }

    fn verified(self) -> Verified {
        let Self { position, rows, findings, .. } = self;
        Verified { name: P::MODEL.name(), position, rows, findings }
    }
}

async fn keys<P: Projection>(snapshot: &mut PgConnection, after: Option<Key>) -> sqlx::Result<Vec<Key>> {
    let rows: Vec<(uuid::Uuid, uuid::Uuid)> = sqlx::query_as(P::KEYS)
        .bind(after.map(|key| key.tenant.uuid()))
        .bind(after.map(|key| key.id))
        .bind(KEYS_MAX)
        .fetch_all(snapshot)
        .await?;
    Ok(rows.into_iter().map(|(tenant, id)| Key { tenant: TenantId::new(tenant), id }).collect())
}
