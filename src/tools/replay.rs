//! `booking replay`: prints the journal as JSON lines, or what everything was by then.

mod state;

use std::io::Write;

use booking_domain::event::EVENT_TYPES;
use booking_domain::values::TenantId;
use booking_journal::{READ_EVENTS_MAX, Reader, Recorded};
use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::exit::Failure;
use crate::tools::tenant;

/// Which events are printed; all of them when nothing is said.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// One stream, by aggregate id, such as a booking's id or <flight>/12A
    #[arg(long)]
    stream: Option<String>,
    /// One business, by subdomain or id
    #[arg(long)]
    tenant: Option<String>,
    /// Event types such as booking.created; may be given several times
    #[arg(long = "type")]
    types: Vec<String>,
    /// First position
    #[arg(long, default_value_t = 1)]
    from: i64,
    /// Last position
    #[arg(long)]
    to: Option<i64>,
    /// Only what was recorded up to this instant (RFC 3339)
    #[arg(long)]
    until: Option<DateTime<Utc>>,
    /// Print what they make instead: bookings, flights, and seats and pools that something has happened to
    #[arg(long, conflicts_with_all = ["stream", "types", "from"])]
    state: bool,
}

#[derive(Serialize)]
struct Line<'e> {
    position: i64,
    event_id: uuid::Uuid,
    tenant_id: uuid::Uuid,
    aggregate_type: &'e str,
    aggregate_id: &'e str,
    sequence: i64,
    event_type: &'e str,
    event_version: &'e str,
    recorded_at: DateTime<Utc>,
    payload: &'e RawValue,
    metadata: &'e RawValue,
}

/// Prints the events asked for in order of position, or the state that they make. Personal data stays sealed.
///
/// # Errors
/// When the journal cannot be read, or nobody reads what is printed; for a type of event or a business that there is
/// not.
pub async fn replay(reader: &Reader, args: &ReplayArgs, out: &mut impl Write) -> Result<(), Failure> {
    if let Some(unknown) = args.types.iter().find(|name| !EVENT_TYPES.contains(&name.as_str())) {
        let known = EVENT_TYPES.join(", ");
        return Err(Failure::Usage(format!("there is no type of event `{unknown}`; there are {known}")));
    }
    let tenant = match &args.tenant {
        Some(text) => Some(tenant::named(reader, text).await?),
        None => None,
    };
    let printed = if args.state {
        state::print(reader, args, tenant, out).await?
    } else {
        print_all(reader, args, tenant, out).await?
    };
    if printed == 0 {
        drop(writeln!(std::io::stderr().lock(), "no event of the journal is meant by that"));
    }
    Ok(())
}

/// How many there were.
async fn print_all(
    reader: &Reader,
    args: &ReplayArgs,
    tenant: Option<TenantId>,
    out: &mut impl Write,
) -> Result<u64, Failure> {
    let (mut at, mut printed) = (args.from - 1, 0);
    loop {
        let events = reader.after(at, READ_EVENTS_MAX).await?;
        let Some(last) = events.last() else { return Ok(printed) };
        at = last.position;
        for event in &events {
            if args.is_past(event) {
                return Ok(printed);
            }
            if args.wants(event, tenant) {
                print(event, out)?;
                printed += 1;
            }
        }
    }
}

impl ReplayArgs {
    fn is_past(&self, event: &Recorded) -> bool {
        self.to.is_some_and(|to| to < event.position)
            || self.until.is_some_and(|until| until < event.recorded_at)
    }

    fn wants(&self, event: &Recorded, tenant: Option<TenantId>) -> bool {
        self.stream.as_ref().is_none_or(|stream| *stream == event.aggregate_id)
            && tenant.is_none_or(|tenant| tenant == event.tenant_id)
            && (self.types.is_empty() || self.types.contains(&event.event_type))
    }
}

fn print(event: &Recorded, out: &mut impl Write) -> Result<(), Failure> {
    let raw = |text: &str| serde_json::from_str::<Box<RawValue>>(text);
    let (payload, metadata) = (raw(&event.payload), raw(&event.metadata));
    let line = Line {
        position: event.position,
        event_id: event.event_id,
        tenant_id: event.tenant_id.uuid(),
        aggregate_type: &event.aggregate_type,
        aggregate_id: &event.aggregate_id,
        sequence: event.sequence,
        event_type: &event.event_type,
        event_version: &event.event_version,
        recorded_at: event.recorded_at,
        payload: &payload.map_err(anyhow::Error::from)?,
        metadata: &metadata.map_err(anyhow::Error::from)?,
    };
    serde_json::to_writer(&mut *out, &line).map_err(anyhow::Error::from)?;
    out.write_all(b"\n").map_err(anyhow::Error::from)?;
    Ok(())
}
