//! Which faults come when: made from a seed, printed as JSON, and run again from that.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

use super::fault::{Fault, Part, Target, Way};

/// Faults of other kinds for each ten kills.
const OTHERS_PER_TEN_KILLS: usize = 5;
/// Between the end of one fault and the next about the same thing: so long it may work.
const RESPITE_MS: u64 = 300;
/// The fastest and the slowest that a slow way is.
const SLOW_MS: [u64; 2] = [20, 400];
const CROWD: Crowd = Crowd { customers: 24, pace_ms: 20 };
/// How far a clock goes ahead; payment is due after 30 minutes.
const CLOCK_MINUTES: [u32; 2] = [1, 20];

/// Everything that chance decides about faults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub seed: u64,
    /// Customers are at work for so long.
    pub lasts_ms: u64,
    pub crowd: Crowd,
    /// In the order of their beginnings.
    pub steps: Vec<Step>,
}

/// How many customers there are, and how much they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crowd {
    pub customers: u64,
    /// Between two new deeds of all of them together, so that there are seats until the end.
    pub pace_ms: u64,
}

/// One fault, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub at_ms: u64,
    pub lasts_ms: u64,
    pub fault: Fault,
}

impl Plan {
    /// At least `kills` kills, and half as many other faults, spread over the time.
    pub fn from_seed(seed: u64, lasts_ms: u64, kills: usize) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let faults = faults(&mut chance, kills);
        let every_ms = lasts_ms / (faults.len() as u64 + 1);
        let (mut steps, mut free_from) = (vec![], HashMap::<Target, u64>::new());
        for (number, fault) in faults.into_iter().enumerate() {
            let wanted_ms = every_ms * number as u64 + chance.random_range(0..=every_ms);
            let free_ms = free_from.get(&fault.target()).copied().unwrap_or_default();
            let step = Step { at_ms: wanted_ms.max(free_ms), lasts_ms: lasts(&mut chance, fault), fault };
            free_from.insert(fault.target(), step.end_ms() + RESPITE_MS);
            steps.push(step);
        }
        steps.sort_by_key(|step| step.at_ms);
        Self { seed, lasts_ms, crowd: CROWD, steps }
    }

    pub fn load(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
    }

    pub fn store(&self, path: &Path) {
        fs::write(path, serde_json::to_string_pretty(self).unwrap()).unwrap();
    }
}

impl Step {
    pub const fn end_ms(&self) -> u64 {
        self.at_ms + self.lasts_ms
    }
}

/// Kinds are dealt like cards, so that a short plan has as many different ones as it can.
fn faults(chance: &mut StdRng, kills: usize) -> Vec<Fault> {
    let others = kills * OTHERS_PER_TEN_KILLS / 10;
    let mut faults = deal(chance, kills, kill_deck);
    faults.extend(deal(chance, others, other_deck));
    faults.shuffle(chance);
    faults
}

fn deal(chance: &mut StdRng, count: usize, deck: fn(&mut StdRng) -> Vec<Fault>) -> Vec<Fault> {
    let mut dealt = vec![];
    while dealt.len() < count {
        let mut cards = deck(chance);
        cards.shuffle(chance);
        cards.truncate(count - dealt.len());
        dealt.extend(cards);
    }
    dealt
}

fn kill_deck(chance: &mut StdRng) -> Vec<Fault> {
    let command_api = *[Part::FirstCommandApi, Part::SecondCommandApi].choose(chance).expect("two");
    let minutes = chance.random_range(CLOCK_MINUTES[0]..=CLOCK_MINUTES[1]);
    let mut deck = Part::ALL.map(Fault::Kill).to_vec();
    deck.extend([Fault::KillPostgres, Fault::KillNats, Fault::WipeNats, Fault::RollBackNats]);
    deck.push(Fault::MoveClock(command_api, minutes));
    deck
}

fn other_deck(chance: &mut StdRng) -> Vec<Fault> {
    let ways: Vec<Way> = Way::all().collect();
    let command_api = *[Part::FirstCommandApi, Part::SecondCommandApi].choose(chance).expect("two");
    let mut way = || *ways.choose(chance).expect("there are ways");
    let mut deck = vec![Fault::Cut(way()), Fault::Swallow(way()), Fault::LoseReplies(way())];
    deck.push(Fault::Forget(Way::ToPostgres(command_api)));
    let slow = way();
    deck.push(Fault::Slow(slow, chance.random_range(SLOW_MS[0]..=SLOW_MS[1])));
    deck.push(Fault::Pause(*Part::ALL.choose(chance).expect("there are parts")));
    deck.extend([Fault::FillDisk, Fault::Jam]);
    deck
}

fn lasts(chance: &mut StdRng, fault: Fault) -> u64 {
    let [least, most] = match fault {
        Fault::Kill(_) | Fault::KillNats | Fault::WipeNats | Fault::RollBackNats => [50, 1_500],
        Fault::KillPostgres => [0, 500],
        Fault::Jam => [0, 0],
        Fault::Cut(_) => [0, 1_500],
        Fault::Pause(_) | Fault::Swallow(_) | Fault::Forget(_) => [1_000, 7_000],
        Fault::LoseReplies(_) | Fault::Slow(..) | Fault::FillDisk => [1_000, 4_000],
        Fault::MoveClock(..) => [3_000, 10_000],
    };
    chance.random_range(least..=most)
}
