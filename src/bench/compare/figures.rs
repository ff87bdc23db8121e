use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use crate::bench::figures::{median, ratio, upper_median};
use crate::bench::load::Report;

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
    /// Rows of `journal.event` that came; none from the baseline.
    pub rows_per_s: u64,
}

/// The figures: medians over the rounds, by count of clients.
#[derive(Debug, PartialEq, Serialize)]
pub struct Compared {
    bookings_per_s: BTreeMap<u32, u64>,
    stock_bookings_per_s: BTreeMap<u32, u64>,
    ratio_to_stock: BTreeMap<u32, f64>,
    /// Events that ours wrote per second, in parts of what the database takes.
    rows_of_limit: BTreeMap<u32, f64>,
    p50_ms: BTreeMap<u32, f64>,
    p99_ms: BTreeMap<u32, f64>,
    stock_p50_ms: BTreeMap<u32, f64>,
    stock_p99_ms: BTreeMap<u32, f64>,
    /// Requests that became no booking, over all rounds. They count for nothing above.
    lost: BTreeMap<u32, u64>,
    stock_lost: BTreeMap<u32, u64>,
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

impl Compared {
    /// Works the figures out.
    pub fn new(runs: &[Run], limit_rows_per_s: u64) -> Self {
        let of = |side| runs.iter().filter(move |run| run.side == side);
        let (ours, stock) = (Figures::of(of(Side::Ours)), Figures::of(of(Side::Stock)));
        let pairs = ours.bookings_per_s.iter().zip(stock.bookings_per_s.values());
        let of_limit =
            ours.rows_per_s.iter().map(|(clients, rows)| (*clients, ratio(*rows, limit_rows_per_s)));
        Self {
            ratio_to_stock: pairs.map(|((clients, ours), stock)| (*clients, ratio(*ours, *stock))).collect(),
            rows_of_limit: of_limit.collect(),
            bookings_per_s: ours.bookings_per_s,
            stock_bookings_per_s: stock.bookings_per_s,
            p50_ms: ours.p50_ms,
            p99_ms: ours.p99_ms,
            stock_p50_ms: stock.p50_ms,
            stock_p99_ms: stock.p99_ms,
            lost: ours.lost,
            stock_lost: stock.lost,
        }
    }

    /// For people.
    pub fn table(&self, stock_pools: &BTreeMap<u32, u32>) -> String {
        let mut table = format!(
            "{:>7} {:>9} {:>9} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7} {:>6}",
            "clients",
            "ours/s",
            "stock/s",
            "ratio",
            "of limit",
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
                "\n{clients:>7} {ours:>9} {:>9} {:>7.2} {:>9.2} {:>9.2} {:>9.2} {:>9.2} {:>9.2} {:>7} {:>6}",
                self.stock_bookings_per_s[clients],
                self.ratio_to_stock[clients],
                self.rows_of_limit[clients],
                self.p50_ms[clients],
                self.p99_ms[clients],
                self.stock_p50_ms[clients],
                self.stock_p99_ms[clients],
                self.lost[clients] + self.stock_lost[clients],
                stock_pools[clients],
            );
            written.expect("a text can always be written to");
        }
        table
    }
}

/// Of one side, by count of clients.
struct Figures {
    bookings_per_s: BTreeMap<u32, u64>,
    rows_per_s: BTreeMap<u32, u64>,
    p50_ms: BTreeMap<u32, f64>,
    p99_ms: BTreeMap<u32, f64>,
    lost: BTreeMap<u32, u64>,
}

impl Figures {
    fn of<'r>(runs: impl Iterator<Item = &'r Run>) -> Self {
        let mut by_clients: BTreeMap<u32, Vec<&Run>> = BTreeMap::new();
        for run in runs {
            by_clients.entry(run.report.clients).or_default().push(run);
        }
        Self {
            bookings_per_s: each(&by_clients, |all| {
                median(all.map(|run| run.report.bookings_per_s).collect())
            }),
            rows_per_s: each(&by_clients, |all| median(all.map(|run| run.rows_per_s).collect())),
            p50_ms: each(&by_clients, |all| upper_median(all.map(|run| run.report.p50_ms).collect())),
            p99_ms: each(&by_clients, |all| upper_median(all.map(|run| run.report.p99_ms).collect())),
            lost: each(&by_clients, |all| all.map(|run| run.report.lost()).sum()),
        }
    }
}

fn each<T>(
    by_clients: &BTreeMap<u32, Vec<&Run>>,
    figure: impl Fn(&mut dyn Iterator<Item = &Run>) -> T,
) -> BTreeMap<u32, T> {
    by_clients.iter().map(|(clients, all)| (*clients, figure(&mut all.iter().copied()))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(side: Side, bookings_per_s: u64, rows_per_s: u64) -> Run {
        let report = json!({
            "clients": 64, "seconds": 2.0, "created": 2 * bookings_per_s, "conflicts": 1, "refused": 0,
            "failed": 0, "errors": 0, "bookings_per_s": bookings_per_s, "p50_ms": 1.5, "p99_ms": 9.0, "max_ms": 20.0,
        });
        Run { side, report: serde_json::from_value(report).unwrap(), rows_per_s }
    }

    #[test]
    fn figures_are_medians_and_ratios_of_medians() {
        let ours = [1_000, 5_000, 4_000].map(|rate| run(Side::Ours, rate, 3 * rate));
        let stock = [400, 500, 100].map(|rate| run(Side::Stock, rate, 0));
        let compared = Compared::new(&[ours, stock].concat(), 24_000);

        let said = serde_json::to_value(&compared).unwrap();
        assert_eq!(
            (&said["bookings_per_s"]["64"], &said["stock_bookings_per_s"]["64"]),
            (&json!(4_000), &json!(400))
        );
        assert_eq!(
            (&said["ratio_to_stock"]["64"], &said["rows_of_limit"]["64"]),
            (&json!(10.0), &json!(0.5))
        );
        assert_eq!(said["lost"]["64"], 3);
        let table = compared.table(&BTreeMap::from([(64, 32)]));
        assert!(table.lines().all(|line| line.len() <= 110), "{table}");
    }
}
