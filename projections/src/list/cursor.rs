//! Where a page of a list ended, and how many rows the list had when it was begun.
//!
//! The count goes along, because counting is what costs: the first page of a long list counts its rows once, and
//! each page after it is a few steps along an index.

use booking_http::{FieldError, Problem, Sort};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::moment::can_be_asked_for;

/// The last row of a page, by what the list is sorted by and, among equals, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// In whole microseconds.
    pub at: DateTime<Utc>,
    /// Of the booking, of the flight.
    pub id: Uuid,
    /// Rows on all pages, as counted for the first. A caller who makes one up misleads nobody else.
    pub total: u32,
}

impl Cursor {
    /// As `next_cursor` says it; opaque to callers.
    pub fn text(self, sort: Sort) -> String {
        format!("{}{}_{}_{}", prefix(sort), self.at.timestamp_micros(), self.id.simple(), self.total)
    }

    /// Reads one back that was given out for the same order.
    ///
    /// # Errors
    /// 400 `INVALID_QUERY` otherwise.
    pub fn read(text: &str, sort: Sort) -> Result<Self, Problem> {
        parse(text, sort).ok_or_else(|| {
            let detail = "this is no cursor of ours, or one of another order";
            let error = FieldError::new("/cursor", "INVALID_VALUE", detail);
            Problem::malformed("INVALID_QUERY", detail).errors(vec![error])
        })
    }
}

fn parse(text: &str, sort: Sort) -> Option<Cursor> {
    let mut parts = text.strip_prefix(&prefix(sort))?.splitn(3, '_');
    let at = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?).filter(can_be_asked_for)?;
    let id = Uuid::try_parse(parts.next()?).ok()?;
    Some(Cursor { at, id, total: parts.next()?.parse().ok()? })
}

fn prefix(sort: Sort) -> String {
    format!("{}{}.", if sort.descending { "-" } else { "" }, sort.field)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: Sort = Sort { field: "created_at", descending: true };

    #[test]
    fn a_cursor_is_read_as_it_was_given_out() {
        let at = DateTime::from_timestamp_micros(1_795_132_800_123_456).unwrap();
        for at in [at, DateTime::UNIX_EPOCH, DateTime::from_timestamp_micros(-1).unwrap()] {
            let cursor = Cursor { at, id: Uuid::from_u128(7), total: 300_525 };
            assert_eq!(Cursor::read(&cursor.text(NEWEST), NEWEST).unwrap(), cursor);
        }
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let text = Cursor { at: DateTime::UNIX_EPOCH, id: Uuid::nil(), total: 1 }.text(NEWEST);
        for sort in [Sort { field: "start_time", ..NEWEST }, Sort { descending: false, ..NEWEST }] {
            assert_eq!(Cursor::read(&text, sort).unwrap_err().code(), "INVALID_QUERY");
        }
        let far = format!("-created_at.{}_{}_1", i64::MIN, Uuid::nil().simple());
        let id = Uuid::nil().simple();
        let broken = ["", ".", ".x_7_1", ".1", ".1_zz_1"].map(|rest| format!("-created_at{rest}"));
        let uncounted =
            ["", "_", "_-1", "_1_1", "_4294967296"].map(|rest| format!("-created_at.1_{id}{rest}"));
        for text in [far].into_iter().chain(broken).chain(uncounted) {
            assert!(Cursor::read(&text, NEWEST).is_err(), "{text}");
        }
    }
}
