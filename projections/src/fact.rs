//! An event as a projection takes it in.

use booking_domain::event::NoSuchStream;
use booking_domain::values::TenantId;
use booking_domain::{Event, StreamId};
use booking_journal::{Recorded, Unreadable};
use uuid::Uuid;

/// Which row of a read model: the tenant, and the id of what the row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// First in every key.
    pub tenant: TenantId,
    /// Of the booking, of the flight.
    pub id: Uuid,
}

/// What one event says to one read model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<News> {
    /// The row that it is about.
    pub key: Key,
    /// Place in the journal.
    pub position: i64,
    /// Place in its stream.
    pub sequence: i64,
    /// The event.
    pub news: News,
}

/// An event that cannot be taken in. The projection stops at it: it never skips one.
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
    /// It does not fit the row: the table, the journal or the program is wrong.
    #[error("{event_type} at position {position} does not fit: {why}")]
    Misfit {
        /// Where it stands.
        position: i64,
        /// As stored.
        event_type: &'static str,
        /// Fixed words.
        why: &'static str,
    },
}

/// The stream of an event, known without reading its payload.
///
/// # Errors
/// [`Poison::Stream`] when it is none of ours.
pub fn stream_of(recorded: &Recorded) -> Result<StreamId, Poison> {
    StreamId::parse(&recorded.aggregate_type, &recorded.aggregate_id)
        .map_err(|source| Poison::Stream { position: recorded.position, source })
}

/// The fact that `pick` makes of an event, about the row `key`.
///
/// # Errors
/// [`Poison::Unreadable`] when the payload is of no known shape.
pub fn read<News>(
    recorded: &Recorded,
    key: Key,
    pick: fn(Event) -> Option<News>,
) -> Result<Option<Fact<News>>, Poison> {
    let &Recorded { position, sequence, .. } = recorded;
    Ok(pick(recorded.event()?).map(|news| Fact { key, position, sequence, news }))
}

impl Key {
    /// The two columns, for `unnest`.
    pub fn columns(keys: &[Self]) -> (Vec<Uuid>, Vec<Uuid>) {
        keys.iter().map(|key| (key.tenant.uuid(), key.id)).unzip()
    }
}
