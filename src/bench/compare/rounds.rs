//! The runs, one after the other.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use booking_journal::Reader;

use super::figures::{Run, Side};
use crate::bench::arena::Arena;
use crate::bench::flights::Flights;
use crate::bench::load::Report;
use crate::bench::loading::Loading;
use crate::bench::plan::{BOOKINGS_PER_S_MAX, Plan, STOCK_BOOKINGS_PER_S_MAX, TRY_SECONDS, seats};
use crate::bench::process::Served;
use crate::bench::say::{measuring, say};
use crate::bench::stock::make_table;
use crate::exit::Failure;
use crate::tools::progress::per_second;

/// Our side's database. Flights are scheduled in it when a comparison is prepared.
pub const OURS: &str = "ours";
const STOCK: &str = "stock";

/// Both sides, up and waiting.
pub struct Comparison<'a> {
    arena: &'a Arena,
    plan: &'a Plan,
    flights: Flights,
    reader: Reader,
    ours: Served,
    /// By size of the pool.
    stock: BTreeMap<u32, Served>,
    /// The best size for each count of clients.
    best: BTreeMap<u32, u32>,
}

impl<'a> Comparison<'a> {
    /// Starts both sides on the same flights, which are scheduled on our side already, and warms them up.
    pub async fn prepare(arena: &'a Arena, plan: &'a Plan, flights: Flights) -> Result<Self, Failure> {
        let (from, days) = (flights.from.to_string(), flights.days.to_string());
        arena.create(STOCK).await?;
        make_table(&arena.postgres.url(STOCK)).await?;
        let reader = Reader::new(arena.pool(OURS, 1)?);
        let ours = arena.program(OURS, &["command-api"]).serve().await?;
        let mut stock = BTreeMap::new();
        for pool in plan.pools {
            let size = pool.to_string();
            let baseline = ["bench-baseline", "--from", &from, "--days", &days, "--pool", &size];
            stock.insert(*pool, arena.program(STOCK, &baseline).serve().await?);
        }
        let best = plan.clients.iter().map(|clients| (*clients, plan.pools[0])).collect();
        let mut comparison = Self { arena, plan, flights, reader, ours, stock, best };
        comparison.warm_up().await?;
        Ok(comparison)
    }

    /// What it measures does not count.
    async fn warm_up(&mut self) -> Result<(), Failure> {
        measuring("warming up");
        let file = self.flights.file_with(seats(TRY_SECONDS, BOOKINGS_PER_S_MAX), 0)?;
        let clients = *self.plan.clients.last().unwrap_or(&1);
        for side in [Side::Ours, Side::Stock] {
            let port = self.port(side, clients);
            let report = self.load(port, clients, TRY_SECONDS, &file).await?;
            say(&format!("warming up: {}", line(side, &report)));
        }
        Ok(())
    }

    /// Finds the size of pool with which the baseline is fastest, for each count of clients.
    pub async fn choose_pools(&mut self) -> Result<(), Failure> {
        for clients in self.plan.clients.iter().filter(|_| 0 < self.plan.tries()) {
            let mut fastest = 0;
            for pool in self.plan.pools {
                measuring(&format!("the baseline's pool of {pool}, {clients} clients"));
                let file = self.flights.file_with(seats(TRY_SECONDS, STOCK_BOOKINGS_PER_S_MAX), 0)?;
                let report = self.load(self.stock[pool].port, *clients, TRY_SECONDS, &file).await?;
                say(&format!("pool of {pool}: {}", line(Side::Stock, &report)));
                if fastest < report.bookings_per_s {
                    fastest = report.bookings_per_s;
                    self.best.insert(*clients, *pool);
                }
            }
        }
        Ok(())
    }

    /// In turns, so that a machine that slows down slows both.
    pub async fn run_rounds(&mut self) -> Result<Vec<Run>, Failure> {
        let mut runs = vec![];
        for round in 1..=self.plan.rounds {
            for clients in &self.plan.clients {
                measuring(&format!("ours and stock, {clients} clients, round {round}"));
                let file = self.flights.file_with(seats(self.plan.seconds, BOOKINGS_PER_S_MAX), 0)?;
                for side in [Side::Ours, Side::Stock] {
                    let run = self.run(side, *clients, &file).await?;
                    say(&format!("round {round} of {}: {}", self.plan.rounds, line(side, &run.report)));
                    runs.push(run);
                }
            }
        }
        Ok(runs)
    }

    /// Connections of the baseline, by count of clients.
    pub fn stock_pools(self) -> BTreeMap<u32, u32> {
        self.best
    }

    fn port(&self, side: Side, clients: u32) -> u16 {
        match side {
            Side::Ours => self.ours.port,
            Side::Stock => self.stock[&self.best[&clients]].port,
        }
    }

    async fn run(&self, side: Side, clients: u32, file: &Path) -> Result<Run, Failure> {
        let before = self.reader.head().await?;
        let report = self.load(self.port(side, clients), clients, self.plan.seconds, file).await?;
        let rows = (self.reader.head().await? - before).unsigned_abs();
        let rows_per_s = per_second(rows, Duration::from_secs_f64(report.seconds.max(0.001)));
        Ok(Run { side, report, rows_per_s })
    }

    async fn load(&self, port: u16, clients: u32, seconds: u64, file: &Path) -> Result<Report, Failure> {
        self.arena.settle().await?;
        let url = format!("http://127.0.0.1:{port}");
        let loading = Loading { url, clients, seconds, rate: None, pools_percent: 0, file, read_back: None };
        loading.run(self.arena, OURS).await
    }
}

fn line(side: Side, report: &Report) -> String {
    format!("{}, {}", side.name(), report.line())
}
