//! A numbered seat, such as `12A`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Highest row that a seat can be in.
pub const ROW_MAX: u16 = 999;

/// Row and letter. Orders by row, then letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SeatNumber {
    row: u16,
    letter: u8,
}

/// The text is not a row from 1 to [`ROW_MAX`] and one letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a seat number such as 12A")]
pub struct NotASeatNumber(String);

impl SeatNumber {
    /// The seat in `row` (1 to [`ROW_MAX`]) at `letter` (A to Z).
    pub const fn new(row: u16, letter: u8) -> Option<Self> {
        if 0 < row && row <= ROW_MAX && letter.is_ascii_uppercase() {
            return Some(Self { row, letter });
        }
        None
    }

    /// 1 to [`ROW_MAX`].
    pub const fn row(&self) -> u16 {
        self.row
    }

    /// `A` to `Z`.
    pub const fn letter(&self) -> u8 {
        self.letter
    }
}

impl fmt::Display for SeatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.row, char::from(self.letter))
    }
}

impl FromStr for SeatNumber {
    type Err = NotASeatNumber;

    /// Any case in, leading zeros allowed.
    fn from_str(text: &str) -> Result<Self, NotASeatNumber> {
        let wrong = || NotASeatNumber(text.chars().take(16).collect());
        let (row, letter) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
        let letter = letter.bytes().next().ok_or_else(wrong)?.to_ascii_uppercase();
        if row.is_empty() || !row.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        Self::new(row.parse().map_err(|_| wrong())?, letter).ok_or_else(wrong)
    }
}

impl TryFrom<String> for SeatNumber {
    type Error = NotASeatNumber;

    fn try_from(text: String) -> Result<Self, NotASeatNumber> {
        text.parse()
    }
}

impl From<SeatNumber> for String {
    fn from(seat: SeatNumber) -> Self {
        seat.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_in_any_case_and_written_in_one() {
        assert_eq!("12a".parse::<SeatNumber>().unwrap().to_string(), "12A");
        assert_eq!("007K".parse::<SeatNumber>().unwrap().to_string(), "7K");
    }

    #[test]
    fn what_is_no_seat_is_said_so() {
        for text in ["", "A", "12", "0A", "1000A", "12AB", "A12", "-1A", "1 A", "12é", "é"] {
            assert!(text.parse::<SeatNumber>().is_err(), "{text}");
        }
    }
}
