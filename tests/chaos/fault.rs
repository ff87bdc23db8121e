//! What can go wrong, and where. It is stored in plans, so names stay.

use serde::{Deserialize, Serialize};

/// A process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    FirstCommandApi,
    SecondCommandApi,
    QueryApi,
    FirstRelay,
    SecondRelay,
    FirstProjections,
    SecondProjections,
}

/// A way that bytes go; a proxy stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From the customers.
    To(Part),
    ToPostgres(Part),
    ToNats(Part),
}

/// What goes wrong for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// SIGKILL; started again afterwards.
    Kill(Part),
    /// SIGSTOP, SIGCONT.
    Pause(Part),
    /// Killed and started with a clock so many minutes ahead; afterwards killed and started with the right one.
    MoveClock(Part, u32),
    /// Connections break, and none can be made.
    Cut(Way),
    /// Half-open connections: bytes vanish in both directions, and nobody is told.
    Swallow(Way),
    /// Begins amid an append, and the end that asked is never told, not even afterwards: its writer waits for
    /// Postgres as long as it ever does.
    Forget(Way),
    /// What is asked arrives, what is answered does not.
    LoseReplies(Way),
    /// So many milliseconds, and by chance up to twice as many.
    Slow(Way, u64),
    /// The postmaster and its children at once, while one of them is appending.
    KillPostgres,
    /// Nobody may append until both command APIs have something to append: one of them has then decided on old
    /// news.
    Jam,
    KillNats,
    /// Killed, and its files deleted.
    WipeNats,
    /// Killed, and its files replaced by an old copy.
    RollBackNats,
    /// No byte is left where the database keeps its tables.
    FillDisk,
}

/// What one fault at a time may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    Part(Part),
    Way(Way),
    Postgres,
    Nats,
}

impl Part {
    pub const ALL: [Self; 7] = [
        Self::FirstCommandApi,
        Self::SecondCommandApi,
        Self::QueryApi,
        Self::FirstRelay,
        Self::SecondRelay,
        Self::FirstProjections,
        Self::SecondProjections,
    ];

    /// The role that it runs as.
    pub const fn role(self) -> &'static str {
        match self {
            Self::FirstCommandApi | Self::SecondCommandApi => "command-api",
            Self::QueryApi => "query-api",
            Self::FirstRelay | Self::SecondRelay => "relay",
            Self::FirstProjections | Self::SecondProjections => "projections",
        }
    }

    pub const fn is_called(self) -> bool {
        matches!(self, Self::FirstCommandApi | Self::SecondCommandApi | Self::QueryApi)
    }
}

impl Way {
    /// Every way that there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let customers = Part::ALL.into_iter().filter(|part| part.is_called()).map(Self::To);
        let nats = Part::ALL.into_iter().filter(|part| !part.is_called()).map(Self::ToNats);
        customers.chain(Part::ALL.map(Self::ToPostgres)).chain(nats)
    }
}

impl Fault {
    /// Whether something is ended by SIGKILL.
    pub const fn is_kill(self) -> bool {
        match self {
            Self::Kill(_) | Self::MoveClock(..) => true,
            Self::KillPostgres | Self::KillNats | Self::WipeNats | Self::RollBackNats => true,
            Self::Pause(_) | Self::Cut(_) | Self::Swallow(_) | Self::Forget(_) | Self::LoseReplies(_) => {
                false
            }
            Self::Slow(..) | Self::FillDisk | Self::Jam => false,
        }
    }

    pub const fn target(self) -> Target {
        match self {
            Self::Kill(part) | Self::Pause(part) | Self::MoveClock(part, _) => Target::Part(part),
            Self::Cut(way) | Self::Swallow(way) | Self::Forget(way) => Target::Way(way),
            Self::LoseReplies(way) | Self::Slow(way, _) => Target::Way(way),
            Self::KillPostgres | Self::FillDisk | Self::Jam => Target::Postgres,
            Self::KillNats | Self::WipeNats | Self::RollBackNats => Target::Nats,
        }
    }

    /// Without where.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Kill(_) => "kill",
            Self::Pause(_) => "pause",
            Self::MoveClock(..) => "move clock",
            Self::Cut(_) => "cut",
            Self::Swallow(_) => "swallow",
            Self::Forget(_) => "forget",
            Self::LoseReplies(_) => "lose replies",
            Self::Slow(..) => "slow",
            Self::KillPostgres => "kill Postgres",
            Self::Jam => "jam",
            Self::KillNats => "kill NATS",
            Self::WipeNats => "wipe NATS",
            Self::RollBackNats => "roll back NATS",
            Self::FillDisk => "fill disk",
        }
    }
}
