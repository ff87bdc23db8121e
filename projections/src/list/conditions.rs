//! What the rows of a list must meet, besides being the tenant's.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// Conditions, all of which hold. Texts of callers are only ever bound, never part of the statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions(Vec<(&'static str, Operand)>);

/// What a column is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    Id(Uuid),
    At(DateTime<Utc>),
    Day(NaiveDate),
    Text(String),
    Flag(bool),
    /// For `= any`.
    Words(Vec<String>),
}

impl Conditions {
    /// Adds `comparison` and, after it, the operand: `column =`, `column <`, `column = any`.
    pub fn and(&mut self, comparison: &'static str, operand: impl Into<Operand>) {
        self.0.push((comparison, operand.into()));
    }

    /// Adds one if there is something to compare with.
    pub fn and_if(&mut self, comparison: &'static str, operand: Option<impl Into<Operand>>) {
        self.0.extend(operand.map(|operand| (comparison, operand.into())));
    }

    pub(super) fn push_to(&self, sql: &mut QueryBuilder<'static, Postgres>) {
        for (comparison, operand) in &self.0 {
            sql.push(format!(" and {comparison} ("));
            match operand {
                Operand::Id(id) => sql.push_bind(*id),
                Operand::At(at) => sql.push_bind(*at),
                Operand::Day(day) => sql.push_bind(*day),
                Operand::Text(text) => sql.push_bind(text.clone()),
                Operand::Flag(flag) => sql.push_bind(*flag),
                Operand::Words(words) => sql.push_bind(words.clone()),
            };
            sql.push(")");
        }
    }
}

impl From<Uuid> for Operand {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl From<DateTime<Utc>> for Operand {
    fn from(at: DateTime<Utc>) -> Self {
        Self::At(at)
    }
}

impl From<bool> for Operand {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<NaiveDate> for Operand {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl From<String> for Operand {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<&'static str>> for Operand {
    fn from(words: Vec<&'static str>) -> Self {
        Self::Words(words.into_iter().map(ToOwned::to_owned).collect())
    }
}
