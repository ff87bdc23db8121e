//! Whether the hash chain finds what it should: events are changed in memory, never in the database.

use std::io::Write;

use booking_journal::{Batch, MutationCheck, Reader};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;

use crate::exit::Failure;
use crate::tools::progress::bar;

/// Most changes of one check.
pub const MUTATIONS_MAX: u32 = 1_000_000;

/// How many changes were tried, and how many of them the chain found.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Mutated {
    pub mutations: u32,
    pub found: u32,
    /// Gives the same changes again on the same journal.
    pub seed: u64,
}

/// Changes `count` events, each alone: a byte of it, or it is dropped, or it and another one change places.
/// They are spread over all that is chained; only the batch of each is read, and computed again.
///
/// # Errors
/// [`Failure::Check`] when there is nothing to show it with: nothing is chained, or the chain is broken already.
pub async fn mutate_check(reader: &Reader, count: u32, seed: u64) -> Result<Mutated, Failure> {
    let mut rng = StdRng::seed_from_u64(seed);
    let chained = reader.chain().last().await?.position;
    if chained == 0 {
        return Err(Failure::Check("nothing is chained yet".to_owned()));
    }
    let mut positions: Vec<i64> = (0..count).map(|_| rng.random_range(1..=chained)).collect();
    positions.sort_unstable();
    let (bar, mut found) = (bar(u64::from(count), "mutations"), 0);
    let mut left = positions.as_slice();
    while let Some(position) = left.first() {
        let batch = reader.chain().batch_of(*position).await?;
        let batch = batch.ok_or_else(|| Failure::Check(format!("event {position} is not chained")))?;
        let (here, later) = left.split_at(left.partition_point(|position| *position <= batch.until));
        let check = load(reader, &batch).await?;
        for position in here {
            found += u32::from(check.finds(&check.any_at(*position, &mut rng)));
        }
        bar.inc(here.len() as u64);
        left = later;
    }
    bar.finish_and_clear();
    Ok(Mutated { mutations: count, found, seed })
}

async fn load(reader: &Reader, batch: &Batch) -> Result<MutationCheck, Failure> {
    let since = batch.since.unwrap_or(0);
    let link = reader.chain().at(since).await?;
    let events = reader.as_found(since, batch.until - since).await?;
    let check = MutationCheck::new(link, events, batch);
    check.ok_or_else(|| Failure::Check(format!("the chain is broken at {}: verify says more", batch.until)))
}

impl Mutated {
    /// Prints it; a change that was not found is a failure.
    pub(super) fn told(&self, json: bool) -> Result<(), Failure> {
        let Self { mutations, found, seed } = self;
        let line = if json {
            serde_json::to_string(self).map_err(|failure| Failure::Failed(failure.into()))?
        } else {
            format!("seed {seed}\n{found} of {mutations} found")
        };
        writeln!(std::io::stdout().lock(), "{line}").map_err(|failure| Failure::Failed(failure.into()))?;
        let missed = mutations - found;
        if missed == 0 { Ok(()) } else { Err(Failure::Check(format!("{missed} changes were not found"))) }
    }
}
