//! What a seed chooses before anything happens: who comes, what there is to sell, and what may go wrong.

use booking_journal::KeyOrigin;

use crate::chance::Chance;
use crate::clients::{Client, Wish};
use crate::scene;

/// What can go wrong, by kind; each seed has some of them, so that rare ones are not drowned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Impatience,
    LostReplies,
    CutConnections,
    KilledProcesses,
    Relays,
    LostLeases,
    LostStream,
    Workers,
    Clocks,
}

const TROUBLES: [Trouble; 9] = [
    Trouble::Impatience,
    Trouble::LostReplies,
    Trouble::CutConnections,
    Trouble::KilledProcesses,
    Trouble::Relays,
    Trouble::LostLeases,
    Trouble::LostStream,
    Trouble::Workers,
    Trouble::Clocks,
];

#[derive(Debug)]
pub struct Plan {
    pub departures: usize,
    pub seats: usize,
    pub places: u32,
    pub clients: usize,
    /// Families that a process keeps in memory.
    pub families_max: usize,
    pub troubles: Vec<Trouble>,
    /// One step in so many is a trouble.
    pub trouble_one_in: usize,
    /// Workers of each read model.
    pub workers: usize,
}

impl Plan {
    pub fn of(chance: &mut Chance) -> Self {
        Self {
            departures: 1 + chance.below(2),
            seats: 2 + chance.below(2),
            places: chance.pick(&[1, 1, 2]),
            clients: 3 + chance.below(3),
            families_max: chance.pick(&[2, 4, 1_000]),
            troubles: TROUBLES.into_iter().filter(|_| chance.one_in(2)).collect(),
            trouble_one_in: chance.pick(&[4, 8, 16]),
            workers: chance.pick(&[1, 1, 2]),
        }
    }

    /// Customers, and the one who cancels a departure and runs the timer.
    pub fn people(&self, chance: &mut Chance) -> Vec<Client> {
        let mut people: Vec<Client> = (0..self.clients).map(|n| self.customer(chance, n)).collect();
        let mut wishes = vec![(Wish::Expire, KeyOrigin::Derived, 0), (Wish::Expire, KeyOrigin::Derived, 0)];
        if chance.one_in(2) {
            let cancel = Wish::CancelDeparture(chance.below(self.departures));
            wishes.insert(chance.below(3), (cancel, KeyOrigin::Given, 1));
        }
        people.push(Client::new(self.clients, wishes));
        people
    }

    fn customer(&self, chance: &mut Chance, number: usize) -> Client {
        let wanted = scene::wish(chance, number, self.departures, self.seats);
        let mut wishes = vec![Wish::Place(wanted)];
        wishes.extend([Wish::Confirm, Wish::Cancel].into_iter().filter(|_| chance.one_in(2)));
        if chance.one_in(3) {
            wishes.push(Wish::Place(scene::wish(chance, number, self.departures, self.seats)));
        }
        let mut keyed = |wish| {
            let origin = chance.pick(&[KeyOrigin::Given, KeyOrigin::Given, KeyOrigin::Derived]);
            (wish, origin, usize::from(chance.one_in(4)))
        };
        Client::new(number, wishes.into_iter().map(&mut keyed).collect())
    }
}
