use std::collections::BTreeMap;

use serde::Serialize;

use super::{File, LeftOut};

/// What became of the tables. Routes read = routes used + routes left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Rows of the routes, broken ones too.
    pub routes_read: u64,
    /// Rows that became flights.
    pub routes_used: u64,
    /// In the days asked for.
    pub departures: u64,
    /// Rows left out, by file and by [`Reason::code`](super::Reason::code).
    pub left_out: BTreeMap<File, BTreeMap<&'static str, u64>>,
}

impl Summary {
    /// Rows of the routes that made no flight.
    pub fn routes_left_out(&self) -> u64 {
        self.left_out.get(&File::Routes).map_or(0, |reasons| reasons.values().sum())
    }
}

/// Counts rows by file and reason.
pub fn counted(left_out: &[LeftOut]) -> BTreeMap<File, BTreeMap<&'static str, u64>> {
    let mut counts: BTreeMap<File, BTreeMap<&'static str, u64>> = BTreeMap::new();
    for row in left_out {
        *counts.entry(row.file).or_default().entry(row.reason.code()).or_default() += 1;
    }
    counts
}
