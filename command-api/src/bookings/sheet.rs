//! A booking's sheet out of its events.

use booking_domain::booking::Sheet;
use booking_domain::values::{BookingId, TenantId};
use booking_domain::{Event, StreamId};
use booking_http::Problem;
use booking_journal::Receipt;

use crate::Parts;
use crate::asked::Asked;

impl Parts {
    /// The booking as it was at a position.
    ///
    /// # Errors
    /// 404 when the tenant has no such booking, 503 when the journal cannot be read.
    pub(super) async fn sheet(
        &self,
        tenant: TenantId,
        booking_id: BookingId,
        until_position: i64,
    ) -> Result<Sheet, Problem> {
        let history = self.history(tenant, &StreamId::Booking(booking_id), until_position).await?;
        folded(history.iter().map(|(sequence, event)| (*sequence, event))).ok_or_else(absent)
    }

    /// The booking after a request, be it a dry run.
    ///
    /// # Errors
    /// As [`sheet`](Self::sheet).
    pub(super) async fn sheet_after(&self, asked: &Asked, receipt: &Receipt) -> Result<Sheet, Problem> {
        let booking_id: BookingId = receipt.subject.parse().map_err(|_| absent())?;
        let stream = StreamId::Booking(booking_id);
        let history = self.history_after(asked.caller.tenant, &stream, receipt).await?;
        folded(history.iter().map(|(sequence, event)| (*sequence, event))).ok_or_else(absent)
    }

    /// The booking as it is now, if the caller may see to it: customers their own, staff all of the tenant's. Deciding
    /// looks again.
    ///
    /// # Errors
    /// As [`sheet`](Self::sheet); another's is absent.
    pub(super) async fn own_sheet(&self, asked: &Asked, booking_id: BookingId) -> Result<Sheet, Problem> {
        let sheet = self.sheet(asked.caller.tenant, booking_id, i64::MAX).await?;
        if !asked.caller.is_staff() && sheet.customer_id != asked.caller.customer_id() {
            return Err(absent());
        }
        Ok(sheet)
    }
}

/// The sheet after these events; those of seats and pools among them do not matter.
pub fn folded<'e>(events: impl Iterator<Item = (i64, &'e Event)>) -> Option<Sheet> {
    let mut sheet = None;
    for (sequence, event) in events {
        match event {
            Event::Booking(event) => sheet = Sheet::after(sheet, event, sequence),
            Event::Tenant(_)
            | Event::Departure(_)
            | Event::Seat(_)
            | Event::Pool(_)
            | Event::Customer(_)
            | Event::User(_) => {}
        }
    }
    sheet
}

/// Absent, or another's, which nobody can tell apart.
pub fn absent() -> Problem {
    Problem::not_found("BOOKING_NOT_FOUND", "there is no such booking")
}
