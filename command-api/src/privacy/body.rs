//! Whom it is about, as it comes in.

use booking_domain::values::CustomerId;
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
