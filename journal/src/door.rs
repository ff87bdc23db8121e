//! The door: how requests enter, and single streams are read.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::request::{Outcome, Request, SubmitFailure};
use crate::writer::{Figures, Ticket, Writer, WriterParts};
use crate::{CHANNEL, POLL_MS};

/// Most requests that wait to be decided; more are turned away at once.
pub const INBOX_REQUESTS_MAX: usize = 8_192;

/// Families (a departure with its seats, a booking, a tenant) kept in memory by default.
pub const FAMILIES_MAX: usize = 60_000;

/// Pause between two sweeps of expired ledger rows.
const SWEEP_PAUSE_S: u64 = 60;

/// Most ledger rows deleted by one statement.
const SWEEP_ROWS_MAX: i64 = 10_000;

/// The journal's door. Cheap to clone; all clones share one writer.
#[derive(Debug, Clone)]
pub struct Journal {
    inbox: mpsc::Sender<Ticket>,
    figures: Arc<Figures>,
}

impl Journal {
    /// Starts the writer on connections whose role may append. It stops when `shutdown` is cancelled, after
    /// everything that was taken in has been answered; await the returned task to see that.
    pub fn open(
        pool: PgPool,
        families_max: usize,
        shutdown: CancellationToken,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (sender, inbox) = mpsc::channel(INBOX_REQUESTS_MAX);
        let (announce, news) = watch::channel(0);
        tokio::spawn(listen(pool.clone(), announce, shutdown.clone()));
        tokio::spawn(sweep(pool.clone(), shutdown.clone()));
        let writer = Writer::new(WriterParts { pool, inbox, news, shutdown, families_max });
        (Self { inbox: sender, figures: writer.figures() }, tokio::spawn(writer.run()))
    }

    /// What its writer has done since it began, for metrics.
    pub fn figures(&self) -> Arc<Figures> {
        Arc::clone(&self.figures)
    }

    /// Decides a request and stores what it causes, in order with all others.
    ///
    /// # Errors
    /// A [`SubmitFailure`], which says whether anything may have been stored.
    pub async fn submit(&self, request: Request) -> Result<Outcome, SubmitFailure> {
        let (answer, outcome) = oneshot::channel();
        let ticket = Ticket { request, answer, tries: 0 };
        self.inbox.try_send(ticket).map_err(|_| SubmitFailure::TooBusy)?;
        outcome.await.unwrap_or(Err(SubmitFailure::Unknown))
    }
}

/// Tells the writer what other processes append. Lost connections are made anew.
async fn listen(pool: PgPool, announce: watch::Sender<i64>, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        if let Ok(mut listener) = PgListener::connect_with(&pool).await
            && listener.listen(CHANNEL).await.is_ok()
        {
            tokio::select! {
                () = relay(&mut listener, &announce) => {}
                () = shutdown.cancelled() => return,
            }
        }
        tokio::time::sleep(Duration::from_millis(POLL_MS)).await;
    }
}

async fn relay(listener: &mut PgListener, announce: &watch::Sender<i64>) {
    while let Ok(Some(notification)) = listener.try_recv().await {
        if let Ok(head) = notification.payload().parse::<i64>() {
            announce.send_if_modified(|known| std::mem::replace(known, head.max(*known)) < head);
        }
    }
}

/// Deletes what has expired in the ledger; an expired row counts as absent meanwhile.
async fn sweep(pool: PgPool, shutdown: CancellationToken) {
    let mut pause = tokio::time::interval(Duration::from_secs(SWEEP_PAUSE_S));
    loop {
        tokio::select! {
            _ = pause.tick() => {}
            () = shutdown.cancelled() => return,
        }
        while let Ok(swept) = sqlx::query(SWEEP).bind(SWEEP_ROWS_MAX).execute(&pool).await {
            if swept.rows_affected() < SWEEP_ROWS_MAX.unsigned_abs() {
                break;
            }
        }
    }
}

const SWEEP: &str = "
    delete from journal.ledger
     where ctid = any (array(select ctid from journal.ledger where expires_at < now() limit $1))";
