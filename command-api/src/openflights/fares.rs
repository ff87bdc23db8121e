use booking_domain::values::{Cabin, Cabins, Class, Currency, Money, Places, Rows, Seating};

use super::aircraft::{Aircraft, Block, Seats, Travel};

/// How seats in economy are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boarding {
    /// Each seat has its number.
    Assigned,
    /// Who comes first sits where they like: economy is only counted.
    Free,
}

/// What an aircraft has to sell on a route of so many km.
pub fn cabins(aircraft: &Aircraft, boarding: Boarding, km: u32) -> Cabins {
    let mut rows_before = 0;
    let cabin = |block: &Block| Cabin {
        class: Class::new(block.class.word()).expect("each word of Travel is a class"),
        seating: seating(*block, boarding, &mut rows_before),
        price: fare(block.class, km),
    };
    let cabins = aircraft.cabins.iter().map(cabin).collect();
    Cabins::new(cabins).expect("the cabins of each aircraft are sound: a test builds them all")
}

fn seating(block: Block, boarding: Boarding, rows_before: &mut u16) -> Seating {
    let (rows, letters) = match block.seats {
        Seats::Pool(places) => return counted(places),
        Seats::Rows(rows, letters) => (rows, letters),
    };
    let (first_row, last_row) = (*rows_before + 1, *rows_before + rows);
    *rows_before = last_row;
    let rows = Rows { first_row, last_row, letters: letters.into() };
    match (block.class, boarding) {
        (Travel::Economy, Boarding::Free) => counted(rows.capacity()),
        (Travel::First | Travel::Business | Travel::PremiumEconomy, Boarding::Free)
        | (_, Boarding::Assigned) => Seating::Numbered(rows),
    }
}

const fn counted(count: u32) -> Seating {
    Seating::Counted(Places { count, overbooking_limit: 0 })
}

/// Economy: 35 dollars, 10 for each 100 km up to 1,500 km and 6 for each 100 km beyond; premium economy 1.6,
/// business 3 and first 5 times as much. Rounded down to whole dollars.
fn fare(class: Travel, km: u32) -> Money {
    let near = km.min(1500);
    let economy = 35 + (near * 10 + (km - near) * 6) / 100;
    let tenths = match class {
        Travel::First => 50,
        Travel::Business => 30,
        Travel::PremiumEconomy => 16,
        Travel::Economy => 10,
    };
    Money::of(i64::from(economy * tenths / 10) * 100, Currency::USD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_aircraft_makes_sound_cabins_and_has_an_economy() {
        for aircraft in Aircraft::all() {
            for boarding in [Boarding::Assigned, Boarding::Free] {
                let economy = Class::new("economy").unwrap();
                assert!(cabins(aircraft, boarding, 1000).of(&economy).is_some(), "{}", aircraft.codes);
            }
        }
    }

    #[test]
    fn free_seating_counts_the_same_places() {
        for aircraft in Aircraft::all() {
            let seats = |boarding| cabins(aircraft, boarding, 1).iter().map(Cabin::capacity).sum::<u32>();
            assert_eq!(seats(Boarding::Assigned), seats(Boarding::Free), "{}", aircraft.codes);
        }
    }

    #[test]
    fn fares_are_whole_dollars_by_distance_and_class() {
        let dollars = |class, km| fare(class, km).amount();
        assert_eq!(dollars(Travel::Economy, 0), "35.00");
        assert_eq!(dollars(Travel::Economy, 1500), "185.00");
        assert_eq!(dollars(Travel::Economy, 3974), "333.00");
        assert_eq!(dollars(Travel::PremiumEconomy, 3974), "532.00");
        assert_eq!(dollars(Travel::Business, 3974), "999.00");
        assert_eq!(dollars(Travel::First, 20_015), "6475.00");
    }
}
