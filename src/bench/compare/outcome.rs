use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use crate::bench::figures::{median, ratio, upper_median};
use crate::bench::load::Report;
use crate::exit::Failure;

/// A machine that is busier with other things is not quiet.
const BUSY_PERCENT_MAX: u64 = 10;

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Ours,
    /// The baseline.
    Stock,
}

/// One load, and what came of it.
#[derive(Debug, Clone)]
pub struct Run {
    pub side: Side,
    pub report: Report,
}

/// The figures: medians over the rounds, by count of clients.
#[derive(Debug, PartialEq, Serialize)]
pub struct Outcome {
    bookings_per_s: BTreeMap<u32, u64>,
    stock_bookings_per_s: BTreeMap<u32, u64>,
    ratio_to_stock: BTreeMap<u32, f64>,
    p50_ms: BTreeMap<u32, f64>,
    p99_ms: BTreeMap<u32, f64>,
    stock_p50_ms: BTreeMap<u32, f64>,
    stock_p99_ms: BTreeMap<u32, f64>,
    /// Requests that became no booking, over all rounds. They count for nothing above.
    lost: BTreeMap<u32, u64>,
    stock_lost: BTreeMap<u32, u64>,
    #[serde(flatten)]
    conditions: Conditions,
}

/// Under which figures were found.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Conditions {
    /// Connections of the baseline, by count of clients.
    pub stock_pool: BTreeMap<u32, u32>,
    pub rounds: u32,
    /// Of each run.
    pub seconds: u64,
    /// How busy the machine was before, with other things. Absent where the system does not tell.
    pub busy_percent_before: Option<u64>,
}

impl Side {
    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Stock => "stock",
        }
    }
}

impl Outcome {
    /// Works the figures out.
    pub fn new(runs: &[Run], conditions: Conditions) -> Self {
        let of = |side| runs.iter().filter(move |run| run.side == side).map(|run| &run.report);
        let (ours, stock) = (Figures::of(of(Side::Ours)), Figures::of(of(Side::Stock)));
        let pairs = ours.bookings_per_s.iter().zip(stock.bookings_per_s.values());
        Self {
            ratio_to_stock: pairs.map(|((clients, ours), stock)| (*clients, ratio(*ours, *stock))).collect(),
            bookings_per_s: ours.bookings_per_s,
            stock_bookings_per_s: stock.bookings_per_s,
            p50_ms: ours.p50_ms,
            p99_ms: ours.p99_ms,
            stock_p50_ms: stock.p50_ms,
            stock_p99_ms: stock.p99_ms,
            lost: ours.lost,
            stock_lost: stock.lost,
            conditions,
        }
    }

    /// For programs.
    pub fn json(&self) -> Result<String, Failure> {
        serde_json::to_string(self).map_err(|failure| Failure::Failed(failure.into()))
    }

    /// For people.
    pub fn table(&self) -> String {
        let mut table = format!(
            "{:>7} {:>10} {:>10} {:>7} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7}",
            "clients",
            "ours/s",
            "stock/s",
            "ratio",
            "p50 ms",
            "p99 ms",
            "stock p50",
            "stock p99",
            "lost",
            "pool"
        );
        for (clients, ours) in &self.bookings_per_s {
            let written = write!(
                table,
                "\n{clients:>7} {ours:>10} {:>10} {:>7.2} {:>9.2} {:>9.2} {:>9.2} {:>9.2} {:>7} {:>7}",
                self.stock_bookings_per_s[clients],
                self.ratio_to_stock[clients],
                self.p50_ms[clients],
                self.p99_ms[clients],
                self.stock_p50_ms[clients],
                self.stock_p99_ms[clients],
                self.lost[clients] + self.stock_lost[clients],
                self.conditions.stock_pool[clients],
            );
            written.expect("a text can always be written to");
        }
        table + "\n" + &self.conditions.text()
    }
}

impl Conditions {
    fn text(&self) -> String {
        let (rounds, seconds) = (self.rounds, self.seconds);
        let text = format!("bookings of two seats, accepted; medians of {rounds} rounds of {seconds} s");
        match self.busy_percent_before {
            Some(busy) if BUSY_PERCENT_MAX < busy => {
                format!("{text}; the machine was {busy} % busy before: too much for figures that count")
            }
            Some(_) | None => text,
        }
    }
}

/// Of one side, by count of clients.
struct Figures {
    bookings_per_s: BTreeMap<u32, u64>,
    p50_ms: BTreeMap<u32, f64>,
    p99_ms: BTreeMap<u32, f64>,
    lost: BTreeMap<u32, u64>,
}

impl Figures {
    fn of<'r>(reports: impl Iterator<Item = &'r Report>) -> Self {
        let mut by_clients: BTreeMap<u32, Vec<&Report>> = BTreeMap::new();
        for report in reports {
            by_clients.entry(report.clients).or_default().push(report);
        }
        Self {
            bookings_per_s: each(&by_clients, |all| {
                median(all.map(|report| report.bookings_per_s).collect())
            }),
            p50_ms: each(&by_clients, |all| upper_median(all.map(|report| report.p50_ms).collect())),
            p99_ms: each(&by_clients, |all| upper_median(all.map(|report| report.p99_ms).collect())),
            lost: each(&by_clients, |all| all.map(Report::lost).sum()),
        }
    }
}

fn each<T>(
    by_clients: &BTreeMap<u32, Vec<&Report>>,
    figure: impl Fn(&mut dyn Iterator<Item = &Report>) -> T,
) -> BTreeMap<u32, T> {
    by_clients.iter().map(|(clients, all)| (*clients, figure(&mut all.iter().copied()))).collect()
}
