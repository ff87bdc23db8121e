//! The writer: one task for each process that decides requests in order and stores them in batches. What it
//! decides and what answers mean is [`Core`]; what it asks of the tables is a [`Store`]; the task waits.
//!
//! ```text
//!  inbox -> ready --decide--> batch --launch--> flight --land--> answers
//!              ^    |                                   |
//!              |    +-- streams missing: waiting -> load |
//!              +------------- left out: decided again ---+
//! ```
//! While one batch is in flight the next one is decided on what the first will have changed. A flight that ends
//! otherwise than hoped throws all hopes away; what was decided on them is decided again.

mod append;
mod batch;
mod core;
mod figures;
mod flight;
mod landing;
mod load;
mod postgres;
mod recent;
mod settle;
mod store;
mod waiters;
mod written;

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::ReadFailure;
pub use append::{Appended, DONE, Stored, status_of};
pub use batch::{BATCH_REQUESTS_MAX, BATCH_ROWS_MAX, Batch, Decided, Ticket};
pub use core::Core;
pub use figures::{BATCH_BOUNDS, Count, Figures};
pub use flight::{Flight, FlightEnd};
pub use load::{LOAD_FAMILIES_MAX, LoadEnd, load};
use postgres::Postgres;
pub use store::{AppendFailure, Store};

/// How often one request is decided before it is told that it met too many others.
pub const TRIES_MAX: u32 = 200;

/// The longest that Postgres may take to answer. Its own limit on a statement is shorter, so a connection that is
/// silent for so long is dead.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Why the writer cannot go on with what it was doing.
#[derive(Debug, thiserror::Error)]
pub enum StopReason {
    #[error("postgres did not do what was asked")]
    Postgres(#[from] sqlx::Error),
    #[error("the journal holds an event that this program cannot read")]
    Unreadable(#[from] crate::Unreadable),
    #[error("the journal holds a stream that this program does not know")]
    UnknownStream(#[from] booking_domain::event::NoSuchStream),
    #[error("the journal has no event at position {position}")]
    Hole { position: i64 },
    #[error("postgres did not answer in time")]
    Silent(#[from] tokio::time::error::Elapsed),
    #[error("a task of the writer ended before its time")]
    Task(#[from] tokio::task::JoinError),
}

/// The task.
pub struct Writer {
    store: Postgres,
    inbox: mpsc::Receiver<Ticket>,
    /// The journal's head as announced.
    news: watch::Receiver<i64>,
    hears: bool,
    shutdown: CancellationToken,
    core: Core,
    flight: Option<JoinHandle<FlightEnd>>,
    load: Option<JoinHandle<LoadEnd>>,
}

/// What the writer needs from outside.
pub struct WriterParts {
    pub pool: PgPool,
    pub inbox: mpsc::Receiver<Ticket>,
    pub news: watch::Receiver<i64>,
    pub shutdown: CancellationToken,
    pub families_max: usize,
}

impl Writer {
    pub fn new(parts: WriterParts) -> Self {
        let WriterParts { pool, inbox, news, shutdown, families_max } = parts;
        let (store, core) = (Postgres::new(pool), Core::new(families_max));
        Self { store, inbox, news, hears: true, shutdown, core, flight: None, load: None }
    }

    /// What it has done, for others to look at.
    pub fn figures(&self) -> Arc<Figures> {
        self.core.figures()
    }

    /// Runs until shut down; what was taken in is then still stored and answered.
    pub async fn run(mut self) {
        loop {
            self.core.decide_ready();
            if self.inbox.is_closed() && self.inbox.is_empty() && self.core.is_idle() {
                return;
            }
            self.launch();
            // Of what waits for the flight under way; what left just now takes its texts along.
            self.core.batch.write();
            if self.core.is_busy_deciding() {
                tokio::task::yield_now().await;
                self.take_messages();
                continue;
            }
            self.wait().await;
        }
    }

    fn launch(&mut self) {
        if let Some(families) = self.core.next_load() {
            let store = self.store.clone();
            self.load = Some(tokio::spawn(async move { load(&store, families).await }));
        }
        if let Some(flight) = self.core.next_flight() {
            self.flight = Some(tokio::spawn(flight.fly(self.store.clone())));
        }
    }

    async fn wait(&mut self) {
        let takes_more = self.core.has_room() && self.core.has_decided_all() && !self.inbox.is_closed();
        tokio::select! {
            biased;
            end = landed(&mut self.flight), if self.flight.is_some() => self.core.land(end),
            loaded = landed(&mut self.load), if self.load.is_some() => self.core.absorb(loaded),
            ticket = self.inbox.recv(), if takes_more => match ticket {
                Some(ticket) => self.core.take(ticket),
                None => self.inbox.close(),
            },
            () = self.shutdown.cancelled(), if !self.inbox.is_closed() => self.inbox.close(),
            changed = self.news.changed(), if self.hears => self.hear(changed.is_ok()),
        }
        self.take_messages();
    }

    fn take_messages(&mut self) {
        while self.core.has_room() && !self.core.has_enough() {
            let Ok(ticket) = self.inbox.try_recv() else { return };
            self.core.take(ticket);
        }
    }

    fn hear(&mut self, announcer_lives: bool) {
        // The task that listens stops at the very end.
        self.hears = announcer_lives;
        self.core.hear(*self.news.borrow_and_update());
    }
}

/// What Postgres is asked, for no longer than [`ANSWER_WITHIN`].
async fn in_time<T, E>(asked: impl Future<Output = Result<T, E>>) -> Result<T, StopReason>
where
    StopReason: From<E>,
{
    Ok(timeout(ANSWER_WITHIN, asked).await??)
}

impl From<ReadFailure> for StopReason {
    fn from(failure: ReadFailure) -> Self {
        match failure {
            ReadFailure::Postgres(failure) => Self::Postgres(failure),
            ReadFailure::Hole { position } => Self::Hole { position },
        }
    }
}

async fn landed<T>(task: &mut Option<JoinHandle<T>>) -> Result<T, tokio::task::JoinError> {
    match task {
        Some(running) => {
            let end = running.await;
            *task = None;
            end
        }
        None => std::future::pending().await,
    }
}
