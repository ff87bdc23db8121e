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

    /// Those about one of these columns.
    pub fn about(&self, columns: &[&str]) -> Self {
        let is_about = |comparison: &str| columns.contains(&column_of(comparison));
        Self(self.0.iter().filter(|(comparison, _)| is_about(comparison)).cloned().collect())
    }

    /// Whether they hold for a row that is not in a table, `value_of` giving its columns: nothing there for a null,
    /// as in SQL. `None` when there is a comparison or a column that this does not know: nothing is guessed.
    pub fn hold(&self, value_of: impl Fn(&str) -> Option<Option<Operand>>) -> Option<bool> {
        let mut hold = true;
        for (comparison, operand) in &self.0 {
            let value = value_of(column_of(comparison))?;
            let compares = compares(comparison.split_once(' ')?.1)?;
            hold &= value.is_some_and(|value| compares(&value, operand));
        }
        Some(hold)
    }

    pub(crate) fn push_to(&self, sql: &mut QueryBuilder<'static, Postgres>) {
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

fn column_of(comparison: &str) -> &str {
    comparison.split_once(' ').map_or(comparison, |(column, _)| column)
}

type Compares = fn(&Operand, &Operand) -> bool;

fn compares(operator: &str) -> Option<Compares> {
    match operator {
        "=" => Some(|value, operand| value == operand),
        "<" => Some(|value, operand| in_order(value, operand).is_some_and(|(value, at)| value < at)),
        "<=" => Some(|value, operand| in_order(value, operand).is_some_and(|(value, at)| value <= at)),
        ">" => Some(|value, operand| in_order(value, operand).is_some_and(|(value, at)| at < value)),
        ">=" => Some(|value, operand| in_order(value, operand).is_some_and(|(value, at)| at <= value)),
        "= any" => Some(|value, operand| {
            let word = if let Operand::Text(word) = value { Some(word) } else { None };
            let words = if let Operand::Words(words) = operand { Some(words) } else { None };
            word.zip(words).is_some_and(|(word, words)| words.contains(word))
        }),
        _ => None,
    }
}

fn in_order(value: &Operand, operand: &Operand) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    value.at().zip(operand.at())
}

impl Operand {
    /// The instant, if it is one: only instants are put in order.
    pub const fn at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(at) => Some(*at),
            Self::Id(_) | Self::Day(_) | Self::Text(_) | Self::Flag(_) | Self::Words(_) => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A row with one column of each kind, and one that is null.
    fn value_of(column: &str) -> Option<Option<Operand>> {
        match column {
            "id" => Some(Some(Uuid::from_u128(1).into())),
            "at" => Some(Some(DateTime::UNIX_EPOCH.into())),
            "word" => Some(Some("created".to_owned().into())),
            "gone" => Some(None),
            _ => None,
        }
    }

    fn hold(comparison: &'static str, operand: impl Into<Operand>) -> Option<bool> {
        let mut conditions = Conditions::default();
        conditions.and(comparison, operand);
        conditions.hold(value_of)
    }

    #[test]
    fn conditions_hold_for_a_row_as_they_do_in_sql() {
        let (at, later) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + chrono::TimeDelta::microseconds(1));
        assert_eq!(hold("id =", Uuid::from_u128(1)), Some(true));
        assert_eq!(hold("id =", Uuid::from_u128(2)), Some(false));
        for (comparison, with_same, with_later) in
            [("at <", false, true), ("at <=", true, true), ("at >", false, false), ("at >=", true, false)]
        {
            assert_eq!(hold(comparison, at), Some(with_same), "{comparison}");
            assert_eq!(hold(comparison, later), Some(with_later), "{comparison}");
        }
        assert_eq!(hold("word = any", vec!["confirmed", "created"]), Some(true));
        assert_eq!(hold("word = any", vec!["confirmed"]), Some(false));
        assert_eq!(hold("gone =", Uuid::from_u128(1)), Some(false), "null equals nothing");
        assert_eq!(hold("gone <", at), Some(false));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert_eq!(hold("colour =", "red".to_owned()), None);
        assert_eq!(hold("word like", "c".to_owned()), None);
        assert_eq!(hold("word", "c".to_owned()), None);
    }

    #[test]
    fn those_about_some_columns_can_be_taken_alone() {
        let (mut all, mut alone) = (Conditions::default(), Conditions::default());
        all.and("id =", Uuid::from_u128(1));
        all.and("at <", DateTime::UNIX_EPOCH);
        alone.and("id =", Uuid::from_u128(1));
        assert_eq!(all.about(&["id", "word"]), alone);
    }
}
