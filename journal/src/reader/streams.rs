//! The journal stream by stream instead of position by position: for those who fold all of it and keep little.

use super::{READ_EVENTS_MAX, ReadFailure, Reader};
use crate::Recorded;

/// How far a walk along the streams of a type has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed {
    /// Of the last event read; empty before the first.
    pub aggregate_id: String,
    /// Within that stream.
    pub sequence: i64,
}

impl Reader {
    /// The next events of all streams of a type, stream by stream, [`READ_EVENTS_MAX`] at most; none at the end. All
    /// tenants' and all positions: whoever wants less leaves the others out, so that no statement runs for long.
    ///
    /// # Errors
    /// When Postgres cannot be asked.
    pub async fn along(&self, aggregate_type: &str, passed: &Passed) -> Result<Vec<Recorded>, ReadFailure> {
        Ok(sqlx::query_as(ALONG)
            .bind(aggregate_type)
            .bind(&passed.aggregate_id)
            .bind(passed.sequence)
            .bind(READ_EVENTS_MAX)
            .fetch_all(&self.pool)
            .await?)
    }
}

const ALONG: &str = "
    select position, event_id, tenant_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
           payload::text as payload, metadata::text as metadata, recorded_at
    from journal.event
    where aggregate_type = $1 and (aggregate_id, sequence) > ($2, $3)
    order by aggregate_id, sequence
    limit $4";
