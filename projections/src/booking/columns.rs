//! What lists of bookings are filtered and sorted by.

use booking_domain::booking::Sheet;
use chrono::{DateTime, SubsecRound, Utc};
use sqlx::FromRow;
use uuid::Uuid;

/// Finer than a microsecond no instant is stored.
const FRACTION_DIGITS: u16 = 6;

/// The columns beside a document. Each follows from it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Columns {
    /// Unique within the tenant.
    pub booking_reference: String,
    /// As answers write it.
    pub status: String,
    /// Whose booking it is; for an account, derived from tenant and user.
    pub customer_id: Uuid,
    /// The first departure's.
    pub flight_id: Option<Uuid>,
    /// Of the earliest item, in whole microseconds.
    pub start_time: Option<DateTime<Utc>>,
    /// In whole microseconds.
    pub created_at: DateTime<Utc>,
    /// Put away: lists leave it out unless they are asked for it.
    pub archived: bool,
}

impl Columns {
    /// Those of a sheet.
    pub fn of(sheet: &Sheet) -> Self {
        Self {
            booking_reference: sheet.booking_reference.as_str().to_owned(),
            status: sheet.status.word().to_owned(),
            customer_id: sheet.customer_id.uuid(),
            flight_id: sheet.flight_id.map(|flight| flight.uuid()),
            start_time: sheet.start_time.map(|at| at.trunc_subsecs(FRACTION_DIGITS)),
            created_at: sheet.created_at.trunc_subsecs(FRACTION_DIGITS),
            archived: sheet.archived,
        }
    }
}
