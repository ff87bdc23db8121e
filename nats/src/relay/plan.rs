//! What the relay does next, as pure functions of what it saw.

use std::time::Duration;

use crate::StreamState;

/// The first pause after a failure; doubled each time.
const PAUSE_MS: u64 = 50;
/// The longest pause.
const PAUSE_MS_MAX: u64 = 1_000;

/// Where a session begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Everything after this position is to be published.
    After(i64),
    /// The stream has what the journal has not.
    Ahead { last: i64, head: i64 },
}

/// What is known of a tenant's last event when the stream has none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// The stream holds everything since the first event, so there is none.
    None,
    /// It may have been limited out.
    Unknown,
}

/// The stream alone says where to go on: wiped means from the first event, rolled back from there.
pub fn start(stream: StreamState, head: i64) -> Start {
    let last = stream.last;
    if last <= head { Start::After(last) } else { Start::Ahead { last, head } }
}

/// `first` is the oldest position that the stream holds after it was found to have nothing of the tenant.
pub(super) fn before(first: i64) -> Before {
    if first <= 1 { Before::None } else { Before::Unknown }
}

/// The pause after so many failures in a row.
pub(super) fn pause(failures: u32) -> Duration {
    let doubled = PAUSE_MS.saturating_mul(1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX));
    Duration::from_millis(doubled.min(PAUSE_MS_MAX))
}

#[cfg(test)]
mod tests {
    use super::{Before, Start, StreamState, before, pause, start};

    #[test]
    fn the_stream_says_where_to_go_on() {
        let rows = [
            ("new", (0, 0), 7, Start::After(0)),
            ("wiped, nothing written yet", (0, 0), 0, Start::After(0)),
            ("level", (1, 7), 7, Start::After(7)),
            ("behind, or rolled back", (1, 4), 7, Start::After(4)),
            ("all limited out", (8, 7), 7, Start::After(7)),
            ("ahead", (1, 8), 7, Start::Ahead { last: 8, head: 7 }),
        ];
        for (what, (first, last), head, expected) in rows {
            assert_eq!(start(StreamState { first, last, is_new: false }, head), expected, "{what}");
        }
    }

    #[test]
    fn no_event_of_a_tenant_means_none_only_in_a_whole_stream() {
        assert_eq!([0, 1, 2].map(before), [Before::None, Before::None, Before::Unknown]);
    }

    #[test]
    fn pauses_double_up_to_their_bound() {
        let pauses = [0, 1, 2, 3, 5, 6, 100, u32::MAX].map(|failures| pause(failures).as_millis());
        assert_eq!(pauses, [50, 50, 100, 200, 800, 1000, 1000, 1000]);
    }
}
