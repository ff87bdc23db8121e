//! One run of the relay from a look at the stream to the first thing that goes wrong.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::{PublishError as AckError, PublishErrorKind as AckErrorKind};
use async_nats::{HeaderMap, PublishError, PublishErrorKind};
use booking_journal::{ChainFailure, Lease, Link, ReadFailure, Recorded, Tail};
use tokio::time::{Instant, timeout};

use super::chainer::{Chainer, Linked};
use super::plan::{self, Start};
use super::previous::Previous;
use super::{LEASE_EVERY_MS, Progress, READ_EVENTS, Relay, RelayFailure, RelayState, WINDOW_EVENTS, chain};
use crate::message::{Message, bear_witness, encode};
use crate::streams::{self, position};
use crate::{NatsFailure, StreamFailure};

/// The longest that one window takes, with its acknowledgement.
const WINDOW_WITHIN_MS: u64 = 10_000;
/// How often an idle relay looks whether the stream is still where it left it.
const LOOK_EVERY_MS: u64 = 5_000;

/// Why a session ended.
pub(super) enum Trouble {
    /// Look at everything afresh, soon.
    Again(String),
    /// Another relay may lead now.
    LeaseLost,
    /// Going on would be wrong.
    Stop(RelayFailure),
}

pub(super) struct Session<'a> {
    relay: &'a Relay,
    jetstream: Context,
    /// Whether anything was acknowledged.
    pub has_published: bool,
    lease_checked_at: Instant,
    looked_at: Instant,
}

/// Where the session publishes to, and how far it is.
struct Target {
    epoch: i32,
    stream: String,
    last: i64,
    /// How far the journal was read and chained. Before `last` while the hash there is not known yet.
    link: Link,
    previous: Previous,
}

impl<'a> Session<'a> {
    pub fn new(relay: &'a Relay) -> Self {
        let (jetstream, now) = (relay.connection.jetstream(), Instant::now());
        Self { relay, jetstream, has_published: false, lease_checked_at: now, looked_at: now }
    }

    pub async fn run(&mut self, lease: &mut Lease, chainer: &mut Chainer) -> Trouble {
        match self.relay_on(lease, chainer).await {
            Ok(()) => Trouble::LeaseLost,
            Err(trouble) => trouble,
        }
    }

    /// Publishes what the journal has and then what it gets; returns when the lease is lost.
    async fn relay_on(&mut self, lease: &mut Lease, chainer: &mut Chainer) -> Result<(), Trouble> {
        let mut target = self.start(chainer).await?;
        let mut tail = self.relay.reader.tail().await?;
        loop {
            if self.is_due(lease).await {
                return Ok(());
            }
            let events = self.relay.reader.after(target.link.position, READ_EVENTS).await?;
            self.show(&target, &events, chainer).await?;
            if events.is_empty() {
                self.wait(&mut tail, &target).await?;
                chainer.store_when_due(target.link).await?;
            } else {
                let linked = chainer.follow(target.link, events).await?;
                self.publish_all(&mut target, linked).await?;
            }
        }
    }

    async fn start(&mut self, chainer: &mut Chainer) -> Result<Target, Trouble> {
        let Relay { connection, reader, definition, progress, .. } = self.relay;
        if !connection.is_up() {
            return Err(Trouble::Again(format!("no connection to NATS at {}", connection.server())));
        }
        let epoch = reader.epoch().await?;
        let state = streams::ensure(connection, definition, epoch).await?;
        let head = reader.head().await?;
        progress.send_modify(|progress| {
            *progress = Progress { relayed: state.last, head, ..progress.clone() };
            progress.streams_made += u32::from(state.is_new);
        });
        match plan::start(state, head) {
            Start::Ahead { last, head } => Err(Trouble::Stop(RelayFailure::AheadOfJournal { last, head })),
            Start::After(last) => {
                let stream = definition.name(epoch);
                let handle = self.jetstream.get_stream_no_info(&stream).await;
                let handle = handle.map_err(NatsFailure::to("name the stream"))?;
                let link = chainer.begin(last).await?;
                Ok(Target { epoch, stream, last, link, previous: Previous::new(handle) })
            }
        }
    }

    /// Asks from time to time whether the lease is still ours; `true` when it is not.
    async fn is_due(&mut self, lease: &mut Lease) -> bool {
        if self.lease_checked_at.elapsed() < Duration::from_millis(LEASE_EVERY_MS) {
            return false;
        }
        self.lease_checked_at = Instant::now();
        !self.relay.holds(lease).await
    }

    /// Publishes what the stream does not have yet.
    async fn publish_all(&mut self, target: &mut Target, linked: Vec<Linked>) -> Result<(), Trouble> {
        target.link = linked.last().map_or(target.link, Linked::end);
        let last = target.last;
        let mut events = linked.into_iter().skip_while(|linked| linked.event.position <= last);
        loop {
            let window: Vec<Linked> = events.by_ref().take(WINDOW_EVENTS).collect();
            if window.is_empty() {
                return Ok(());
            }
            target.previous.between_windows();
            let sent = timeout(Duration::from_millis(WINDOW_WITHIN_MS), self.publish(target, window)).await;
            target.last = sent.map_err(|_elapsed| Trouble::Again("a window took too long".to_owned()))??;
            self.has_published = true;
            self.looked_at = Instant::now();
            self.relay.progress.send_modify(|progress| progress.relayed = target.last);
        }
    }

    /// Publishes one window; the acknowledgement of its last message vouches for all before it, because
    /// each was taken only directly after the one before. Returns the last position.
    async fn publish(&self, target: &mut Target, window: Vec<Linked>) -> Result<i64, Trouble> {
        let last = target.last + i64::try_from(window.len()).unwrap_or(i64::MAX);
        for Linked { event, before, hash } in window {
            let position = event.position;
            let previous = target.previous.replace(event.tenant_id, position).await?;
            let mut message = encode(event, target.epoch, previous).map_err(RelayFailure::Unfit)?;
            bear_witness(&mut message.headers, &before, &hash);
            expect_place(&mut message.headers, &target.stream, position);
            if position < last {
                self.send(message, position).await?;
            } else {
                self.send_and_wait(message, position).await?;
            }
        }
        Ok(last)
    }

    async fn send(&self, message: Message, position: i64) -> Result<(), Trouble> {
        let client = self.relay.connection.client();
        let sent = client.publish_with_headers(message.subject, message.headers, message.body).await;
        sent.map_err(|failure| not_sent(failure, position))
    }

    async fn send_and_wait(&self, message: Message, asked: i64) -> Result<(), Trouble> {
        let sent = self.jetstream.publish_with_headers(message.subject, message.headers, message.body).await;
        let acknowledged = sent.map_err(|failure| not_taken(failure, asked))?.await;
        let sequence = position(acknowledged.map_err(|failure| not_taken(failure, asked))?.sequence);
        if sequence == asked {
            return Ok(());
        }
        Err(Trouble::Stop(RelayFailure::Misplaced { position: asked, sequence }))
    }

    /// Waits for the journal to grow, and looks after the stream meanwhile.
    async fn wait(&mut self, tail: &mut Tail, target: &Target) -> Result<(), Trouble> {
        tail.wait().await?;
        if self.looked_at.elapsed() < Duration::from_millis(LOOK_EVERY_MS) {
            return Ok(());
        }
        self.looked_at = Instant::now();
        let Relay { connection, definition, .. } = self.relay;
        match streams::state(connection, definition, target.epoch).await? {
            Some(state) if state.last == target.last => Ok(()),
            Some(_) | None => Err(Trouble::Again(format!("the stream no longer ends at {}", target.last))),
        }
    }

    /// Says how far it is. The head is only asked for when more was read than fits.
    async fn show(&self, target: &Target, events: &[Recorded], chainer: &Chainer) -> Result<(), Trouble> {
        let is_full = i64::try_from(events.len()).is_ok_and(|count| count == READ_EVENTS);
        let head = match events.last() {
            Some(_) if is_full => self.relay.reader.head().await?,
            Some(last) => last.position,
            None => target.last,
        };
        let state = if events.is_empty() { RelayState::CaughtUp } else { RelayState::Relaying };
        self.relay.progress.send_if_modified(|progress| {
            let shown = Progress { head, chained: chainer.stored(), state, ..progress.clone() };
            let changes = *progress != shown;
            *progress = shown;
            changes
        });
        Ok(())
    }
}

/// Only directly after the position before, and only into this epoch's stream.
fn expect_place(headers: &mut HeaderMap, stream: &str, position: i64) {
    headers.insert(async_nats::header::NATS_EXPECTED_LAST_SEQUENCE, (position - 1).to_string());
    headers.insert(async_nats::header::NATS_EXPECTED_STREAM, stream);
}

fn not_sent(failure: PublishError, position: i64) -> Trouble {
    match failure.kind() {
        PublishErrorKind::MaxPayloadExceeded => Trouble::Stop(RelayFailure::TooLarge { position }),
        PublishErrorKind::InvalidSubject | PublishErrorKind::Send => Trouble::Again(chain(&failure)),
    }
}

/// A refusal for the sequence is no alarm: someone else published, or the stream went back. The stream is
/// looked at again, and says where to go on.
fn not_taken(failure: AckError, position: i64) -> Trouble {
    match failure.kind() {
        AckErrorKind::MaxPayloadExceeded => Trouble::Stop(RelayFailure::TooLarge { position }),
        AckErrorKind::StreamNotFound
        | AckErrorKind::WrongLastMessageId
        | AckErrorKind::WrongLastSequence
        | AckErrorKind::TimedOut
        | AckErrorKind::BrokenPipe
        | AckErrorKind::MaxAckPending
        | AckErrorKind::Other => Trouble::Again(chain(&failure)),
    }
}

impl From<RelayFailure> for Trouble {
    fn from(failure: RelayFailure) -> Self {
        Self::Stop(failure)
    }
}

impl From<NatsFailure> for Trouble {
    fn from(failure: NatsFailure) -> Self {
        Self::Again(chain(&failure))
    }
}

impl From<ReadFailure> for Trouble {
    fn from(failure: ReadFailure) -> Self {
        match failure {
            ReadFailure::Postgres(_) => Self::Again(chain(&failure)),
            ReadFailure::Hole { .. } => Self::Stop(RelayFailure::Journal(failure)),
        }
    }
}

impl From<ChainFailure> for Trouble {
    fn from(failure: ChainFailure) -> Self {
        match failure {
            ChainFailure::Postgres(_) | ChainFailure::Taken { .. } => Self::Again(chain(&failure)),
            ChainFailure::Broken { .. } => Self::Stop(RelayFailure::Chain(failure)),
        }
    }
}

impl From<StreamFailure> for Trouble {
    fn from(failure: StreamFailure) -> Self {
        match failure {
            StreamFailure::Nats(failure) => failure.into(),
            StreamFailure::Differs { .. }
            | StreamFailure::LaterEpoch { .. }
            | StreamFailure::Overlaps { .. }
            | StreamFailure::NoRoom { .. } => Self::Stop(RelayFailure::Stream(failure)),
        }
    }
}
