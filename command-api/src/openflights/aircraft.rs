use std::collections::BTreeMap;

use super::fleet::{FLEET, OTHER};

/// What flies a route: how fast, and what it has to sell.
#[derive(Debug)]
pub struct Aircraft {
    /// IATA and ICAO codes of its types, parted by blanks.
    pub codes: &'static str,
    pub cruise_kmh: u32,
    /// Front to back.
    pub cabins: &'static [Block],
}

/// One class on board.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    pub class: Travel,
    pub seats: Seats,
}

/// A class of travel, dearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Travel {
    First,
    Business,
    PremiumEconomy,
    Economy,
}

/// Seats with numbers, or only so many of them.
#[derive(Debug, Clone, Copy)]
pub enum Seats {
    /// So many rows, and the letters of each with a blank for an aisle.
    Rows(u16, &'static str),
    /// Free seating.
    Pool(u32),
}

impl Aircraft {
    /// The first type of a route's equipment that is known; freighters are not.
    pub fn of(equipment: &str, planes: &BTreeMap<Box<str>, Option<Box<str>>>) -> Option<&'static Self> {
        equipment.split_ascii_whitespace().find_map(|iata| {
            let listed = planes.get(iata);
            let by_icao = || listed?.as_deref().and_then(Self::by_code);
            Self::by_code(iata).or_else(by_icao).or_else(|| listed.map(|_| &OTHER))
        })
    }

    fn by_code(code: &str) -> Option<&'static Self> {
        FLEET.iter().find(|aircraft| aircraft.codes.split(' ').any(|known| known == code))
    }

    /// Every aircraft that can be met.
    #[cfg(test)]
    pub fn all() -> impl Iterator<Item = &'static Self> {
        FLEET.iter().chain([&OTHER])
    }
}

impl Travel {
    /// The word of the cabin.
    pub const fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Business => "business",
            Self::PremiumEconomy => "premium_economy",
            Self::Economy => "economy",
        }
    }
}
