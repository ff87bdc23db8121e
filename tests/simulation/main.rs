//! The engine in virtual time: a seed decides who comes, what goes wrong, and in which order everything happens.
//!
//! ```text
//!   clients --ticket--> process (the writer's Core) --calls--> tables (journal.append) --read--> relay --> stream
//!      ^                    |                            ^                                           |
//!      +------ told --------+                            +------------ feed, read models <-----------+
//!
//!   the scheduler takes one step at a time: a turn, a call executed, a reply delivered or lost, a kill …
//! ```
//! **Real** are the writer's `Core`, flights, loads and groups (`journal/src/writer/`) with the use cases and the
//! world under them, the hole check, the audit, `encode` and `decode`, the plans of relay and feed, and the fold of
//! both read models. **Modelled** are what waits for servers, each file says what it mirrors: `append.rs` and
//! `tables.rs` (`migrations/0002_append.sql`), `process.rs` (`Writer::run`), `relay.rs` (`nats/src/relay/session.rs`),
//! `feed.rs` (`nats/src/feed.rs`), `model.rs` (`projections/src/runner/turn.rs`), and the stream.
//!
//! Each seed has two processes, two relays of which both may believe to lead, one or two workers for each of the two
//! read models, some customers on few seats and places, a timer, and often somebody who cancels a departure. When
//! all customers have their answers or enough has gone wrong, nothing more does, and everything has to come to rest:
//! `promises.rs` says what must hold then. `controls.rs` takes guards out, and demands that a promise breaks.
//!
//! `SIMULATION_SEEDS=n` chooses how many seeds, `SIMULATION_FIRST_SEED=n` the first. What was found comes with its
//! seed, and `SIMULATION_SEED=n cargo test --test simulation every_seed -- --nocapture` takes the same steps again,
//! in words. A seed means the same as long as the code of simulation and engine is the same.
//!
//! **Assumed:** a process hears of a lost reply before a derived key expires. Left out: sealing, the hash chain,
//! epochs, requests under a reused key.
#![expect(clippy::print_stdout, reason = "a run says how much it has looked at, and what happened")]

#[path = "../journal/support/airline.rs"]
mod airline;
mod append;
mod chance;
mod clients;
mod company;
mod connections;
mod controls;
mod feed;
mod guards;
mod model;
#[path = "../journal/support/passenger.rs"]
mod passenger;
mod plan;
mod process;
mod promises;
mod relay;
mod run;
mod scene;
mod server;
mod statement;
mod steps;
mod stream;
mod tables;
mod trace;
mod words;

use std::env;
use std::ops::Range;
use std::thread;
use std::time::Instant;

use guards::Guards;
use run::{Ended, run};
use tables::Counts;
use trace::Trace;

/// Seeds of one run of the tests.
const SEEDS: u64 = 10_000;

/// Threads that take seeds.
const THREADS: u64 = 2;

/// What must have happened somewhere, or the seeds have shown little.
const HAPPENS: [&str; 29] = [
    "accepted",
    "answered from the ledger",
    "group left out: moved",
    "name found to be another's",
    "FLIGHT_UNAVAILABLE",
    "SEAT_TAKEN",
    "PAYMENT_WINDOW_PASSED",
    "seat.claimed",
    "seat.released",
    "pool.claimed",
    "pool.released",
    "booking.created",
    "booking.confirmed",
    "booking.cancelled",
    "booking.expired",
    "departure.cancelled",
    "client gave up waiting",
    "process killed",
    "connection cut",
    "acknowledgement lost",
    "relay waited no longer",
    "relay killed",
    "lease lost unnoticed",
    "stream rolled back",
    "rows stored unheard of",
    "worker killed",
    "consumer went astray",
    "time passed",
    "told: unknown",
];

#[test]
fn every_seed_keeps_every_promise() {
    if let Some(seed) = chosen("SIMULATION_SEED") {
        return tell(seed);
    }
    let first = chosen("SIMULATION_FIRST_SEED").unwrap_or(0);
    let seeds = chosen("SIMULATION_SEEDS").unwrap_or(SEEDS);
    let began = Instant::now();
    let shares: Vec<_> =
        (0..THREADS).map(|n| first + seeds * n / THREADS..first + seeds * (n + 1) / THREADS).collect();
    let threads: Vec<_> = shares.into_iter().map(|share| thread::spawn(|| look_at(share))).collect();
    let (mut steps, mut counts) = (0, Counts::default());
    for looked in threads {
        let (taken, counted) = looked.join().expect("every promise is kept; the seed stands above");
        steps += taken;
        counts.add_all(&counted);
    }
    let took = began.elapsed();
    let per_minute = u128::from(seeds) * 60_000 / took.as_millis().max(1);
    println!("{seeds} seeds, {steps} steps in {took:.1?}: {per_minute} seeds per minute");
    counts.0.iter().for_each(|(what, times)| println!("{times:>9} {what}"));
    let never: Vec<_> = HAPPENS.into_iter().filter(|what| !counts.0.contains_key(what)).collect();
    assert!(seeds < SEEDS || never.is_empty(), "never happened: {never:?}");
}

#[test]
fn a_seed_is_the_same_in_every_run() {
    for seed in 0..50 {
        let hashes = [0, 1, 2].map(|_| run(seed, &Guards::default(), Trace::default()).trace.hash());
        assert_eq!(hashes, [hashes[0]; 3], "seed {seed}");
        let other = run(seed + 1, &Guards::default(), Trace::default()).trace.hash();
        assert_ne!(hashes[0], other, "seeds {seed} and the next");
    }
}

fn look_at(seeds: Range<u64>) -> (usize, Counts) {
    let (mut steps, mut counts) = (0, Counts::default());
    for seed in seeds {
        let _named = Named(seed);
        let ended = run(seed, &Guards::default(), Trace::default());
        assert!(ended.breaches.is_empty(), "seed {seed}: {:#?}", ended.breaches);
        steps += ended.steps;
        counts.add_all(&ended.counts);
    }
    (steps, counts)
}

/// One run, in words.
fn tell(seed: u64) {
    let Ended { breaches, trace, steps, .. } = run(seed, &Guards::default(), Trace::in_words());
    trace.lines().iter().for_each(|line| println!("{line}"));
    println!("seed {seed}: {steps} steps, hash {:016x}", trace.hash());
    assert!(breaches.is_empty(), "{}: {breaches:#?}", again(seed));
}

/// Says the seed of a run in which the engine itself panics.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("{}", again(self.0));
        }
    }
}

fn again(seed: u64) -> String {
    format!(
        "SIMULATION_SEED={seed} cargo test --workspace --locked --test simulation every_seed -- --nocapture"
    )
}

fn chosen(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text}")))
}
