//! One delivery of the stream for all feeds of a connection.
//!
//! ```text
//!  server --Live--> pump, decodes --> Seat of one feed
//!                                +--> Seat of another one
//! ```
//! The pump waits for nobody: a feed that falls [`BEHIND_EVENTS_MAX`] behind loses its seat, and reads the journal
//! until it is near again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use booking_journal::Recorded;
use tokio::sync::{Mutex, broadcast};

use crate::feed::plan::joins;
use crate::live::{Delivered, Live};
use crate::{Connection, NatsFailure};

/// Messages that wait for a feed that is slower than others. Each is held once, some kilobytes.
const BEHIND_EVENTS_MAX: usize = 16_384;

/// What the feeds of one connection share, once there is something.
pub(crate) type Shared = Mutex<Option<Arc<Pump>>>;

/// A delivery under way. It ends with the first message that nobody wants.
#[derive(Debug)]
pub(crate) struct Pump {
    stream: String,
    /// What is handed on next, or has been by now.
    next: AtomicI64,
    /// Whether a feed found it silent while the journal went on.
    is_silent: AtomicBool,
    seats: broadcast::WeakSender<Message>,
}

/// One feed's place at a pump.
pub(crate) struct Seat {
    pump: Arc<Pump>,
    messages: broadcast::Receiver<Message>,
    /// The first sequence that is handed on; what comes before is to be read elsewhere.
    pub from: i64,
}

/// A message of the stream. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub sequence: i64,
    pub subject: Arc<str>,
    /// Absent when the message is not the event of this position, whatever it says.
    pub event: Option<Arc<Recorded>>,
}

impl Seat {
    /// A seat at about sequence `from` of the stream of an epoch: at the delivery that there is, or, when that is
    /// elsewhere, at a new one. As with [`Live::open`], `from` may be at most one past the stream's end.
    pub async fn take(
        connection: &Connection,
        stream: &str,
        epoch: i32,
        from: i64,
    ) -> Result<Self, NatsFailure> {
        let mut shared = connection.shared().lock().await;
        if let Some(seat) = shared.as_ref().and_then(|pump| pump.seat(stream, from)) {
            return Ok(seat);
        }
        let live = Live::open(connection, stream, from).await?;
        let (sender, messages) = broadcast::channel(BEHIND_EVENTS_MAX);
        let pump = Arc::new(Pump {
            stream: stream.to_owned(),
            next: AtomicI64::new(from),
            is_silent: AtomicBool::new(false),
            seats: sender.downgrade(),
        });
        tokio::spawn(run(Arc::clone(&pump), live, epoch, sender));
        *shared = Some(Arc::clone(&pump));
        Ok(Self { pump, messages, from })
    }

    /// The next message; `None` when the seat is lost and another one is needed. Cancel-safe.
    pub async fn next(&mut self) -> Option<Message> {
        let message = self.messages.recv().await;
        message.inspect_err(|why| tracing::debug!(%why, "the seat at the stream was lost")).ok()
    }

    /// Lets nobody join this delivery any more: the journal has what it did not deliver.
    pub fn leave_silent(self) {
        self.pump.is_silent.store(true, Ordering::Relaxed);
    }
}

impl Pump {
    fn seat(self: &Arc<Self>, stream: &str, from: i64) -> Option<Seat> {
        let messages = self.seats.upgrade()?.subscribe();
        // It is raised before a message is handed on, so none from here on is missed.
        let next = self.next.load(Ordering::Acquire);
        let fits = self.stream == stream && !self.is_silent.load(Ordering::Relaxed) && joins(next, from);
        fits.then(|| Seat { pump: Arc::clone(self), messages, from: next })
    }
}

/// Hands on what is delivered until the consumer is lost, or nobody is there.
async fn run(pump: Arc<Pump>, mut live: Live, epoch: i32, seats: broadcast::Sender<Message>) {
    loop {
        let delivered = tokio::select! {
            biased;
            () = seats.closed() => return,
            delivered = live.next() => delivered,
        };
        let Some(delivered) = delivered else { return };
        pump.next.store(delivered.sequence + 1, Ordering::Release);
        if seats.send(Message::of(&delivered, epoch)).is_err() {
            return;
        }
    }
}

impl Message {
    fn of(delivered: &Delivered, epoch: i32) -> Self {
        let subject = delivered.message.subject.as_str().into();
        Self { sequence: delivered.sequence, subject, event: delivered.event(epoch).ok().map(Arc::new) }
    }
}
