//! The writer: one task for each process that decides requests in order and stores them in batches.
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
mod flight;
mod landing;
mod load;
mod recent;
mod settle;
mod waiters;

use std::collections::VecDeque;
use std::time::Duration;

use booking_domain::world::Draft;
use booking_domain::{Family, World};
use sqlx::PgPool;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::ReadFailure;
use crate::request::{Outcome, SubmitFailure};
pub use batch::Ticket;
pub use batch::{BATCH_REQUESTS_MAX, BATCH_ROWS_MAX};
use batch::{Batch, Decided};
use flight::FlightEnd;
pub use load::LOAD_FAMILIES_MAX;
use load::LoadEnd;
use recent::Recent;
use waiters::Waiters;

/// How often one request is decided before it is told that it met too many others.
pub const TRIES_MAX: u32 = 200;

/// Requests that wait for their streams at most; beyond it the inbox fills up, and then callers are turned away.
const WAITING_REQUESTS_MAX: usize = 4_000;

/// The longest that Postgres may take to answer. Its own limit on a statement is shorter, so a connection that is
/// silent for so long is dead.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Requests decided before the task looks at its messages again.
const DECIDE_CHUNK: usize = 64;

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

pub struct Writer {
    pool: PgPool,
    inbox: mpsc::Receiver<Ticket>,
    /// The journal's head as announced.
    news: watch::Receiver<i64>,
    hears: bool,
    shutdown: CancellationToken,
    families_max: usize,

    world: World,
    /// The world is folded up to here.
    known: i64,
    recent: Recent,
    /// To be decided, in order.
    ready: VecDeque<Ticket>,
    /// Decided when their streams are in memory.
    waiting: Vec<Ticket>,
    batch: Batch,
    flight: Option<JoinHandle<FlightEnd>>,
    load: Option<JoinHandle<LoadEnd>>,
    waiters: Waiters,
    /// The world may have missed something: nothing is stored before it has caught up.
    behind: bool,
    /// The connection failed: the world starts anew.
    lost: bool,
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
        Self {
            pool,
            inbox,
            news,
            hears: true,
            shutdown,
            families_max,
            world: World::default(),
            known: 0,
            recent: Recent::default(),
            ready: VecDeque::new(),
            waiting: vec![],
            batch: Batch::new(1),
            flight: None,
            load: None,
            waiters: Waiters::default(),
            behind: false,
            lost: true,
        }
    }

    /// Runs until shut down; what was taken in is then still stored and answered.
    pub async fn run(mut self) {
        loop {
            self.decide_ready();
            if self.inbox.is_closed() && self.is_idle() {
                return;
            }
            self.launch();
            if self.is_busy_deciding() {
                tokio::task::yield_now().await;
                self.take_messages();
                continue;
            }
            self.wait().await;
        }
    }

    async fn wait(&mut self) {
        let takes_more = self.has_room() && self.ready.is_empty() && !self.inbox.is_closed();
        tokio::select! {
            biased;
            end = landed(&mut self.flight), if self.flight.is_some() => self.land(end),
            loaded = landed(&mut self.load), if self.load.is_some() => self.absorb(loaded),
            ticket = self.inbox.recv(), if takes_more => match ticket {
                Some(ticket) => self.take(ticket),
                None => self.inbox.close(),
            },
            () = self.shutdown.cancelled(), if !self.inbox.is_closed() => self.inbox.close(),
            changed = self.news.changed(), if self.hears => self.hear(changed.is_ok()),
        }
        self.take_messages();
    }

    fn take_messages(&mut self) {
        while self.has_room() && self.ready.len() < BATCH_REQUESTS_MAX {
            let Ok(ticket) = self.inbox.try_recv() else { return };
            self.take(ticket);
        }
    }

    fn has_room(&self) -> bool {
        self.batch.has_room() && self.waiting.len() < WAITING_REQUESTS_MAX
    }

    /// A repeat of a request that is under way waits for its answer.
    fn take(&mut self, ticket: Ticket) {
        if let Some(ticket) = self.waiters.admit(ticket) {
            self.ready.push_back(ticket);
        }
    }

    fn hear(&mut self, announcer_lives: bool) {
        // The task that listens stops at the very end.
        self.hears = announcer_lives;
        if self.known < *self.news.borrow_and_update() && self.flight.is_none() {
            self.behind = true;
        }
    }

    fn decide_ready(&mut self) {
        for _ in 0..DECIDE_CHUNK {
            if self.lost || !self.batch.has_room() {
                return;
            }
            let Some(ticket) = self.ready.pop_front() else { return };
            self.decide(ticket);
        }
    }

    fn decide(&mut self, mut ticket: Ticket) {
        if !self.missing(&ticket).is_empty() {
            self.waiting.push(ticket);
            return;
        }
        if TRIES_MAX <= ticket.tries {
            return self.answer(ticket, Err(SubmitFailure::TooBusy));
        }
        ticket.tries += 1;
        let mut draft = Draft::new(&self.world, ticket.request.tenant);
        let refusal = ticket.request.case.decide(&mut draft).err();
        let drafted = if refusal.is_some() { draft.refuse() } else { draft.finish() };
        self.world.hope(self.batch.number, &drafted.events);
        for new in &drafted.names {
            self.world.hope_name(self.batch.number, new.name.clone(), new.owner.aggregate_id());
        }
        self.batch.push(Decided { ticket, drafted, refusal });
    }

    fn missing(&mut self, ticket: &Ticket) -> Vec<Family> {
        let mut needs = ticket.request.case.needs(ticket.request.tenant, &self.world);
        needs.retain(|family| !self.world.holds(*family));
        needs
    }

    fn answer(&mut self, ticket: Ticket, outcome: Result<Outcome, SubmitFailure>) {
        self.waiters.answer(ticket, outcome);
    }

    fn is_busy_deciding(&self) -> bool {
        !self.lost && !self.ready.is_empty() && self.batch.has_room()
    }

    fn is_idle(&self) -> bool {
        let nobody_waits = self.ready.is_empty() && self.waiting.is_empty() && self.batch.decided.is_empty();
        nobody_waits && self.inbox.is_empty() && self.flight.is_none() && self.load.is_none()
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
