//! The database as its clients see it: calls that are under way, each done and answered when the scheduler says.
//!
//! ```text
//!   Sent --execute--> Done --deliver--> the process goes on
//!    | \                \--lose--> the process hears that the connection is lost
//!    |  +--look--> Seen --execute--> Done         (without the append lock)
//!    +--cut--> the process hears it; what had begun goes on, and waits for the lock
//! ```

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use booking_domain::Family;
use booking_journal::writer::{Appended, Stored};
use booking_journal::{ReadFailure, Recorded};

use crate::append::Seen;
use crate::guards::Guard;
use crate::statement::{KeyId, Statement};
use crate::tables::{Clash, Tables};

/// Events that one read gives at most: few, so that reading takes several calls.
const PAGE_EVENTS: usize = 7;

/// What a process asks.
#[derive(Debug)]
pub enum Ask {
    Append(Statement),
    Outcomes(Vec<(KeyId, [u8; 32])>),
    Head,
    After(i64),
    Histories(Vec<Family>),
}

/// What it is told.
pub enum Reply {
    Append(Result<Appended, Clash>),
    Outcomes(Vec<(usize, Stored)>),
    Head(i64),
    After(Result<Vec<Recorded>, ReadFailure>),
    Histories(Vec<Recorded>),
    /// The connection is lost.
    Lost,
}

/// How far it is.
pub enum At {
    Sent(Ask),
    /// Has looked, and is about to store.
    Seen(Statement, Seen),
    Done(Reply),
    /// The process may take it.
    Delivered(Reply),
}

struct Call {
    process: usize,
    at: At,
    listener: Listener,
    /// A commit, or the question what became of one.
    commits: bool,
}

/// Who hears what becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listener {
    /// Its process.
    Lives,
    /// Nobody; it holds the append lock, or stands in the queue for it.
    GoneSinceItBegan,
    /// Nobody; it has not begun.
    Gone,
}

/// What becomes of an append whose connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It never reaches the server.
    Never,
    /// It had begun, and goes on.
    Begun,
    /// It lies in a buffer, and begins some time later.
    Late,
}

/// How a call stands, for the scheduler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    ToExecute,
    ToDeliver,
}

#[derive(Default)]
pub struct Server {
    pub tables: Tables,
    calls: BTreeMap<u64, Call>,
    last_id: u64,
    /// The head that was last announced.
    pub announced: i64,
}

impl Server {
    /// Calls that the scheduler may go on with. Who asks for outcomes waits for appends that have begun.
    pub fn stages(&self) -> impl Iterator<Item = (u64, Stage)> + '_ {
        let waits = self.calls.values().any(Call::holds_the_lock);
        self.calls.iter().filter_map(move |(id, call)| match &call.at {
            At::Sent(Ask::Outcomes(_)) if waits => None,
            At::Sent(_) | At::Seen(..) => Some((*id, Stage::ToExecute)),
            At::Done(_) => Some((*id, Stage::ToDeliver)),
            At::Delivered(_) => None,
        })
    }

    /// Whether a process can go on.
    pub fn has_told(&self, process: usize) -> bool {
        let told = |call: &Call| matches!(call.at, At::Delivered(_)) && call.listener == Listener::Lives;
        self.calls.values().any(|call| call.process == process && told(call))
    }

    /// A process sends something.
    pub fn ask(&mut self, process: usize, ask: Ask) -> u64 {
        self.last_id += 1;
        let commits = matches!(ask, Ask::Append(_) | Ask::Outcomes(_));
        let (at, listener) = (At::Sent(ask), Listener::Lives);
        self.calls.insert(self.last_id, Call { process, at, listener, commits });
        self.last_id
    }

    /// What a process was told, once.
    pub fn told(&mut self, id: u64) -> Option<Reply> {
        let is_told = |call: &Call| matches!(call.at, At::Delivered(_));
        let call = self.calls.get(&id).is_some_and(is_told).then(|| self.calls.remove(&id))??;
        match call.at {
            At::Delivered(reply) => Some(reply),
            At::Sent(_) | At::Seen(..) | At::Done(_) => None,
        }
    }

    /// Whether a process waits for what became of a commit. It does for no longer than a derived key lives.
    pub fn is_committing(&self) -> bool {
        self.calls.values().any(|call| call.commits && call.listener == Listener::Lives)
    }

    /// Calls at this stage that somebody listens to.
    pub fn heard_of(&self, stage: Stage) -> Vec<u64> {
        let is_there = |id: &u64| self.calls.get(id).is_some_and(|call| call.listener == Listener::Lives);
        self.stages().filter(|(id, at)| *at == stage && is_there(id)).map(|(id, _)| id).collect()
    }

    /// Goes on with a call.
    pub fn execute(&mut self, id: u64) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let at = std::mem::replace(&mut call.at, At::Done(Reply::Lost));
        let at = match at {
            At::Sent(Ask::Append(statement)) => {
                let seen = self.tables.look(&statement);
                if self.tables.guards.up(Guard::AppendLock) {
                    At::Done(Reply::Append(self.tables.store(statement, seen)))
                } else {
                    At::Seen(statement, seen)
                }
            }
            At::Seen(statement, seen) => At::Done(Reply::Append(self.tables.store(statement, seen))),
            At::Sent(Ask::Outcomes(keys)) => At::Done(Reply::Outcomes(self.tables.outcomes(&keys))),
            At::Sent(Ask::Head) => At::Done(Reply::Head(self.tables.head())),
            At::Sent(Ask::After(position)) => {
                At::Done(Reply::After(self.tables.after(position, PAGE_EVENTS)))
            }
            At::Sent(Ask::Histories(of)) => At::Done(Reply::Histories(self.tables.histories(&of))),
            at @ (At::Done(_) | At::Delivered(_)) => at,
        };
        self.announced = self.tables.head();
        match self.calls.get_mut(&id) {
            Some(call) if call.listener == Listener::Lives || matches!(at, At::Seen(..)) => call.at = at,
            Some(_) | None => drop(self.calls.remove(&id)),
        }
    }

    pub fn deliver(&mut self, id: u64) {
        if let Some(call) = self.calls.get_mut(&id) {
            let at = std::mem::replace(&mut call.at, At::Delivered(Reply::Lost));
            if let At::Done(reply) = at {
                call.at = At::Delivered(reply);
            }
        }
    }

    /// The connection of a call is lost, and its process hears of it.
    pub fn cut(&mut self, id: u64, fate: Fate) {
        let Some(mut call) = self.calls.remove(&id) else { return };
        let (process, commits, listener) = (call.process, call.commits, Listener::Lives);
        let told = Call { process, at: At::Delivered(Reply::Lost), listener, commits };
        self.calls.insert(id, told);
        call.listener = match fate {
            Fate::Begun => Listener::GoneSinceItBegan,
            Fate::Late => Listener::Gone,
            Fate::Never => return,
        };
        if call.is_append() {
            self.last_id += 1;
            self.calls.insert(self.last_id, call);
        }
    }

    /// A process is no more. What it had sent goes on, or not.
    pub fn forsake(&mut self, process: usize, mut goes_on: impl FnMut() -> bool) {
        self.calls.retain(|_, call| {
            if call.process == process && call.listener == Listener::Lives {
                call.listener = Listener::Gone;
                return call.is_append() && goes_on();
            }
            true
        });
    }

    /// What a call asks, in words.
    pub fn words(&self, id: u64) -> String {
        self.calls
            .get(&id)
            .map(|call| format!("process {}: {}", call.process, call.at.in_words()))
            .unwrap_or_default()
    }
}

impl Call {
    fn is_append(&self) -> bool {
        matches!(self.at, At::Sent(Ask::Append(_)) | At::Seen(..))
    }

    fn holds_the_lock(&self) -> bool {
        self.is_append() && self.listener == Listener::GoneSinceItBegan
    }
}

/// Nobody panics while holding it but a test that fails anyway.
pub fn lock(server: &Mutex<Server>) -> MutexGuard<'_, Server> {
    server.lock().unwrap_or_else(PoisonError::into_inner)
}
