//! An event as the journal keeps it.

use booking_domain::Event;
use booking_domain::values::{Actor, TenantId};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use crate::upcast::upcast;

/// One row of `journal.event`: the envelope and the stored bytes, neither parsed nor unsealed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Recorded {
    /// Place in the one order of all events: 1, 2, 3 … without gaps, in commit order.
    pub position: i64,
    /// UUIDv7, unique for ever; `ce-id` on the wire.
    pub event_id: Uuid,
    /// Whose event it is.
    #[sqlx(try_from = "Uuid")]
    pub tenant_id: TenantId,
    /// `booking`, `seat`, `pool`, `departure`, `tenant`, `user`.
    pub aggregate_type: String,
    /// The stream within its type, such as `<departure>/12A`.
    pub aggregate_id: String,
    /// 1, 2, 3 … within the stream.
    pub sequence: i64,
    /// The one name of the event, such as `booking.created`.
    pub event_type: String,
    /// Shape of the payload, `1` until a payload ever changes.
    pub event_version: String,
    /// JSON, byte for byte as stored.
    pub payload: String,
    /// JSON: who, why and in whose train (`actor`, `command_id`, `correlation_id`, `causation_id`,
    /// `traceparent`, `occurred_at`, `quiet`).
    pub metadata: String,
    /// Instant of the commit's lock; never decreases with the position.
    pub recorded_at: DateTime<Utc>,
}

/// Who asked for an event: what its metadata says of that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct About {
    /// Who gave the command. Nobody for events that are older than this member.
    pub actor: Option<Actor>,
    /// The event that it was an answer to.
    pub causation_id: Option<Uuid>,
}

/// An event that this program cannot read. A worker that meets one stops at it; it never skips.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {event_type} version {event_version} at position {position}")]
pub struct Unreadable {
    /// Where it stands.
    pub position: i64,
    /// As stored.
    pub event_type: String,
    /// As stored.
    pub event_version: String,
    /// Why.
    #[source]
    pub source: serde_json::Error,
}

impl Recorded {
    /// Who asked for the event.
    ///
    /// # Errors
    /// [`Unreadable`] when its metadata are no JSON of ours.
    pub fn about(&self) -> Result<About, Unreadable> {
        serde_json::from_str(&self.metadata).map_err(|source| self.unreadable(source))
    }

    /// The event, brought to the newest version of its payload.
    ///
    /// # Errors
    /// [`Unreadable`] for an event that this program does not know.
    pub fn event(&self) -> Result<Event, Unreadable> {
        let payload = upcast(&self.event_type, &self.event_version, &self.payload);
        payload
            .and_then(|payload| Event::from_json(&self.aggregate_type, &payload))
            .map_err(|source| self.unreadable(source))
    }

    fn unreadable(&self, source: serde_json::Error) -> Unreadable {
        Unreadable {
            position: self.position,
            event_type: self.event_type.clone(),
            event_version: self.event_version.clone(),
            source,
        }
    }
}
