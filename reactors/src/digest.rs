//! What a batch of events changes in the timers of one reactor.

use std::collections::BTreeMap;

use booking_domain::StreamId;
use booking_domain::event::NoSuchStream;
use booking_journal::{Recorded, Unreadable};
use serde::Deserialize;

use crate::action::{Action, Cause, Timer, TimerKey};
use crate::reactor::Reactor;

/// The changes of a batch, up to the first event that cannot be taken in.
#[derive(Debug)]
pub struct Digest {
    /// The last one for each timer, in the order of their keys: so no two transactions wait for each other.
    pub changes: BTreeMap<TimerKey, Change>,
    /// Position of the last event looked at, whether it was of interest or not.
    pub position: i64,
    /// What it stopped at.
    pub poison: Option<Poison>,
}

/// What becomes of a timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is set, in place of an earlier one.
    Set(Timer),
    /// It is gone, and so is the dead letter that it may have become.
    Dropped,
}

/// An event that cannot be taken in. The reactor stops at it: it never skips one.
#[derive(Debug, thiserror::Error)]
pub enum Poison {
    /// Of a type of aggregate that this program does not know.
    #[error("position {position}")]
    Stream {
        /// Where it stands.
        position: i64,
        /// Why.
        #[source]
        source: NoSuchStream,
    },
    /// Of a name or a shape that this program does not know.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Its metadata are garbled.
    #[error("the metadata at position {position} cannot be read")]
    Metadata {
        /// Where it stands.
        position: i64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// Those metadata that count here.
#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    correlation_id: Option<String>,
    #[serde(default)]
    quiet: bool,
}

/// Reads a batch that follows position `since`.
pub fn digest<'a>(reactor: Reactor, since: i64, batch: impl IntoIterator<Item = &'a Recorded>) -> Digest {
    let mut digest = Digest { changes: BTreeMap::new(), position: since, poison: None };
    for recorded in batch {
        match changes(reactor, recorded) {
            Ok(changes) => digest.changes.extend(changes),
            Err(poison) => {
                digest.poison = Some(poison);
                return digest;
            }
        }
        digest.position = recorded.position;
    }
    digest
}

fn changes(reactor: Reactor, recorded: &Recorded) -> Result<Vec<(TimerKey, Change)>, Poison> {
    let position = recorded.position;
    let stream = StreamId::parse(&recorded.aggregate_type, &recorded.aggregate_id);
    if !reactor.follows(&stream.map_err(|source| Poison::Stream { position, source })?) {
        return Ok(vec![]);
    }
    let actions = reactor.react(&recorded.event()?);
    if actions.is_empty() {
        return Ok(vec![]);
    }
    let metadata: Metadata =
        serde_json::from_str(&recorded.metadata).map_err(|source| Poison::Metadata { position, source })?;
    // Of imported history nothing is to be done; what it ends is over all the same.
    let counts = |action: &Action| !metadata.quiet || matches!(action, Action::DropTimer { .. });
    let cause = Cause { event_id: recorded.event_id, correlation_id: metadata.correlation_id.clone() };
    Ok(actions.into_iter().filter(counts).map(|action| change(action, recorded, &cause)).collect())
}

fn change(action: Action, recorded: &Recorded, cause: &Cause) -> (TimerKey, Change) {
    let key = |key| TimerKey { tenant: recorded.tenant_id, key };
    match action {
        Action::DropTimer { key: name } => (key(name), Change::Dropped),
        Action::SetTimer { key: name, subject_id, due_at } => {
            let timer = Timer { key: key(name), subject_id, due_at, cause: cause.clone() };
            (timer.key.clone(), Change::Set(timer))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{TENANT, booking, cancelled, confirmed, created, due_at, in_order, of_a_seat};

    fn key() -> TimerKey {
        TimerKey { tenant: TENANT, key: format!("payment/{}", booking()) }
    }

    fn of(events: Vec<Recorded>) -> Digest {
        digest(Reactor::Expiry, 0, &in_order(events))
    }

    #[test]
    fn a_batch_gives_the_last_change_of_each_timer() {
        let placed = of(vec![of_a_seat(), created()]);
        let cause = Cause { event_id: created().event_id, correlation_id: Some("c-1".to_owned()) };
        let timer = Timer { key: key(), subject_id: booking(), due_at: due_at(), cause };
        assert_eq!(placed.changes, BTreeMap::from([(key(), Change::Set(timer))]));
        assert_eq!((placed.position, placed.poison.is_none()), (2, true));

        let ended = of(vec![created(), of_a_seat(), cancelled(), of_a_seat()]);
        assert_eq!(ended.changes, BTreeMap::from([(key(), Change::Dropped)]));
        assert_eq!(ended.position, 4);
    }

    #[test]
    fn of_imported_history_nothing_is_to_be_done() {
        let quiet = |event| Recorded { metadata: r#"{"quiet": true}"#.to_owned(), ..event };
        assert_eq!(of(vec![quiet(created())]).changes, BTreeMap::new());
        let dropped = of(vec![created(), quiet(confirmed())]);
        assert_eq!(dropped.changes, BTreeMap::from([(key(), Change::Dropped)]));
    }

    #[test]
    fn what_cannot_be_taken_in_stops_it_there() {
        let unknown = Recorded { aggregate_type: "attic".to_owned(), ..created() };
        let garbled = Recorded { payload: "{}".to_owned(), ..created() };
        let without_metadata = Recorded { metadata: "[".to_owned(), ..created() };
        for poison in [unknown, garbled, without_metadata] {
            let digest = of(vec![created(), poison, cancelled()]);
            assert_eq!((digest.position, digest.changes.len()), (1, 1));
            assert!(digest.poison.is_some());
        }
    }
}
