//! Where a page of a list ended.

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
}

impl Cursor {
    /// As `next_cursor` says it; opaque to callers.
    pub fn text(self, sort: Sort) -> String {
        format!("{}{}_{}", prefix(sort), self.at.timestamp_micros(), self.id.simple())
    }

    /// Reads one back that was given out for the same order.
    ///
    /// # Errors
    /// 400 `INVALID_QUERY` otherwise.
    pub fn read(text: &str, sort: Sort) -> Result<Self, Problem> {
        let parts = text.strip_prefix(&prefix(sort)).and_then(|rest| rest.split_once('_'));
        let at = parts.and_then(|(micros, _)| DateTime::from_timestamp_micros(micros.parse().ok()?));
        let at = at.filter(can_be_asked_for);
        let id = parts.and_then(|(_, id)| Uuid::try_parse(id).ok());
        at.zip(id).map(|(at, id)| Self { at, id }).ok_or_else(|| {
            let detail = "this is no cursor of ours, or one of another order";
            let error = FieldError::new("/cursor", "INVALID_VALUE", detail);
            Problem::malformed("INVALID_QUERY", detail).errors(vec![error])
        })
    }
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
            let cursor = Cursor { at, id: Uuid::from_u128(7) };
            assert_eq!(Cursor::read(&cursor.text(NEWEST), NEWEST).unwrap(), cursor);
        }
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let text = Cursor { at: DateTime::UNIX_EPOCH, id: Uuid::nil() }.text(NEWEST);
        for sort in [Sort { field: "start_time", ..NEWEST }, Sort { descending: false, ..NEWEST }] {
            assert_eq!(Cursor::read(&text, sort).unwrap_err().code(), "INVALID_QUERY");
        }
        let far = format!("-created_at.{}_{}", i64::MIN, Uuid::nil());
        assert!(Cursor::read(&far, NEWEST).is_err());
        for text in ["", "-created_at.", "-created_at.x_7", "-created_at.1", "-created_at.1_zz"] {
            assert!(Cursor::read(text, NEWEST).is_err(), "{text}");
        }
    }
}
