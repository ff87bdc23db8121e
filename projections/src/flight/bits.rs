//! A bitmap of seats.

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
    fn bits_are_set_and_cleared() {
        let mut bits = Bits::default();
        for index in [0, 7, 8, 175] {
            bits.set(index);
        }
        let set = |bits: &Bits| (0..10_000).filter(|index| bits.has(*index)).collect::<Vec<_>>();
        assert_eq!(set(&bits), [0, 7, 8, 175]);
        assert_eq!((bits.as_bytes().len(), bits.as_bytes()[0]), (22, 0b1000_0001));
        bits.clear(175);
        bits.clear(9_999);
        assert_eq!(set(&bits), [0, 7, 8]);
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
