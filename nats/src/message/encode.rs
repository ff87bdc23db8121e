//! From the journal's row to a message.

use async_nats::HeaderMap;
use booking_journal::{Hash, Recorded};
use bytes::Bytes;
use chrono::SecondsFormat;
use serde::Deserialize;

use super::{
    AGGREGATE, CAUSATION_ID, CONTENT_TYPE, CORRELATION_ID, DATA_VERSION, HASH, HASH_BEFORE, ID, METADATA,
    Message, POSITION, PREVIOUS, SEQUENCE, SOURCE, SPEC_VERSION, SUBJECT, TIME, TRACE_PARENT, TYPE,
};
use crate::{percent, subjects};

/// Metadata that is longer stays in the journal.
pub const METADATA_BYTES_MAX: usize = 4_096;

/// The event cannot be a message. It never will be, so the relay stops at it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the event at position {position} cannot be published: its type, version or aggregate is no plain word"
)]
pub struct Unfit {
    /// Where it stands in the journal.
    pub position: i64,
}

/// The message that carries `event`, with the tenant's `previous` position where it is known.
///
/// # Errors
/// [`Unfit`] when a name in the event's envelope cannot stand in a subject or header.
pub fn encode(event: Recorded, epoch: i32, previous: Option<i64>) -> Result<Message, Unfit> {
    let unfit = || Unfit { position: event.position };
    let subject = subjects::of_event(event.tenant_id, &event.event_type).ok_or_else(unfit)?;
    if !(is_word(&event.event_version) && is_word(&event.aggregate_type)) {
        return Err(unfit());
    }
    let mut headers = metadata_headers(&event.metadata);
    headers.insert(SPEC_VERSION, "1.0");
    headers.insert(ID, event.event_id.to_string());
    headers.insert(TYPE, event.event_type);
    headers.insert(DATA_VERSION, event.event_version);
    headers.insert(SOURCE, format!("/booking/epoch/{epoch}"));
    headers.insert(SUBJECT, percent::encoded(&event.aggregate_id));
    headers.insert(TIME, event.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true));
    headers.insert(CONTENT_TYPE, "application/json");
    headers.insert(POSITION, format!("{epoch}.{}", event.position));
    headers.insert(AGGREGATE, event.aggregate_type);
    headers.insert(SEQUENCE, event.sequence.to_string());
    if let Some(previous) = previous {
        headers.insert(PREVIOUS, previous.to_string());
    }
    if fits_into_a_header(&event.metadata) {
        headers.insert(METADATA, event.metadata);
    }
    Ok(Message { subject, headers, body: Bytes::from(event.payload) })
}

/// Adds the chain's hashes before and after the event, so that who receives it can compute one from the other
/// and keep it.
pub fn bear_witness(headers: &mut HeaderMap, before: &Hash, hash: &Hash) {
    headers.insert(HASH, hash.hex());
    headers.insert(HASH_BEFORE, before.hex());
}

#[derive(Default, Deserialize)]
struct Train {
    traceparent: Option<String>,
    correlation_id: Option<String>,
    causation_id: Option<String>,
}

/// What of the metadata has a header of its own. Metadata of another shape has none: it still travels whole.
fn metadata_headers(metadata: &str) -> HeaderMap {
    let train: Train = serde_json::from_str(metadata).unwrap_or_default();
    let values = [
        (TRACE_PARENT, train.traceparent),
        (CORRELATION_ID, train.correlation_id),
        (CAUSATION_ID, train.causation_id),
    ];
    let mut headers = HeaderMap::new();
    for (name, value) in values {
        if let Some(value) = value.filter(|value| fits_into_a_header(value)) {
            headers.insert(name, value);
        }
    }
    headers
}

/// A reader trims a header's value and ends it at the line, so only what survives that may be sent.
fn fits_into_a_header(value: &str) -> bool {
    let is_plain = value.trim() == value && !value.chars().any(char::is_control);
    is_plain && !value.is_empty() && value.len() <= METADATA_BYTES_MAX
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
