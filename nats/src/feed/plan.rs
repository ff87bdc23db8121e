//! What a feed does next, as a pure function of where it stands.

use std::time::Duration;

use super::{BUSY_MS, LINGER_MS, NEAR_EVENTS};
use crate::StreamState;

/// Where the next event is to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// From the journal: the stream does not hold it, or its end is too far away.
    Journal,
    /// From the stream, opened at `from`; what comes before the next position is dropped.
    Stream { from: i64 },
}

/// Where a message stands that is delivered when `expected` is the next position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Already handed out: a repetition after a restart of consumer, stream or server.
    Old,
    /// The one that was waited for.
    Next,
    /// Something before it is missing.
    Early,
}

/// A stream that is a little behind is opened at its end: the relay is about to fill it. Who is far behind reads
/// larger pages from the journal, and shares the stream with others once it is near.
pub fn source(next: i64, stream: Option<StreamState>) -> Source {
    match stream {
        Some(StreamState { first, last, .. }) if first <= next && is_near(next, last) => {
            Source::Stream { from: next.min(last + 1) }
        }
        Some(_) | None => Source::Journal,
    }
}

/// Whether a reader that wants `from` takes part in a delivery that goes on at `next`.
pub(crate) fn joins(next: i64, from: i64) -> bool {
    is_near(next, from)
}

fn is_near(one: i64, other: i64) -> bool {
    one.abs_diff(other) <= NEAR_EVENTS
}

pub fn place(sequence: i64, expected: i64) -> Place {
    match sequence.cmp(&expected) {
        std::cmp::Ordering::Less => Place::Old,
        std::cmp::Ordering::Equal => Place::Next,
        std::cmp::Ordering::Greater => Place::Early,
    }
}

/// How long to wait for more after the first event, when that was `waited` for. Where events come so fast
/// that one is already there, waiting makes fewer and larger batches; else nobody is made to wait.
pub(super) fn linger(waited: Duration) -> Duration {
    if waited < Duration::from_millis(BUSY_MS) { Duration::from_millis(LINGER_MS) } else { Duration::ZERO }
}

#[cfg(test)]
mod tests {
    use super::{
        BUSY_MS, Duration, LINGER_MS, NEAR_EVENTS, Place, Source, StreamState, joins, linger, place, source,
    };

    #[test]
    fn the_source_follows_from_what_the_stream_holds() {
        let near = i64::try_from(NEAR_EVENTS).unwrap_or(i64::MAX);
        let rows = [
            ("no stream, or no server", 1, None, Source::Journal),
            ("new and empty", 1, Some((0, 0)), Source::Stream { from: 1 }),
            ("held", 5, Some((1, 9)), Source::Stream { from: 5 }),
            ("the oldest held", 5, Some((5, 9)), Source::Stream { from: 5 }),
            ("limited out", 4, Some((5, 9)), Source::Journal),
            ("everything limited out", 9, Some((10, 9)), Source::Journal),
            ("everything limited out, and all known", 10, Some((10, 9)), Source::Stream { from: 10 }),
            ("at the end", 10, Some((1, 9)), Source::Stream { from: 10 }),
            ("a little behind", 12, Some((1, 9)), Source::Stream { from: 10 }),
            ("just near enough", 9 + near, Some((1, 9)), Source::Stream { from: 10 }),
            ("just not too far behind", 5, Some((1, 5 + near)), Source::Stream { from: 5 }),
            ("far behind", 5, Some((1, 6 + near)), Source::Journal),
            ("rolled back or wiped", 10 + near, Some((1, 9)), Source::Journal),
        ];
        for (what, next, stream, expected) in rows {
            let stream = stream.map(|(first, last)| StreamState { first, last, is_new: false });
            assert_eq!(source(next, stream), expected, "{what}");
        }
    }

    #[test]
    fn a_delivery_is_joined_by_those_who_are_near_it() {
        let near = i64::try_from(NEAR_EVENTS).unwrap_or(i64::MAX);
        let wanted = [1, 2, 2 + near, 2 + 2 * near, 3 + 2 * near];
        assert_eq!(wanted.map(|from| joins(2 + near, from)), [false, true, true, true, false]);
    }

    #[test]
    fn a_message_is_old_next_or_early() {
        assert_eq!([4, 5, 6].map(|sequence| place(sequence, 5)), [Place::Old, Place::Next, Place::Early]);
    }

    #[test]
    fn only_a_busy_feed_lingers() {
        assert_eq!(linger(Duration::ZERO), Duration::from_millis(LINGER_MS));
        assert_eq!(linger(Duration::from_millis(BUSY_MS)), Duration::ZERO);
    }
}
