//! Requests that were decided together and are stored in one commit.

use std::slice;

use booking_domain::world::{Drafted, IdMap, Touch};
use booking_domain::{Family, Refusal, StreamId};
use tokio::sync::oneshot;

use super::written::Written;
use crate::request::{Outcome, Request, SubmitFailure};

/// Most requests in one commit.
pub const BATCH_REQUESTS_MAX: usize = 1_000;

/// Most rows (events, names, keys) in one commit; a batch that reaches it takes no more requests.
pub const BATCH_ROWS_MAX: usize = 8_000;

/// A request on its way, and whoever waits for it.
pub struct Ticket {
    pub request: Request,
    pub answer: oneshot::Sender<Result<Outcome, SubmitFailure>>,
    /// How often it was decided.
    pub tries: u32,
}

/// A request with what was decided for it.
pub struct Decided {
    pub ticket: Ticket,
    pub drafted: Drafted,
    pub refusal: Option<Refusal>,
}

/// One commit in the making.
pub struct Batch {
    /// Counts the commits of this process.
    pub number: u64,
    pub decided: Vec<Decided>,
    /// The texts of the first of them.
    pub(super) written: Vec<Written>,
    rows: usize,
}

impl Batch {
    pub const fn new(number: u64) -> Self {
        Self { number, decided: vec![], written: vec![], rows: 0 }
    }

    pub fn has_room(&self) -> bool {
        self.decided.len() < BATCH_REQUESTS_MAX && self.rows < BATCH_ROWS_MAX
    }

    pub fn push(&mut self, decided: Decided) {
        self.rows += decided.drafted.events.len() + decided.drafted.names.len();
        self.rows += decided.ticket.request.keys.len();
        self.decided.push(decided);
    }

    /// The group of each request: those that touch what another of the batch changes stand or fall together.
    pub fn groups(&self) -> Vec<i32> {
        let changes = Changes::of(&self.decided);
        let mut groups = Groups::new(self.decided.len());
        for (index, decided) in self.decided.iter().enumerate() {
            for touch in &decided.drafted.touched {
                changes.changers(touch).iter().for_each(|changer| groups.join(index, *changer));
            }
        }
        (0..self.decided.len()).map(|index| groups.number(index)).collect()
    }

    /// Every touch of every request, with its group.
    pub fn touches<'b>(&'b self, groups: &'b [i32]) -> impl Iterator<Item = (i32, &'b Touch)> {
        let decided = self.decided.iter().zip(groups);
        decided.flat_map(|(decided, group)| decided.drafted.touched.iter().map(move |touch| (*group, touch)))
    }
}

/// Which requests change what. Of those that change one stream the first is enough: the others touch it, too.
/// Those that change different streams of one family have nothing else in common, so all of them count.
#[derive(Default)]
struct Changes<'b> {
    streams: IdMap<&'b StreamId, usize>,
    families: IdMap<Family, Vec<usize>>,
}

impl<'b> Changes<'b> {
    fn of(decided: &'b [Decided]) -> Self {
        let mut changes = Self::default();
        for (index, one) in decided.iter().enumerate() {
            for placed in &one.drafted.events {
                changes.streams.entry(&placed.stream).or_insert(index);
                let changers = changes.families.entry(placed.stream.family()).or_default();
                if changers.last() != Some(&index) {
                    changers.push(index);
                }
            }
        }
        changes
    }

    fn changers(&self, touch: &Touch) -> &[usize] {
        match touch {
            Touch::Stream(stream) => self.streams.get(stream).map_or(&[], slice::from_ref),
            Touch::Family(family) => self.families.get(family).map_or(&[], Vec::as_slice),
        }
    }
}

/// Sets of requests, joined as dependencies are found.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }

    fn number(&mut self, index: usize) -> i32 {
        i32::try_from(self.root(index)).expect("a batch has at most BATCH_REQUESTS_MAX requests")
    }
}

#[cfg(test)]
mod tests;
