//! Time travel, checked by a recorder: while bookings are placed, confirmed and cancelled at random, it reads each
//! state as it comes and keeps it with its position. Later the engine is asked for how all of it was, and must say
//! what the recorder saw. The recorder finds out by itself which position an instant is.
//!
//! `BOOKING_RECORDER_BOOKINGS` and `BOOKING_RECORDER_INSTANTS` make it long, `BOOKING_RECORDER_SEED` another one.

mod check;
mod company;
mod record;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use check::Checker;
use company::Company;

const BOOKINGS: usize = 40;
const INSTANTS: usize = 12;
const SEED: u64 = 7;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_recorder_saw_is_what_there_was() {
    let (bookings, instants) =
        (of("BOOKING_RECORDER_BOOKINGS", BOOKINGS), of("BOOKING_RECORDER_INSTANTS", INSTANTS));
    let seed = of("BOOKING_RECORDER_SEED", SEED as usize) as u64;
    let mut chance = StdRng::seed_from_u64(seed);
    let mut company = Company::found().await;
    company.live(&mut chance, bookings).await;
    let checker = Checker::of(company).await;
    for _ in 0..instants {
        let instant = checker.any_instant(&mut chance);
        checker.at(instant, &mut chance).await;
    }
    checker.each_booking_once(&mut chance).await;
    checker.would_notice().await;
    println!("seed {seed}: {}", checker.said());
    assert_eq!(checker.differences(), Vec::<String>::new());
}

/// A number of the environment.
fn of(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// One of `0..count`.
fn any(chance: &mut StdRng, count: usize) -> usize {
    chance.random_range(0..count)
}
