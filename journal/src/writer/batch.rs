//! Requests that were decided together and are stored in one commit.

use std::collections::{BTreeSet, HashMap};

use booking_domain::Refusal;
use booking_domain::world::{Drafted, Touch};
use tokio::sync::oneshot;

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
    rows: usize,
}

impl Batch {
    pub const fn new(number: u64) -> Self {
        Self { number, decided: vec![], rows: 0 }
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
        let mut changed = HashMap::new();
        for (index, decided) in self.decided.iter().enumerate() {
            for placed in &decided.drafted.events {
                changed.entry(Touch::Stream(placed.stream.clone())).or_insert(index);
                changed.entry(Touch::Family(placed.stream.family())).or_insert(index);
            }
        }
        let mut groups = Groups::new(self.decided.len());
        for (index, decided) in self.decided.iter().enumerate() {
            for touch in &decided.drafted.touched {
                if let Some(changer) = changed.get(touch) {
                    groups.join(index, *changer);
                }
            }
        }
        (0..self.decided.len()).map(|index| groups.number(index)).collect()
    }

    /// Every touch of every group, once.
    pub fn touches(&self, groups: &[i32]) -> BTreeSet<(i32, &Touch)> {
        self.decided
            .iter()
            .zip(groups)
            .flat_map(|(decided, group)| decided.drafted.touched.iter().map(|touch| (*group, touch)))
            .collect()
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
