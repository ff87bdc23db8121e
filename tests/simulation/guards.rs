//! What stands between a bad day and a broken promise; each can be taken out, to see that it is needed.

use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// A request that was answered before gets that answer.
    Ledger,
    /// A request that touches what has moved is left out.
    Moved,
    /// One event at each place of a stream.
    PrimaryKey,
    /// Appends look and store one after another.
    AppendLock,
    /// One event at each position.
    PositionKey,
    /// Positions follow the head; without it they are drawn from a sequence, before the commit.
    PositionsFromHead,
    /// A name belongs to one stream.
    Names,
    /// After a lost reply the ledger is asked; without it the batch is taken for not stored.
    Outcomes,
    /// The stream takes a message only directly after the one before.
    ExpectedLast,
    /// Rows and checkpoint are stored in one transaction; without it the checkpoint comes first.
    CheckpointWithRows,
    /// A batch is stored only when the checkpoint is where it was.
    CheckpointStands,
    /// Who reads by position stops at a hole.
    HoleCheck,
}

/// The guards that are out; all others are up.
#[derive(Debug, Clone, Default)]
pub struct Guards(BTreeSet<Guard>);

impl Guards {
    pub fn without(out: &[Guard]) -> Self {
        Self(out.iter().copied().collect())
    }

    pub fn up(&self, guard: Guard) -> bool {
        !self.0.contains(&guard)
    }
}
