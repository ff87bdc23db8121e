//! Bookings that a change of a departure concerns.

use booking_domain::values::{DepartureId, TenantId};
use booking_http::Problem;
use booking_journal::Receipt;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Parts;
use crate::refused;

/// Most bookings that an answer names.
const NAMED_MAX: i64 = 100;

/// Those that held something on it, and so are seen to by the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Affected {
    count: u64,
    /// The first of them, in the order in which they are seen to.
    first: Vec<AffectedBooking>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
struct AffectedBooking {
    booking_id: String,
    booking_reference: String,
}

impl Parts {
    /// As of the receipt's position, so that a repeat is answered with the same.
    pub(super) async fn affected(
        &self,
        tenant: TenantId,
        flight_id: DepartureId,
        receipt: &Receipt,
    ) -> Result<Affected, Problem> {
        let holders = self.reader.holders(tenant, flight_id, receipt.position, NAMED_MAX).await;
        let holders = holders.map_err(|failure| refused::no_answer(&failure))?;
        let named = |(booking_id, booking_reference)| AffectedBooking { booking_id, booking_reference };
        Ok(Affected { count: holders.count, first: holders.first.into_iter().map(named).collect() })
    }
}
