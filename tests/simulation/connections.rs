//! The store of one process: the engine's flights and loads ask it, and the scheduler answers.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use booking_domain::Family;
use booking_journal::Recorded;
use booking_journal::writer::{AppendFailure, Appended, Batch, Decided, StopReason, Store, Stored};

use crate::guards::Guard;
use crate::server::{Ask, Reply, Server, lock};
use crate::statement::{Statement, key_of};
use crate::tables::Clash;

#[derive(Clone)]
pub struct Connections {
    server: Arc<Mutex<Server>>,
    process: usize,
}

/// An answer that has not come.
struct Waiting {
    server: Arc<Mutex<Server>>,
    id: u64,
}

impl Connections {
    pub const fn new(server: Arc<Mutex<Server>>, process: usize) -> Self {
        Self { server, process }
    }

    fn ask(&self, ask: Ask) -> Waiting {
        let id = lock(&self.server).ask(self.process, ask);
        Waiting { server: Arc::clone(&self.server), id }
    }
}

impl Future for Waiting {
    type Output = Reply;

    /// Wakes nobody: the scheduler gives a turn to whoever was told something.
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Reply> {
        lock(&self.server).told(self.id).map_or(Poll::Pending, Poll::Ready)
    }
}

fn lost() -> StopReason {
    StopReason::Postgres(sqlx::Error::WorkerCrashed)
}

/// Whatever else a call is answered, its connection is lost.
impl Store for Connections {
    async fn append(&self, known: i64, batch: &Batch, groups: &[i32]) -> Result<Appended, AppendFailure> {
        let reply = self.ask(Ask::Append(Statement::of(known, batch, groups))).await;
        let Reply::Append(appended) = reply else {
            let is_known_to_be_lost = lock(&self.server).tables.guards.up(Guard::Outcomes);
            let failure = sqlx::Error::WorkerCrashed;
            return Err(if is_known_to_be_lost {
                AppendFailure::Lost(failure)
            } else {
                AppendFailure::Refused(failure)
            });
        };
        appended.map_err(|Clash| AppendFailure::Clash(sqlx::Error::WorkerCrashed))
    }

    async fn outcomes(&self, decided: &[Decided]) -> Option<HashMap<usize, Stored>> {
        let keys = decided.iter().map(|one| (key_of(one), one.ticket.request.key.fingerprint)).collect();
        let Reply::Outcomes(known) = self.ask(Ask::Outcomes(keys)).await else { return None };
        Some(known.into_iter().collect())
    }

    async fn head(&self) -> Result<i64, StopReason> {
        let Reply::Head(head) = self.ask(Ask::Head).await else { return Err(lost()) };
        Ok(head)
    }

    async fn after(&self, position: i64) -> Result<Vec<Recorded>, StopReason> {
        let Reply::After(page) = self.ask(Ask::After(position)).await else { return Err(lost()) };
        Ok(page?)
    }

    async fn histories(&self, families: &[Family]) -> Result<(i64, Vec<Recorded>), StopReason> {
        let head = self.head().await?;
        let reply = self.ask(Ask::Histories(families.to_vec())).await;
        let Reply::Histories(events) = reply else { return Err(lost()) };
        Ok((head, events))
    }
}
