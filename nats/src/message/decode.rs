//! From a message to the journal's row.

use std::str::FromStr;

use async_nats::HeaderMap;
use async_nats::header::HeaderName;
use booking_journal::Recorded;
use chrono::{DateTime, Utc};

use super::{AGGREGATE, DATA_VERSION, ID, METADATA, Message, POSITION, SEQUENCE, SUBJECT, TIME, TYPE};
use crate::{percent, subjects};

/// Why a message is not a whole event of this epoch. The journal then has to be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The subject names no tenant, or another event than `ce-type`.
    #[error("the subject does not fit the event")]
    Subject,
    /// A header is missing or cannot be read.
    #[error("header {0} is missing or malformed")]
    Header(&'static str),
    /// The event is of another epoch.
    #[error("the event is of another epoch")]
    Epoch,
    /// The body is not text.
    #[error("the body is not UTF-8")]
    Body,
}

/// The event that a message carries.
///
/// # Errors
/// [`Misfit`] when it is not a whole event of `epoch`.
pub fn decode(epoch: i32, message: &Message) -> Result<Recorded, Misfit> {
    let Message { subject, headers, body } = message;
    let (tenant_id, event_type) = subjects::parse(subject).ok_or(Misfit::Subject)?;
    if text(headers, TYPE, "ce-type")? != event_type {
        return Err(Misfit::Subject);
    }
    Ok(Recorded {
        position: position(epoch, headers)?,
        event_id: parsed(headers, ID, "ce-id")?,
        tenant_id,
        aggregate_type: text(headers, AGGREGATE, "Booking-Aggregate")?.to_owned(),
        aggregate_id: percent::decoded(text(headers, SUBJECT, "ce-subject")?)
            .ok_or(Misfit::Header("ce-subject"))?,
        sequence: parsed(headers, SEQUENCE, "Booking-Sequence")?,
        event_type: event_type.to_owned(),
        event_version: text(headers, DATA_VERSION, "ce-dataversion")?.to_owned(),
        payload: std::str::from_utf8(body).map_err(|_no_text| Misfit::Body)?.to_owned(),
        metadata: text(headers, METADATA, "Booking-Metadata")?.to_owned(),
        recorded_at: parsed::<DateTime<Utc>>(headers, TIME, "ce-time")?,
    })
}

fn position(epoch: i32, headers: &HeaderMap) -> Result<i64, Misfit> {
    const MALFORMED: Misfit = Misfit::Header("Booking-Position");
    let (found, position) = text(headers, POSITION, "Booking-Position")?.split_once('.').ok_or(MALFORMED)?;
    if found.parse::<i32>().map_err(|_no_number| MALFORMED)? != epoch {
        return Err(Misfit::Epoch);
    }
    position.parse().map_err(|_no_number| MALFORMED)
}

fn text<'a>(headers: &'a HeaderMap, name: HeaderName, shown: &'static str) -> Result<&'a str, Misfit> {
    headers.get(name).map(async_nats::HeaderValue::as_str).ok_or(Misfit::Header(shown))
}

fn parsed<T: FromStr>(headers: &HeaderMap, name: HeaderName, shown: &'static str) -> Result<T, Misfit> {
    text(headers, name, shown)?.parse().map_err(|_malformed| Misfit::Header(shown))
}
