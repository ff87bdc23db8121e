//! A bitmap of seats.

use std::ops::Range;

/// One bit for each seat; the lowest bit of the first byte is the first seat. Ends with its last set bit's
/// byte, so that equal maps have equal bytes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Bits(Vec<u8>);

impl Bits {
    /// As stored.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        let mut bits = Self(bytes);
        bits.trim();
        bits
    }

    /// To store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether a bit is set.
    pub fn has(&self, index: usize) -> bool {
        self.0.get(index / 8).is_some_and(|byte| byte & mask(index) != 0)
    }

    /// Sets a bit.
    pub fn set(&mut self, index: usize) {
        if self.0.len() <= index / 8 {
            self.0.resize(index / 8 + 1, 0);
        }
        self.0[index / 8] |= mask(index);
    }

    /// Clears a bit.
    pub fn clear(&mut self, index: usize) {
        if let Some(byte) = self.0.get_mut(index / 8) {
            *byte &= !mask(index);
        }
        self.trim();
    }

    /// Set bits within a range.
    pub fn count(&self, range: Range<usize>) -> usize {
        range.filter(|index| self.has(*index)).count()
    }

    fn trim(&mut self) {
        let used = self.0.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        self.0.truncate(used);
    }
}

const fn mask(index: usize) -> u8 {
    1 << (index % 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_set_counted_and_cleared() {
        let mut bits = Bits::default();
        for index in [0, 7, 8, 175] {
            bits.set(index);
        }
        assert_eq!((bits.has(8), bits.has(9), bits.has(9_999)), (true, false, false));
        assert_eq!((bits.count(0..8), bits.count(8..176), bits.as_bytes()[0]), (2, 2, 0b1000_0001));
        bits.clear(175);
        bits.clear(9_999);
        assert_eq!(bits.count(0..1_000), 3);
    }

    #[test]
    fn equal_maps_have_equal_bytes() {
        let mut bits = Bits::default();
        bits.set(3);
        let before = bits.clone();
        bits.set(100);
        bits.clear(100);
        assert_eq!(bits, before);
        assert_eq!(Bits::from_bytes(vec![8, 0, 0]), before);
    }
}
