//! Chance as a tester: whatever the order of requests, commits and losses, no unit is sold twice, and the world
//! stays what the journal says.

use std::collections::{HashMap, VecDeque};

use super::*;
use crate::booking::samples::{PAYMENT_WINDOW, staff};
use crate::pool::Pool;
use crate::seat::Seat;
use crate::values::{ClaimId, SeatNumber};

const STORIES: u64 = 40;
const STEPS: u64 = 200;

/// So many families stay in memory when it is tidied up: fewer than the stories use.
const FAMILIES_MAX: usize = 6;

#[test]
fn no_seat_is_claimed_twice_and_no_pool_oversold() {
    let (mut sold, mut given_back, mut refused) = (0, 0, 0);
    for seed in 0..STORIES {
        let writer = Writer::after_story(seed);
        let mut seats: HashMap<SeatNumber, ClaimId> = HashMap::new();
        let mut places: HashMap<ClaimId, u32> = HashMap::new();
        for placed in &writer.journal {
            match &placed.event {
                Event::Seat(SeatEvent::Claimed { seat_number, claim_id, .. }) => {
                    assert_eq!(seats.insert(*seat_number, *claim_id), None, "seed {seed}: {placed:?}");
                    sold += 1;
                }
                Event::Seat(SeatEvent::Released { seat_number, claim_id, .. }) => {
                    assert_eq!(seats.remove(seat_number), Some(*claim_id), "seed {seed}: {placed:?}");
                    given_back += 1;
                }
                Event::Pool(PoolEvent::Claimed { claim_id, units, .. }) => {
                    assert_eq!(places.insert(*claim_id, *units), None, "seed {seed}: {placed:?}");
                    assert!(places.values().sum::<u32>() <= 3, "seed {seed}: {placed:?}");
                }
                Event::Pool(PoolEvent::Released { claim_id, .. }) => {
                    assert!(places.remove(claim_id).is_some(), "seed {seed}: {placed:?}");
                }
                Event::Seat(SeatEvent::Blocked { .. } | SeatEvent::Unblocked { .. })
                | Event::Pool(PoolEvent::CapacityChanged { .. })
                | Event::Tenant(_)
                | Event::Departure(_)
                | Event::Booking(_)
                | Event::Customer(_)
                | Event::User(_) => {}
            }
        }
        refused += writer.refused;
    }
    assert!(0 < sold && 0 < given_back && 0 < refused, "stories in which nothing happens prove nothing");
}

#[test]
fn a_world_that_lived_is_the_world_folded_anew() {
    for seed in 0..STORIES {
        let mut writer = Writer::after_story(seed);
        writer.bring(&place(1, &[any(100, 1)]));
        for booking in 1..=writer.booked {
            writer.bring(&confirm(booking));
        }
        let anew = Given { history: writer.journal.clone(), names: vec![] }.world();
        assert_eq!(occupancy(&writer.world), occupancy(&anew), "seed {seed}");
        for booking in 1..=writer.booked {
            let of = |world: &World| world.booking(tenant(1), id(booking)).cloned();
            assert_eq!(of(&writer.world), of(&anew), "seed {seed}: booking {booking}");
        }
    }
}

#[test]
fn sequences_run_from_one_without_a_gap() {
    for seed in 0..STORIES {
        let mut last: HashMap<StreamId, i64> = HashMap::new();
        for placed in Writer::after_story(seed).journal {
            let last = last.entry(placed.stream.clone()).or_default();
            assert_eq!(placed.sequence, *last + 1, "seed {seed}: {placed:?}");
            *last = placed.sequence;
        }
    }
}

/// Decides on the world, commits in order, and now and then loses all that was under way.
struct Writer {
    chance: Chance,
    world: World,
    journal: Vec<Placed>,
    under_way: VecDeque<(u64, Vec<Placed>)>,
    commits: u64,
    booked: u128,
    refused: u32,
}

impl Writer {
    fn after_story(seed: u64) -> Self {
        let mut writer = Self {
            chance: Chance(seed),
            world: World::default(),
            journal: selling().history,
            under_way: VecDeque::new(),
            commits: 0,
            booked: 0,
            refused: 0,
        };
        for _ in 0..STEPS {
            writer.step();
        }
        while !writer.under_way.is_empty() {
            writer.commit();
        }
        writer
    }

    fn step(&mut self) {
        match self.chance.below(20) {
            0..=6 => self.place(),
            7..=9 => self.change(cancel),
            10 => self.change(confirm),
            11 => self.change(expire),
            12..=17 => self.commit(),
            18 => self.world.shrink_to(FAMILIES_MAX),
            _ => {
                self.world.despair();
                self.under_way.clear();
            }
        }
    }

    fn place(&mut self) {
        self.booked += 1;
        let mut seat = || ["2A", "2B", "2C", "2D", "3A", "3B", "3C", "3D"][self.chance.below(8)];
        let (first, second) = (seat(), seat());
        let wanted = match self.chance.below(4) {
            0 => exactly(100, &[first]),
            1 => exactly(100, &[first, second]),
            2 => preferring(100, &[first, second], 2),
            _ => in_class(100, "lounge", 1 + self.chance.below(2)),
        };
        self.ask(&place(self.booked, &[wanted]));
    }

    fn change(&mut self, case: fn(u128) -> UseCase) {
        let booking = 1 + self.chance.below(12) as u128;
        self.ask(&case(self.booked.saturating_sub(booking)));
    }

    fn ask(&mut self, case: &UseCase) {
        self.bring(case);
        let outcome = decide(&self.world, tenant(1), case);
        self.refused += u32::from(outcome.refusal.is_some());
        if !outcome.drafted.events.is_empty() {
            self.commits += 1;
            self.world.hope(self.commits, &outcome.drafted.events);
            self.under_way.push_back((self.commits, outcome.drafted.events));
        }
    }

    /// The oldest commit is in the journal; sometimes that is read before the commit is answered.
    fn commit(&mut self) {
        let Some((commit, events)) = self.under_way.pop_front() else { return };
        self.journal.extend(events.iter().cloned());
        if self.chance.below(3) == 0 {
            events.iter().for_each(|placed| self.world.learn(placed));
        }
        self.world.fulfil(commit, &events);
        if self.chance.below(3) == 0 {
            events.iter().for_each(|placed| self.world.learn(placed));
        }
    }

    /// Takes in what a use case needs, as far as the journal has it.
    fn bring(&mut self, case: &UseCase) {
        loop {
            let needs = case.needs(tenant(1), &self.world);
            let missing: Vec<Family> =
                needs.into_iter().filter(|family| !self.world.holds(*family)).collect();
            if missing.is_empty() {
                return;
            }
            for family in missing {
                let of_family = |placed: &&Placed| placed.stream.family() == family;
                let history: Vec<Placed> = self.journal.iter().filter(of_family).cloned().collect();
                self.world.take_in(family, &history);
            }
        }
    }
}

fn occupancy(world: &World) -> (Vec<Seat>, Pool) {
    let mut draft = Draft::new(world, tenant(1));
    let mut seats = vec![];
    for rows in cabins().iter().filter_map(Cabin::rows) {
        seats.extend(
            rows.seats().map(|seat| draft.peek(&StreamId::Seat(id(100), seat), |seat: &Seat| seat.clone())),
        );
    }
    let pool = draft.peek(&StreamId::Pool(id(100), class("lounge")), Pool::clone);
    (seats, pool)
}

fn cancel(booking: u128) -> UseCase {
    UseCase::CancelBooking(CancelBooking {
        booking_id: id(booking),
        by: staff(),
        reason: "user_requested".to_owned(),
        comments: None,
        now: NOW,
    })
}

fn confirm(booking: u128) -> UseCase {
    UseCase::ConfirmBooking(ConfirmBooking { booking_id: id(booking), by: staff(), now: NOW })
}

fn expire(booking: u128) -> UseCase {
    UseCase::ExpireBooking(ExpireBooking { booking_id: id(booking), now: NOW + PAYMENT_WINDOW })
}

/// The same numbers for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}
