//! The comparison itself: rows under way, and what was found.

use std::collections::{HashMap, HashSet};

use booking_domain::values::TenantId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::finding::What;
use super::{FINDINGS_MAX, Finding, Verified, VerifyFailure};
use crate::fact::{Fact, Key};
use crate::projection::{Projection, Row};
use crate::schema::Schema;

/// Keys read at once.
const KEYS_MAX: i64 = 10_000;

/// Rows under way, and what was found.
pub(super) struct Audit<P: Projection> {
    /// Of the tables that are looked at.
    schema: Schema,
    position: i64,
    /// Rows that have not come as far as the stored ones, whose positions are beside them, once known.
    open: HashMap<Key, (P::Row, Option<i64>)>,
    /// Rows that something was said about; later events of theirs say nothing new.
    reported: HashSet<Key>,
    findings: Vec<Finding>,
    rows: u64,
    table_rows: u64,
}

impl<P: Projection> Audit<P> {
    pub fn new(schema: Schema, position: i64) -> Self {
        let (open, reported) = (HashMap::new(), HashSet::new());
        Self { schema, position, open, reported, findings: vec![], rows: 0, table_rows: 0 }
    }

    pub fn is_full(&self) -> bool {
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
    pub async fn take_in(
        &mut self,
        snapshot: &mut PgConnection,
        at: i64,
        facts: &[Fact<P::News>],
    ) -> Result<(), VerifyFailure> {
        let touched: HashSet<Key> = facts.iter().map(|fact| fact.key).collect();
        for fact in facts {
            self.fold(fact);
        }
        let is_due =
            |key: &Key| self.open.get(key).is_some_and(|(_, goal)| goal.is_none_or(|goal| goal <= at));
        let due: Vec<Key> = touched.into_iter().filter(is_due).collect();
        let mut stored = P::whole(snapshot, self.schema, &due).await?;
        for key in due {
            match stored.remove(&key) {
                None => self.report(key, What::Missing),
                Some(stored) if at < stored.position() => {
                    self.open.entry(key).and_modify(|(_, goal)| *goal = Some(stored.position()));
                }
                Some(stored) => self.compare(key, &stored),
            }
        }
        Ok(())
    }

    fn fold(&mut self, fact: &Fact<P::News>) {
        let key = fact.key;
        if self.reported.contains(&key) {
            return;
        }
        let (row, goal) = self.open.remove(&key).unzip();
        let (mut row, goal) = (row, goal.flatten());
        let applied = P::apply(&mut row, fact);
        self.open.extend(row.map(|row| (key, (row, goal))));
        if let Err(poison) = applied {
            self.report(key, What::Misfit(poison.to_string()));
        }
    }

    fn compare(&mut self, key: Key, stored: &P::Row) {
        self.rows += 1;
        self.table_rows += stored.table_rows();
        if self.open.remove(&key).map(|(row, _)| row.settled()).as_ref() != Some(stored) {
            self.report(key, What::Differs);
        }
        for rule in stored.broken_rules() {
            self.report(key, What::Rule(rule));
        }
    }

    /// What is open still claims events that the journal does not have.
    pub fn report_open(&mut self) {
        let open: Vec<Key> = self.open.keys().copied().collect();
        open.into_iter().for_each(|key| self.report(key, What::Differs));
    }

    /// Whether the tables have rows that were not compared.
    pub async fn has_uncounted(&self, snapshot: &mut PgConnection) -> sqlx::Result<bool> {
        let count: i64 = sqlx::query_scalar(&self.schema.sql(P::COUNT)).fetch_one(snapshot).await?;
        Ok(!self.is_full() && count.unsigned_abs() != self.table_rows)
    }

    /// Reports the rows of the tables that no event is about.
    pub async fn report_surplus(
        &mut self,
        snapshot: &mut PgConnection,
        known: &HashSet<Key>,
    ) -> Result<(), VerifyFailure> {
        let mut after = None;
        loop {
            let keys = keys::<P>(snapshot, self.schema, after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            let surplus = keys.into_iter().filter(|key| !known.contains(key));
            surplus.for_each(|key| self.report(key, What::Surplus));
            after = Some(last);
        }
    }

    pub fn verified(self) -> Verified {
        let Self { position, rows, findings, .. } = self;
        Verified { name: P::MODEL.name(), position, rows, findings }
    }
}

async fn keys<P: Projection>(
    snapshot: &mut PgConnection,
    schema: Schema,
    after: Option<Key>,
) -> sqlx::Result<Vec<Key>> {
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(&schema.sql(P::KEYS))
        .bind(after.map(|key| key.tenant.uuid()))
        .bind(after.map(|key| key.id))
        .bind(KEYS_MAX)
        .fetch_all(snapshot)
        .await?;
    Ok(rows.into_iter().map(|(tenant, id)| Key { tenant: TenantId::new(tenant), id }).collect())
}
