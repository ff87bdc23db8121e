//! One row, folded out of the journal up to a position.

use std::collections::HashMap;

use booking_domain::event::Family;
use booking_journal::{READ_EVENTS_MAX, Reader};

use crate::api::QueryFailure;
use crate::fact::Key;
use crate::projection::{Projection, digest};

/// Most events that one answer is folded from: a booking has some ten, a departure whose every seat changes hands
/// ten times some thousands.
pub const FAMILY_EVENTS_MAX: i64 = 20 * READ_EVENTS_MAX;

/// The row of a key after the events of its family up to a position; nothing before the first.
///
/// # Errors
/// [`QueryFailure::TooLong`] beyond [`FAMILY_EVENTS_MAX`]: a part of them would give a wrong answer.
pub async fn folded<P: Projection>(
    reader: &Reader,
    key: Key,
    family: Family,
    until: i64,
) -> Result<Option<P::Row>, QueryFailure> {
    let (mut rows, mut after) = (HashMap::new(), 0);
    for _ in 0..FAMILY_EVENTS_MAX / READ_EVENTS_MAX {
        let events = reader.family(key.tenant, family, after, until).await?;
        let mut digest = digest::<P>(after, &events);
        digest.fold::<P>(&mut rows);
        digest.poison.map_or(Ok(()), Err)?;
        after = digest.position;
        if (events.len() as i64) < READ_EVENTS_MAX {
            return Ok(rows.remove(&key));
        }
    }
    Err(QueryFailure::TooLong)
}
