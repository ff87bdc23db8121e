use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::hash;

/// Most pairs of airports that one designator can number: out odd, back even, up to 9998.
pub const PAIRS_MAX: u32 = 4999;

/// Two airports that an airline flies between, whichever way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Two airlines may share one; they do not share numbers.
    pub designator: Arc<str>,
    pub airline: Box<str>,
    /// The code that sorts first.
    pub low: Arc<str>,
    pub high: Arc<str>,
}

/// Flight numbers of all pairs.
///
/// A pair takes the number that its hash names, or the next that is free, so that a route more or less in
/// the tables leaves nearly all other numbers as they are.
pub struct Numbers(BTreeMap<Pair, u32>);

impl Numbers {
    /// Gives out the numbers in the order of pairs; who comes when none is left has none.
    pub fn of(pairs: BTreeSet<Pair>) -> Self {
        let mut taken: BTreeSet<(Arc<str>, u32)> = BTreeSet::new();
        let number = |pair: Pair| {
            let first = hash::below(PAIRS_MAX, &["number", &pair.designator, &pair.low, &pair.high]);
            let mut wishes = (0..PAIRS_MAX).map(|later| (first + later) % PAIRS_MAX);
            let free = wishes.find(|wish| taken.insert((pair.designator.clone(), *wish)))?;
            Some((pair, free))
        };
        Self(pairs.into_iter().filter_map(number).collect())
    }

    /// Such as `AA101`: odd from low to high, even back.
    pub fn flight_number(&self, pair: &Pair, origin: &str) -> Option<Box<str>> {
        let back = u32::from(*origin != *pair.low);
        let number = self.0.get(pair)? * 2 + 1 + back;
        Some(format!("{}{number}", pair.designator).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(low: &str, high: &str) -> Pair {
        Pair { designator: "AA".into(), airline: "24".into(), low: low.into(), high: high.into() }
    }

    fn many(count: u32) -> BTreeSet<Pair> {
        (0..count).map(|number| pair("AAA", &format!("{number:04}"))).collect()
    }

    #[test]
    fn out_is_odd_and_back_is_the_next_even() {
        let numbers = Numbers::of([pair("JFK", "LAX")].into());
        let number = |origin| numbers.flight_number(&pair("JFK", "LAX"), origin).unwrap();
        let digits = |origin| number(origin)[2..].parse::<u32>().unwrap();
        assert_eq!(digits("JFK") % 2, 1);
        assert_eq!(digits("LAX"), digits("JFK") + 1);
    }

    #[test]
    fn every_pair_has_its_own_number_until_none_is_left() {
        let pairs = many(PAIRS_MAX + 1);
        let numbers = Numbers::of(pairs.clone());
        let given: BTreeSet<_> = pairs.iter().filter_map(|pair| numbers.flight_number(pair, "AAA")).collect();
        assert_eq!(given.len() as u32, PAIRS_MAX);
        assert!(given.iter().all(|number| number.len() <= 6), "four digits at most");
    }

    #[test]
    fn a_pair_more_leaves_nearly_all_numbers_as_they_are() {
        let before = Numbers::of(many(1000));
        let mut pairs = many(1000);
        pairs.insert(pair("AAA", "0000A"));
        let after = Numbers::of(pairs);
        let kept = |pair: &&Pair| before.flight_number(pair, "AAA") == after.flight_number(pair, "AAA");
        assert!(995 <= many(1000).iter().filter(kept).count());
    }
}
