//! The booking reference that people read out on the telephone.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// Crockford's base 32: no I, L, O or U, so that nothing is misread.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `BK-20261120-7K3M9Q`: the UTC day of creation and six letters, unique within a tenant (S3-8).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BookingReference(String);

impl BookingReference {
    /// The reference that `chance` (30 of its bits are used) gives on a day.
    pub fn new(day: NaiveDate, chance: u32) -> Self {
        let letter = |place: u32| char::from(LETTERS[(chance >> (5 * place) & 31) as usize]);
        let letters: String = (0..6).map(letter).collect();
        Self(format!("BK-{:04}{:02}{:02}-{letters}", day.year(), day.month(), day.day()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BookingReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_a_day_and_six_letters() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        assert_eq!(BookingReference::new(day, 0).as_str(), "BK-20261120-000000");
        assert_eq!(BookingReference::new(day, u32::MAX).as_str(), "BK-20261120-ZZZZZZ");
        assert_eq!(BookingReference::new(day, 33).as_str(), "BK-20261120-110000");
    }
}
