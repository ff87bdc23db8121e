//! What a writing process has done since it began, counted for whoever watches it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Upper ends of the ranges in which the sizes of batches are counted, in requests; larger ones come last.
pub const BATCH_BOUNDS: [u64; 9] = [1, 2, 4, 8, 16, 64, 256, 1_024, 4_096];

/// Plain numbers that only grow, but for the families held. Written by the writer, read by anyone at any time; they
/// belong together no better than that.
#[derive(Debug, Default)]
pub struct Figures {
    /// Batches that were stored, in whole or in part.
    pub flushes: Count,
    /// Batches whose storing failed, or whose answer was lost.
    pub flushes_failed: Count,
    /// Batches by their size: one for each of [`BATCH_BOUNDS`], and one for those above.
    pub batches: [Count; BATCH_BOUNDS.len() + 1],
    /// Requests in all batches that were stored.
    pub requests: Count,
    /// Events that were stored.
    pub events: Count,
    /// Requests that were refused.
    pub refusals: Count,
    /// Requests that the ledger had answered before.
    pub repeats: Count,
    /// Requests left out because what they touched had moved, or because they hung on one that was.
    pub conflicts: Count,
    /// Requests decided once more, for whatever reason.
    pub decided_again: Count,
    /// Departures, bookings and tenants that were loaded into memory.
    pub families_loaded: Count,
    /// Those in memory now.
    pub families: Count,
}

/// One number.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// What it is now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, more: usize) {
        self.0.fetch_add(more as u64, Ordering::Relaxed);
    }

    pub(super) fn set(&self, now: usize) {
        self.0.store(now as u64, Ordering::Relaxed);
    }
}

impl Figures {
    /// A batch of so many requests was stored.
    pub(super) fn flushed(&self, requests: usize) {
        self.flushes.add(1);
        self.requests.add(requests);
        let range = BATCH_BOUNDS.iter().position(|bound| requests as u64 <= *bound);
        self.batches[range.unwrap_or(BATCH_BOUNDS.len())].add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_counted_in_its_range() {
        let figures = Figures::default();
        for requests in [1, 3, 4, 5, 5_000] {
            figures.flushed(requests);
        }
        let batches: Vec<u64> = figures.batches.iter().map(Count::get).collect();
        assert_eq!(batches, [1, 0, 2, 1, 0, 0, 0, 0, 0, 1]);
        assert_eq!((figures.flushes.get(), figures.requests.get()), (5, 5_013));
    }
}
