//! Looks whether the stream says what the journal says, and mends it.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use async_nats::header::{HeaderName, HeaderValue};
use booking_journal::{ChainFailure, Link, ReadFailure, Reader, Recorded};
use tokio::time::timeout;

use crate::live::{Delivered, Live};
use crate::message::{Message, bear_witness, encode};
use crate::streams::{self, Difference, StreamFailure, StreamState};
use crate::{Connection, Definition, NatsFailure};

/// Messages that are compared unless more are asked for: the newest ones.
pub const COMPARED_MESSAGES: i64 = 100_000;
/// Findings about single messages, after which the doctor has seen enough.
pub const WRONG_MESSAGES_MAX: usize = 20;
/// The longest wait for the next message.
const MESSAGE_WITHIN_MS: u64 = 5_000;
/// Events read from the journal at once.
const READ_EVENTS: i64 = 1_000;

/// What is not as it should be. None of it touches the journal, which is the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// There is no stream of this epoch. The relay makes it.
    NoStream,
    /// The stream is set up otherwise than `streams.toml` says, which stops the relay.
    Differs(Vec<Difference>),
    /// The relay has not brought everything yet. Harmless while it shrinks.
    Behind {
        /// The stream's last sequence.
        last: i64,
        /// The journal's last position.
        head: i64,
    },
    /// The stream holds more than the journal: restored without a new epoch, or a stray message at the end.
    Ahead {
        /// The stream's last sequence.
        last: i64,
        /// The journal's last position.
        head: i64,
    },
    /// The message at this sequence is not the journal's event of that position.
    Stray {
        /// The sequence.
        position: i64,
        /// Where it was published.
        subject: String,
    },
    /// The message is its event, but does not bear the hash that the journal's chain has there.
    OtherHash {
        /// The sequence.
        position: i64,
    },
    /// The stream has no message at this sequence, though it has older ones.
    Missing {
        /// The sequence.
        position: i64,
    },
}

/// Why the doctor could not look. Nothing was changed, or what was begun can be begun again.
#[derive(Debug, thiserror::Error)]
pub enum DoctorFailure {
    /// The journal could not be read.
    #[error("the doctor could not read the journal")]
    Journal(#[from] ReadFailure),
    /// The hash chain could not be read.
    #[error("the doctor could not read the hash chain")]
    Chain(#[from] ChainFailure),
    /// The stream could not be read or made.
    #[error("the doctor could not use the stream")]
    Stream(#[from] StreamFailure),
}

impl From<NatsFailure> for DoctorFailure {
    fn from(failure: NatsFailure) -> Self {
        Self::Stream(failure.into())
    }
}

impl Finding {
    /// Whether [`mend`] is the remedy.
    pub const fn is_mended_by_refilling(&self) -> bool {
        match self {
            Self::Differs(_) | Self::Stray { .. } | Self::Missing { .. } | Self::Ahead { .. } => true,
            // The stream may be the only witness of what was chained.
            Self::NoStream | Self::Behind { .. } | Self::OtherHash { .. } => false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoStream => f.write_str("there is no stream of this epoch; the relay makes it"),
            Self::Differs(differences) => {
                let differences: Vec<String> = differences.iter().map(Difference::to_string).collect();
                write!(f, "the stream differs from streams.toml: {}", differences.join("; "))
            }
            Self::Behind { last, head } => write!(f, "the stream is at {last}, the journal at {head}"),
            Self::Ahead { last, head } => {
                write!(f, "the stream is at {last}, but the journal ends at {head}")
            }
            Self::Stray { position, subject } => {
                write!(f, "message {position} on {subject} is not event {position}")
            }
            Self::OtherHash { position } => {
                write!(
                    f,
                    "message {position} does not bear the hash of the chain: keep the stream, and run verify"
                )
            }
            Self::Missing { position } => write!(f, "the stream has no message {position}"),
        }
    }
}

/// Compares settings, last sequence, and the newest `messages_max` messages with the journal, whole.
/// An empty list means healthy. May be asked at any time, also while the relay works.
///
/// # Errors
/// [`DoctorFailure`] when either side cannot be read.
pub async fn examine(
    connection: &Connection,
    reader: &Reader,
    definition: &Definition,
    messages_max: i64,
) -> Result<Vec<Finding>, DoctorFailure> {
    let epoch = reader.epoch().await?;
    let mut findings = settings(connection, definition, epoch).await?;
    let Some(stream) = streams::state(connection, definition, epoch).await? else {
        return Ok(vec![Finding::NoStream]);
    };
    // Asked after the stream, so that the journal cannot look shorter than it is.
    let head = reader.head().await?;
    findings.extend(compare_ends(stream, head));
    let from = stream.first.max(stream.last.saturating_sub(messages_max.max(0)) + 1).max(1);
    if from <= stream.last {
        let mut live = Live::open(connection, &definition.name(epoch), from).await?;
        let compared = from..=stream.last.min(head);
        findings.extend(compare(&mut live, reader, epoch, compared).await?);
    }
    Ok(findings)
}

/// Deletes the stream of `epoch` and makes it anew; the relay then fills it from the journal. It is the only
/// way: a message that is taken out leaves its sequence behind. The durables of tenants go with it and have
/// to be made again; they begin with the first event, so subscribers see events again, and know them by
/// `ce-id`. For the user that may delete streams. Safe to repeat.
///
/// # Errors
/// [`DoctorFailure::Stream`]; the relay makes a stream that is missing.
pub async fn mend(connection: &Connection, definition: &Definition, epoch: i32) -> Result<(), DoctorFailure> {
    streams::delete(connection, definition, epoch).await?;
    streams::ensure(connection, definition, epoch).await?;
    Ok(())
}

async fn settings(
    connection: &Connection,
    definition: &Definition,
    epoch: i32,
) -> Result<Vec<Finding>, NatsFailure> {
    let differences = streams::differences(connection, definition, epoch).await?;
    Ok(if differences.is_empty() { Vec::new() } else { vec![Finding::Differs(differences)] })
}

fn compare_ends(StreamState { last, .. }: StreamState, head: i64) -> Option<Finding> {
    match last.cmp(&head) {
        std::cmp::Ordering::Less => Some(Finding::Behind { last, head }),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(Finding::Ahead { last, head }),
    }
}

/// Message by message over `from..=until`.
async fn compare(
    live: &mut Live,
    reader: &Reader,
    epoch: i32,
    positions: RangeInclusive<i64>,
) -> Result<Vec<Finding>, DoctorFailure> {
    let (from, until) = positions.into_inner();
    let mut link = reader.chain().at(from - 1).await?;
    let mut findings = Vec::new();
    let mut delivered = None;
    while link.position < until && findings.len() < WRONG_MESSAGES_MAX {
        let events = reader.after(link.position, READ_EVENTS.min(until - link.position)).await?;
        if events.is_empty() {
            return Err(ReadFailure::Hole { position: link.position + 1 }.into());
        }
        for event in events {
            let before = link;
            link = before.then(&event);
            if from <= event.position {
                let message = reach(live, &mut delivered, event.position).await?;
                findings.extend(judge(message, event, epoch, [before, link]));
            }
        }
    }
    findings.truncate(WRONG_MESSAGES_MAX);
    Ok(findings)
}

/// The first message at `position` or after it.
async fn reach<'a>(
    live: &mut Live,
    delivered: &'a mut Option<Delivered>,
    position: i64,
) -> Result<&'a Delivered, NatsFailure> {
    let mut message = match delivered.take() {
        Some(message) => message,
        None => next(live).await?,
    };
    while message.sequence < position {
        message = next(live).await?;
    }
    Ok(delivered.insert(message))
}

async fn next(live: &mut Live) -> Result<Delivered, NatsFailure> {
    let delivered = timeout(Duration::from_millis(MESSAGE_WITHIN_MS), live.next()).await;
    let delivered = delivered.map_err(NatsFailure::to("read the next message in time"))?;
    delivered.ok_or_else(|| NatsFailure::to("go on reading the stream")("the consumer was lost"))
}

fn judge(delivered: &Delivered, event: Recorded, epoch: i32, [before, after]: [Link; 2]) -> Option<Finding> {
    let (position, Delivered { sequence, message }) = (event.position, delivered);
    if position < *sequence {
        return Some(Finding::Missing { position });
    }
    let ours = encode(event, epoch, None).ok().filter(|ours| carries(message, ours));
    let Some(mut ours) = ours else {
        return Some(Finding::Stray { position, subject: message.subject.clone() });
    };
    bear_witness(&mut ours.headers, &before.hash, &after.hash);
    if carries(message, &ours) { None } else { Some(Finding::OtherHash { position }) }
}

/// Whether `message` has all that `ours` has; the relay adds headers for the server, and the position before.
fn carries(message: &Message, ours: &Message) -> bool {
    let has = |name: &HeaderName, value: &[HeaderValue]| message.headers.get(name.clone()) == value.first();
    message.subject == ours.subject
        && message.body == ours.body
        && ours.headers.iter().all(|(name, values)| has(name, values))
}
