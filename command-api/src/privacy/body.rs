//! Whom it is about, as it comes in.

use booking_domain::values::{BookingId, CustomerId};
use booking_http::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::check::{At, Checks, texts};

/// `POST /privacy/erasures`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonBody {
    /// Absent: whoever asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
}

/// `POST /privacy/exports`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportBody {
    /// Absent: whoever asks.
    pub customer_id: Option<String>,
    /// Where to go on; absent: with the first booking.
    pub after_booking_id: Option<String>,
}

impl PersonBody {
    /// The customer who is named, if one is.
    ///
    /// # Errors
    /// 422 when it is no id.
    pub fn named(self) -> Result<Option<CustomerId>, Problem> {
        let mut checks = Checks::default();
        let named = checks.optional(At::Body.field("customer_id"), self.customer_id, texts::id);
        checks.finish(Some(named))
    }
}

impl ExportBody {
    /// The customer who is named, and the booking after which to go on.
    ///
    /// # Errors
    /// 422 when either is no id.
    pub fn checked(self) -> Result<(Option<CustomerId>, Option<BookingId>), Problem> {
        let (mut checks, at) = (Checks::default(), At::Body);
        let named = checks.optional(at.field("customer_id"), self.customer_id, texts::id);
        let after = checks.optional(at.field("after_booking_id"), self.after_booking_id, texts::id);
        checks.finish(Some((named, after)))
    }
}
