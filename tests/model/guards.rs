//! What stands between two processes and a wrong answer; each can be taken out, to see that it is needed.

/// The guards that are in place.
#[derive(Debug, Clone)]
pub struct Guards {
    /// A request that was answered before gets that answer.
    pub ledger: bool,
    /// A request that touches what has moved is decided again.
    pub moved: bool,
    /// One event at each place of a stream.
    pub primary_key: bool,
    /// A refusal is told when it has passed the lock like all else, not when it is decided.
    pub refusals_land: bool,
}

impl Guards {
    /// All of them.
    pub const fn up() -> Self {
        Self { ledger: true, moved: true, primary_key: true, refusals_land: true }
    }
}
