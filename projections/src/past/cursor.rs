//! Where a page of something that lies along the journal ended.

use booking_http::{Problem, Sort};

use super::when::refused;

/// The position of the last row of a page; opaque to callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionCursor(pub i64);

impl PositionCursor {
    /// As `next_cursor` says it.
    pub fn text(self) -> String {
        format!("position.{}", self.0)
    }

    /// Reads one back.
    ///
    /// # Errors
    /// 400 `INVALID_QUERY` for anything else.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let position = text.strip_prefix("position.").and_then(|digits| digits.parse().ok());
        let position = position.filter(|position| 0 <= *position);
        position.map(Self).ok_or_else(|| refused("cursor", "this is no cursor of ours"))
    }

    /// Whether it comes before another in this order.
    pub fn is_before(self, other: Self, sort: Sort) -> bool {
        if sort.descending { other.0 < self.0 } else { self.0 < other.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_given_out() {
        for position in [0, 7, i64::MAX] {
            let text = PositionCursor(position).text();
            assert_eq!(PositionCursor::read(&text).unwrap(), PositionCursor(position));
        }
        for text in ["", "7", "position.", "position.-1", "position.x", "position.9223372036854775808"] {
            assert_eq!(PositionCursor::read(text).unwrap_err().code(), "INVALID_QUERY", "{text}");
        }
    }
}
