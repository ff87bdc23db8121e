use std::collections::BTreeMap;

use serde::Serialize;

use super::compare::Compared;
use super::contest::Contest;
use super::load::Report;
use super::pipeline::Pipelined;
use super::rates::Rates;

/// A machine that is busier with other things is not quiet.
const BUSY_PERCENT_MAX: u64 = 10;

/// All figures. What was not measured is absent.
#[derive(Debug, PartialEq, Serialize)]
pub struct Outcome {
    pub limit_rows_per_s: u64,
    #[serde(flatten)]
    pub compared: Compared,
    pub pipeline: Pipelined,
    #[serde(flatten)]
    pub whole: Option<Whole>,
    #[serde(flatten)]
    pub conditions: Conditions,
}

/// What the quick form leaves out.
#[derive(Debug, PartialEq, Serialize)]
pub struct Whole {
    /// From the answer until the booking could be read, at 100 bookings per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_p50_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_p99_ms: Option<f64>,
    #[serde(flatten)]
    rates: Rates,
    contest: Vec<Contest>,
}

/// Under which figures were found.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Conditions {
    /// Connections of the baseline, by count of clients.
    pub stock_pool: BTreeMap<u32, u32>,
    /// Of the comparison.
    pub rounds: u32,
    /// Of each run of the comparison.
    pub seconds: u64,
    /// How busy the machine was before, with other things. Absent where the system does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub busy_percent_before: Option<u64>,
    /// Processors.
    pub processors: usize,
}

impl Whole {
    pub fn new(visible: &Report, rates: Rates, contest: Vec<Contest>) -> Self {
        let Report { visible_p50_ms, visible_p99_ms, .. } = *visible;
        Self { visible_p50_ms, visible_p99_ms, rates, contest }
    }

    fn text(&self) -> String {
        let visible = self.visible_p50_ms.zip(self.visible_p99_ms);
        let visible = visible.map(|(p50, p99)| format!("readable after p50 {p50} ms, p99 {p99} ms"));
        let contests = self.contest.iter().map(Contest::line);
        visible.into_iter().chain([self.rates.line()]).chain(contests).collect::<Vec<_>>().join("\n")
    }
}

impl Outcome {
    /// For people.
    pub fn text(&self) -> String {
        let parts = [
            self.compared.table(&self.conditions.stock_pool),
            format!(
                "of limit: event rows per second, of the {} that the database takes",
                self.limit_rows_per_s
            ),
            self.conditions.text(),
            String::new(),
            self.pipeline.table(),
        ];
        parts.into_iter().chain(self.whole.as_ref().map(Whole::text)).collect::<Vec<_>>().join("\n")
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
