//! An event as a message: CloudEvents in binary mode, the body being the stored payload byte for byte.
//!
//! | header | holds |
//! |---|---|
//! | `ce-specversion` | `1.0` |
//! | `ce-id` | the event's id, unique for ever |
//! | `ce-type` | its name, such as `booking.created`; also the end of the subject |
//! | `ce-dataversion` | the shape of the payload |
//! | `ce-source` | `/booking/epoch/<epoch>` |
//! | `ce-subject` | the aggregate's id, percent-encoded as CloudEvents asks |
//! | `ce-time` | when it was recorded, UTC, to the microsecond |
//! | `content-type` | `application/json` |
//! | `Booking-Position` | `<epoch>.<position>` |
//! | `Booking-Previous` | the position of the tenant's event before this one, 0 if this is its first; absent when the stream no longer holds enough to know |
//! | `Booking-Aggregate` | the aggregate's type |
//! | `Booking-Sequence` | 1, 2, 3 … within the aggregate |
//! | `Booking-Metadata` | the stored metadata, JSON on one line; absent when it does not fit into [`METADATA_BYTES_MAX`] |
//! | `Booking-Hash`, `Booking-Hash-Before` | the hash chain after this event and before it, each 64 hexadecimal digits |
//! | `traceparent`, `Booking-Correlation-Id`, `Booking-Causation-Id` | taken from the metadata when it has them |
//!
//! The tenant stands in the subject. So a whole [`Recorded`] can be had back from a message.

mod decode;
mod encode;
#[cfg(test)]
mod round_trip;

use async_nats::HeaderMap;
use async_nats::header::HeaderName;
use bytes::Bytes;

pub use decode::{Misfit, decode};
pub use encode::{METADATA_BYTES_MAX, Unfit, bear_witness, encode};

#[cfg(doc)]
use booking_journal::Recorded;

/// A message as it is published and as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where to.
    pub subject: String,
    /// As the table above says.
    pub headers: HeaderMap,
    /// The stored payload.
    pub body: Bytes,
}

const SPEC_VERSION: HeaderName = HeaderName::from_static("ce-specversion");
const ID: HeaderName = HeaderName::from_static("ce-id");
const TYPE: HeaderName = HeaderName::from_static("ce-type");
const DATA_VERSION: HeaderName = HeaderName::from_static("ce-dataversion");
const SOURCE: HeaderName = HeaderName::from_static("ce-source");
const SUBJECT: HeaderName = HeaderName::from_static("ce-subject");
const TIME: HeaderName = HeaderName::from_static("ce-time");
const CONTENT_TYPE: HeaderName = HeaderName::from_static("content-type");
const POSITION: HeaderName = HeaderName::from_static("Booking-Position");
const PREVIOUS: HeaderName = HeaderName::from_static("Booking-Previous");
const AGGREGATE: HeaderName = HeaderName::from_static("Booking-Aggregate");
const SEQUENCE: HeaderName = HeaderName::from_static("Booking-Sequence");
const METADATA: HeaderName = HeaderName::from_static("Booking-Metadata");
const HASH: HeaderName = HeaderName::from_static("Booking-Hash");
const HASH_BEFORE: HeaderName = HeaderName::from_static("Booking-Hash-Before");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
const CORRELATION_ID: HeaderName = HeaderName::from_static("Booking-Correlation-Id");
const CAUSATION_ID: HeaderName = HeaderName::from_static("Booking-Causation-Id");
