//! What came of a load.

use std::time::Duration;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::bench::figures::{ms, percentile};
use crate::tools::progress::per_second;

/// Answers, counted as they come in.
#[derive(Debug, Default)]
pub struct Tally {
    /// Of accepted bookings, in microseconds.
    latencies_us: Vec<u32>,
    conflicts: u64,
    refused: u64,
    failed: u64,
    errors: u64,
    /// From the answer until it could be read, in microseconds.
    visible_us: Vec<u32>,
    /// Never seen.
    unseen: u64,
}

/// What came of a load, as printed. Latencies are those of accepted bookings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub clients: u32,
    /// From the first request to the last answer; connections were open before.
    pub seconds: f64,
    /// 201.
    pub created: u64,
    /// 409.
    pub conflicts: u64,
    /// Any other 4xx.
    pub refused: u64,
    /// 5xx.
    pub failed: u64,
    /// No answer.
    pub errors: u64,
    pub bookings_per_s: u64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
    /// From the answer until the booking could be read; absent without `--read-back`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_p50_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_p99_ms: Option<f64>,
    /// Bookings that could not be read within 20 s.
    #[serde(default)]
    pub unseen: u64,
}

impl Tally {
    /// Counts an answer.
    pub fn answer(&mut self, status: StatusCode, after: Duration) {
        match status {
            StatusCode::CREATED => self.latencies_us.push(micros(after)),
            StatusCode::CONFLICT => self.conflicts += 1,
            status if status.is_server_error() => self.failed += 1,
            _ => self.refused += 1,
        }
    }

    /// Counts a request that was not answered.
    pub const fn error(&mut self) {
        self.errors += 1;
    }

    /// Counts how long it took until an accepted booking could be read; nothing when it was not seen.
    pub fn read_back(&mut self, after: Option<Duration>) {
        match after {
            Some(after) => self.visible_us.push(micros(after)),
            None => self.unseen += 1,
        }
    }

    /// Requests that came to an end.
    pub const fn done(&self) -> u64 {
        self.latencies_us.len() as u64 + self.conflicts + self.refused + self.failed + self.errors
    }

    /// All of it.
    pub fn report(mut self, clients: u32, elapsed: Duration) -> Report {
        self.latencies_us.sort_unstable();
        self.visible_us.sort_unstable();
        let created = self.latencies_us.len() as u64;
        let at = |percent| ms(percentile(&self.latencies_us, percent));
        let visible =
            |percent| (!self.visible_us.is_empty()).then(|| ms(percentile(&self.visible_us, percent)));
        Report {
            clients,
            seconds: ms(u32::try_from(elapsed.as_millis()).unwrap_or(u32::MAX)),
            created,
            conflicts: self.conflicts,
            refused: self.refused,
            failed: self.failed,
            errors: self.errors,
            bookings_per_s: per_second(created, elapsed),
            p50_ms: at(50),
            p99_ms: at(99),
            max_ms: at(100),
            visible_p50_ms: visible(50),
            visible_p99_ms: visible(99),
            unseen: self.unseen,
        }
    }
}

impl Report {
    /// Requests that became no booking.
    pub const fn lost(&self) -> u64 {
        self.conflicts + self.refused + self.failed + self.errors
    }

    /// For people.
    pub fn text(&self) -> String {
        let Self { clients, seconds, created, conflicts, refused, failed, errors, .. } = self;
        let Self { bookings_per_s, p50_ms, p99_ms, max_ms, .. } = self;
        let visible = self.visible_text();
        format!(
            "{created} bookings in {seconds} s by {clients} clients: {bookings_per_s}/s, \
             p50 {p50_ms} ms, p99 {p99_ms} ms, max {max_ms} ms\n\
             {conflicts} conflicts (409), {refused} refused (other 4xx), {failed} failed (5xx), {errors} without answer{visible}"
        )
    }

    fn visible_text(&self) -> String {
        match (self.visible_p50_ms, self.visible_p99_ms) {
            (Some(p50), Some(p99)) => {
                format!("\nreadable after p50 {p50} ms, p99 {p99} ms; {} not within 20 s", self.unseen)
            }
            _ => String::new(),
        }
    }

    /// For people who wait for more.
    pub fn line(&self) -> String {
        let Self { clients, bookings_per_s, p99_ms, .. } = self;
        let lost = match self.lost() {
            0 => String::new(),
            lost => format!(", {lost} not accepted"),
        };
        format!("{clients} clients: {bookings_per_s} bookings/s, p99 {p99_ms} ms{lost}")
    }
}

fn micros(after: Duration) -> u32 {
    u32::try_from(after.as_micros()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_counted_once() {
        let mut tally = Tally::default();
        for (status, ms) in [(201, 2), (201, 4), (201, 30), (409, 1), (422, 1), (429, 1), (500, 1), (503, 1)]
        {
            tally.answer(StatusCode::from_u16(status).unwrap(), Duration::from_millis(ms));
        }
        tally.error();
        tally.read_back(Some(Duration::from_millis(8)));
        tally.read_back(None);
        assert_eq!(tally.done(), 9);

        let report = tally.report(64, Duration::from_millis(1_500));

        let counts = [report.created, report.conflicts, report.refused, report.failed, report.errors];
        assert_eq!(counts, [3, 1, 2, 2, 1]);
        assert_eq!((report.bookings_per_s, report.lost()), (2, 6));
        assert_eq!([report.seconds, report.p50_ms, report.p99_ms, report.max_ms], [1.5, 4.0, 30.0, 30.0]);
        assert_eq!((report.visible_p50_ms, report.visible_p99_ms, report.unseen), (Some(8.0), Some(8.0), 1));
    }
}
