//! The runs, one after the other.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::arena::Arena;
use super::flights::Flights;
use super::outcome::{Conditions, Run, Side};
use super::process::Served;
use super::{BenchArgs, say};
use crate::bench::load::Report;
use crate::dev::DEMO;
use crate::exit::Failure;

/// Sizes of the baseline's pool that are tried, for the best of them to compete.
const POOLS: [u32; 4] = [10, 32, 64, 128];
const POOLS_QUICK: [u32; 1] = [32];

/// How long each size is tried, and how long either side warms up.
const TRY_SECONDS: u64 = 2;

/// Seats of a booking.
const SEATS: u64 = 2;

/// More bookings a second than one process can be expected to take. When it is more, seats run out and the run
/// ends early, with right figures.
const BOOKINGS_PER_S_MAX: u64 = 30_000;
const STOCK_BOOKINGS_PER_S_MAX: u64 = 6_000;

/// How long a process may take beyond the run itself.
const GRACE: Duration = Duration::from_secs(60);

/// Longest time to schedule all flights.
const SEED_WITHIN: Duration = Duration::from_secs(300);

/// What is run.
pub struct Plan {
    clients: Vec<u32>,
    seconds: u64,
    rounds: u32,
    pools: &'static [u32],
}

/// Both sides, up and waiting.
pub struct Contest<'a> {
    arena: &'a Arena,
    plan: Plan,
    flights: Flights,
    ours: Served,
    /// By size of the pool.
    stock: BTreeMap<u32, Served>,
    /// The best size for each count of clients.
    best: BTreeMap<u32, u32>,
}

impl Plan {
    pub fn new(args: &BenchArgs) -> Self {
        let (seconds, rounds, pools) = if args.quick { (2, 2, &POOLS_QUICK[..]) } else { (4, 3, &POOLS[..]) };
        let mut clients = args.clients.clone();
        clients.sort_unstable();
        clients.dedup();
        Self {
            clients,
            seconds: args.seconds.unwrap_or(seconds),
            rounds: args.rounds.unwrap_or(rounds),
            pools,
        }
    }

    /// Roughly: what a process takes to start is guessed.
    pub fn seconds_in_all(&self) -> u64 {
        let runs = self.clients.len() as u64;
        let tries = 2 + self.tries() * runs;
        10 + tries * (TRY_SECONDS + 1) + 2 * runs * u64::from(self.rounds) * (self.seconds + 1)
    }

    /// There is nothing to choose from one.
    const fn tries(&self) -> u64 {
        if self.pools.len() == 1 { 0 } else { self.pools.len() as u64 }
    }

    fn seats(&self) -> u64 {
        let runs = self.clients.len() as u64;
        let rounds = runs * u64::from(self.rounds) * seats(self.seconds, BOOKINGS_PER_S_MAX);
        let tries = runs * self.tries() * seats(TRY_SECONDS, STOCK_BOOKINGS_PER_S_MAX);
        rounds + tries + seats(TRY_SECONDS, BOOKINGS_PER_S_MAX)
    }
}

const fn seats(seconds: u64, bookings_per_s: u64) -> u64 {
    seconds * bookings_per_s * SEATS
}

impl<'a> Contest<'a> {
    /// Starts both sides on the same flights, and warms them up.
    pub async fn prepare(arena: &'a Arena, plan: Plan) -> Result<Self, Failure> {
        let flights = Flights::with_seats(plan.seats(), arena.folder.clone());
        let (from, days) = (flights.from.to_string(), flights.days.to_string());
        say(&format!("scheduling the flights of {days} days"));
        arena.ours(&["seed", "--from", &from, "--days", &days]).output(SEED_WITHIN).await?;
        let ours = arena.ours(&["command-api"]).serve().await?;
        let mut stock = BTreeMap::new();
        for pool in plan.pools {
            let size = pool.to_string();
            let baseline = ["bench-baseline", "--from", &from, "--days", &days, "--pool", &size];
            stock.insert(*pool, arena.stock(&baseline).serve().await?);
        }
        let best = plan.clients.iter().map(|clients| (*clients, plan.pools[0])).collect();
        let mut contest = Self { arena, plan, flights, ours, stock, best };
        contest.warm_up().await?;
        Ok(contest)
    }

    /// What it measures does not count.
    async fn warm_up(&mut self) -> Result<(), Failure> {
        let file = self.flights.file_with_seats(seats(TRY_SECONDS, BOOKINGS_PER_S_MAX))?;
        let clients = self.plan.clients[0];
        for (side, port) in
            [(Side::Ours, self.ours.port), (Side::Stock, self.stock[&self.best[&clients]].port)]
        {
            let report = self.run(port, clients, TRY_SECONDS, &file).await?;
            say(&format!("warming up: {}", line(side, &report)));
        }
        Ok(())
    }

    /// Finds the size of pool with which the baseline is fastest, for each count of clients.
    pub async fn choose_pools(&mut self) -> Result<(), Failure> {
        for clients in self.plan.clients.clone().into_iter().filter(|_| 0 < self.plan.tries()) {
            let mut fastest = 0;
            for pool in self.plan.pools {
                let file = self.flights.file_with_seats(seats(TRY_SECONDS, STOCK_BOOKINGS_PER_S_MAX))?;
                let report = self.run(self.stock[pool].port, clients, TRY_SECONDS, &file).await?;
                say(&format!("pool of {pool}: {}", line(Side::Stock, &report)));
                if fastest < report.bookings_per_s {
                    fastest = report.bookings_per_s;
                    self.best.insert(clients, *pool);
                }
            }
        }
        Ok(())
    }

    /// In turns, so that a machine that slows down slows both.
    pub async fn run_rounds(&mut self) -> Result<Vec<Run>, Failure> {
        let mut runs = vec![];
        for round in 1..=self.plan.rounds {
            for clients in self.plan.clients.clone() {
                let file = self.flights.file_with_seats(seats(self.plan.seconds, BOOKINGS_PER_S_MAX))?;
                let stock = self.stock[&self.best[&clients]].port;
                for (side, port) in [(Side::Ours, self.ours.port), (Side::Stock, stock)] {
                    let report = self.run(port, clients, self.plan.seconds, &file).await?;
                    say(&format!("round {round} of {}: {}", self.plan.rounds, line(side, &report)));
                    runs.push(Run { side, report });
                }
            }
        }
        Ok(runs)
    }

    /// Under which the runs were made.
    pub fn conditions(self, busy_percent_before: Option<u64>) -> Conditions {
        let Plan { rounds, seconds, .. } = self.plan;
        Conditions { stock_pool: self.best, rounds, seconds, busy_percent_before }
    }

    /// One load, by a process of its own.
    async fn run(&self, port: u16, clients: u32, seconds: u64, file: &Path) -> Result<Report, Failure> {
        self.arena.settle().await?;
        let (url, tenant) = (format!("http://127.0.0.1:{port}"), DEMO[0].id().to_string());
        let (clients, length) = (clients.to_string(), seconds.to_string());
        let bookings = (seconds * BOOKINGS_PER_S_MAX).to_string();
        let mut load = self.arena.ours(&["load", "--json", "--url", &url, "--tenant", &tenant]);
        load.arguments.extend(["--clients", &clients, "--seconds", &length].map(Into::into));
        load.arguments.extend(["--bookings", &bookings, "--pools-percent", "0"].map(Into::into));
        load.arguments.extend(["--flights".into(), file.into()]);
        let output = load.output(Duration::from_secs(seconds) + GRACE).await?;
        serde_json::from_slice(&output).map_err(|failure| Failure::Failed(failure.into()))
    }
}

fn line(side: Side, report: &Report) -> String {
    let Report { clients, bookings_per_s, p99_ms, .. } = report;
    let lost = match report.lost() {
        0 => String::new(),
        lost => format!(", {lost} not accepted"),
    };
    format!("{}, {clients} clients: {bookings_per_s} bookings/s, p99 {p99_ms} ms{lost}", side.name())
}
