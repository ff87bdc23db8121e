//! A span of time, half open: `[from, until)`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::instant;

/// A span that covers at least an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Ends")]
pub struct Span {
    #[serde(serialize_with = "instant::utc")]
    from: DateTime<Utc>,
    #[serde(serialize_with = "instant::utc")]
    until: DateTime<Utc>,
}

/// A span must end after it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a span must end after it starts")]
pub struct EmptySpan;

#[derive(Deserialize)]
struct Ends {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Span {
    /// The span from `from`, inclusive, to `until`, exclusive.
    ///
    /// # Errors
    /// [`EmptySpan`] unless `from < until`.
    pub fn new(from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Self, EmptySpan> {
        if until <= from {
            return Err(EmptySpan);
        }
        Ok(Self { from, until })
    }

    /// First instant covered.
    pub const fn from(&self) -> DateTime<Utc> {
        self.from
    }

    /// First instant no longer covered.
    pub const fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// Whether the two share an instant.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

impl TryFrom<Ends> for Span {
    type Error = EmptySpan;

    fn try_from(ends: Ends) -> Result<Self, EmptySpan> {
        Self::new(ends.from, ends.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_only_touch_do_not_overlap() {
        let at = |hour: i64| DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour);
        let span = |from, until| Span::new(at(from), at(until)).unwrap();
        assert!(span(8, 10).overlaps(&span(9, 11)));
        assert!(!span(8, 10).overlaps(&span(10, 11)));
        assert_eq!(Span::new(at(8), at(8)), Err(EmptySpan));
    }
}
