//! From a message to the journal's row.

use std::str::FromStr;

use async_nats::{HeaderMap, HeaderValue};
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

/// The headers that make an event, found in one pass: looking each up by its name would hash it anew.
#[derive(Default)]
struct Fields<'a> {
    id: Option<&'a str>,
    event_type: Option<&'a str>,
    event_version: Option<&'a str>,
    aggregate_id: Option<&'a str>,
    time: Option<&'a str>,
    position: Option<&'a str>,
    aggregate_type: Option<&'a str>,
    sequence: Option<&'a str>,
    metadata: Option<&'a str>,
}

/// The event that a message carries.
///
/// # Errors
/// [`Misfit`] when it is not a whole event of `epoch`.
pub fn decode(epoch: i32, message: &Message) -> Result<Recorded, Misfit> {
    let Message { subject, headers, body } = message;
    let (tenant_id, event_type) = subjects::parse(subject).ok_or(Misfit::Subject)?;
    let fields = Fields::of(headers);
    if text(fields.event_type, "ce-type")? != event_type {
        return Err(Misfit::Subject);
    }
    Ok(Recorded {
        position: position(epoch, text(fields.position, "Booking-Position")?)?,
        event_id: parsed(fields.id, "ce-id")?,
        tenant_id,
        aggregate_type: text(fields.aggregate_type, "Booking-Aggregate")?.to_owned(),
        aggregate_id: percent::decoded(text(fields.aggregate_id, "ce-subject")?)
            .ok_or(Misfit::Header("ce-subject"))?,
        sequence: parsed(fields.sequence, "Booking-Sequence")?,
        event_type: event_type.to_owned(),
        event_version: text(fields.event_version, "ce-dataversion")?.to_owned(),
        payload: std::str::from_utf8(body).map_err(|_no_text| Misfit::Body)?.to_owned(),
        metadata: text(fields.metadata, "Booking-Metadata")?.to_owned(),
        recorded_at: parsed::<DateTime<Utc>>(fields.time, "ce-time")?,
    })
}

impl<'a> Fields<'a> {
    fn of(headers: &'a HeaderMap) -> Self {
        let mut fields = Self::default();
        for (name, values) in headers.iter() {
            let field = match name {
                name if *name == ID => &mut fields.id,
                name if *name == TYPE => &mut fields.event_type,
                name if *name == DATA_VERSION => &mut fields.event_version,
                name if *name == SUBJECT => &mut fields.aggregate_id,
                name if *name == TIME => &mut fields.time,
                name if *name == POSITION => &mut fields.position,
                name if *name == AGGREGATE => &mut fields.aggregate_type,
                name if *name == SEQUENCE => &mut fields.sequence,
                name if *name == METADATA => &mut fields.metadata,
                _ => continue,
            };
            *field = values.first().map(HeaderValue::as_str);
        }
        fields
    }
}

fn position(epoch: i32, text: &str) -> Result<i64, Misfit> {
    const MALFORMED: Misfit = Misfit::Header("Booking-Position");
    let (found, position) = text.split_once('.').ok_or(MALFORMED)?;
    if found.parse::<i32>().map_err(|_no_number| MALFORMED)? != epoch {
        return Err(Misfit::Epoch);
    }
    position.parse().map_err(|_no_number| MALFORMED)
}

fn text<'a>(field: Option<&'a str>, shown: &'static str) -> Result<&'a str, Misfit> {
    field.ok_or(Misfit::Header(shown))
}

fn parsed<T: FromStr>(field: Option<&str>, shown: &'static str) -> Result<T, Misfit> {
    text(field, shown)?.parse().map_err(|_malformed| Misfit::Header(shown))
}
