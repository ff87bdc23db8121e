use booking_domain::values::{Class, DepartureId, SeatNumber};
use rand::RngExt;
use rand::rngs::StdRng;

/// A booking is for so many.
pub const PARTY: usize = 2;

/// What one departure still has, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnSale {
    pub flight_id: DepartureId,
    pub seats: Vec<SeatNumber>,
    /// Places left by class.
    pub pools: Vec<(Class, u32)>,
}

/// What one booking asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    Seats(DepartureId, [SeatNumber; PARTY]),
    Places(DepartureId, Class),
}

/// Everything on sale. Nothing is handed out twice, so that only others can be in the way.
pub struct Offers {
    seated: Vec<(DepartureId, Vec<SeatNumber>)>,
    pooled: Vec<(DepartureId, Class, u32)>,
    pools_percent: u32,
}

impl Offers {
    /// So many of a hundred picks are places of pools, as long as there are both.
    pub fn new(departures: Vec<OnSale>, pools_percent: u32) -> Self {
        let (mut seated, mut pooled) = (vec![], vec![]);
        for OnSale { flight_id, seats, pools } in departures {
            if PARTY <= seats.len() && pools_percent < 100 {
                seated.push((flight_id, seats));
            }
            let enough = pools.into_iter().filter(|(_, left)| PARTY as u32 <= *left && 0 < pools_percent);
            pooled.extend(enough.map(|(class, left)| (flight_id, class, left)));
        }
        Self { seated, pooled, pools_percent }
    }

    /// Random units of a random departure; nothing when all is handed out.
    pub fn next(&mut self, chance: &mut StdRng) -> Option<Pick> {
        if chance.random_range(0..100) < self.pools_percent {
            return self.places(chance).or_else(|| self.seats(chance));
        }
        self.seats(chance).or_else(|| self.places(chance))
    }

    fn seats(&mut self, chance: &mut StdRng) -> Option<Pick> {
        let place = any(chance, self.seated.len())?;
        let (flight_id, free) = &mut self.seated[place];
        let flight_id = *flight_id;
        let picked = [(); PARTY].map(|()| any(chance, free.len()).map(|seat| free.swap_remove(seat)));
        if free.len() < PARTY {
            self.seated.swap_remove(place);
        }
        let [Some(one), Some(other)] = picked else { return None };
        Some(Pick::Seats(flight_id, [one, other]))
    }

    fn places(&mut self, chance: &mut StdRng) -> Option<Pick> {
        let place = any(chance, self.pooled.len())?;
        let (flight_id, class, left) = &mut self.pooled[place];
        let pick = Pick::Places(*flight_id, class.clone());
        *left -= PARTY as u32;
        if *left < PARTY as u32 {
            self.pooled.swap_remove(place);
        }
        Some(pick)
    }
}

fn any(chance: &mut StdRng, count: usize) -> Option<usize> {
    (0 < count).then(|| chance.random_range(0..count))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use booking_domain::values::Rows;
    use rand::SeedableRng;
    use uuid::Uuid;

    use super::*;

    fn departure(number: u128, rows: u16, places: u32) -> OnSale {
        let rows = Rows { first_row: 1, last_row: rows, letters: "AC DF".into() };
        let pools = if 0 < places { vec![(Class::new("lawn").unwrap(), places)] } else { vec![] };
        OnSale { flight_id: Uuid::from_u128(number).into(), seats: rows.seats().collect(), pools }
    }

    fn all(departures: Vec<OnSale>, pools_percent: u32) -> Vec<Pick> {
        let (mut offers, mut chance) = (Offers::new(departures, pools_percent), StdRng::seed_from_u64(7));
        std::iter::from_fn(|| offers.next(&mut chance)).collect()
    }

    #[test]
    fn everything_is_handed_out_once() {
        let picks = all(vec![departure(1, 10, 5), departure(2, 3, 0)], 33);
        let mut seats = BTreeSet::new();
        for pick in &picks {
            if let Pick::Seats(flight_id, pair) = pick {
                assert!(pair.iter().all(|seat| seats.insert((*flight_id, *seat))), "{pick:?}");
            }
        }
        assert_eq!(seats.len(), 52);
        assert_eq!(picks.len(), 26 + 2, "a fifth place is not enough for two");
    }

    #[test]
    fn pools_get_their_part() {
        let half = all(vec![departure(1, 250, 1_000)], 50);
        let early = half.iter().take(400).filter(|pick| matches!(pick, Pick::Places(..))).count();
        assert!((150..250).contains(&early), "{early}");
        assert!(all(vec![departure(1, 0, 10)], 0).is_empty());
        assert!(all(vec![departure(1, 10, 0)], 100).is_empty());
    }

    #[test]
    fn a_seed_makes_the_same_choices() {
        let departures = || vec![departure(1, 10, 10), departure(2, 10, 10)];
        assert_eq!(all(departures(), 33), all(departures(), 33));
    }
}
