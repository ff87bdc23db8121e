//! One booking, by its id or its reference.

use booking_domain::values::{BookingId, CustomerId};
use booking_http::PositionToken;
use sqlx::FromRow;
use uuid::Uuid;

use crate::past::Then;
use crate::scope::Scoped;

/// A booking as stored, and what the read model showed with it.
#[derive(FromRow)]
pub struct Shown {
    epoch: i32,
    position: i64,
    /// Absent when there is none, or none that the caller may see.
    pub document: Option<String>,
}

impl Shown {
    /// As it was.
    pub const fn then(then: &Then, document: Option<String>) -> Self {
        let PositionToken { epoch, position } = then.shown;
        Self { epoch, position, document }
    }

    pub const fn position(&self) -> PositionToken {
        PositionToken { epoch: self.epoch, position: self.position }
    }
}

/// The booking with an id; with `own` only that customer's.
pub async fn by_id(scoped: &mut Scoped, id: BookingId, own: Option<CustomerId>) -> sqlx::Result<Shown> {
    sqlx::query_as(BY_ID)
        .bind(scoped.tenant())
        .bind(id.uuid())
        .bind(bare(own))
        .fetch_one(scoped.connection())
        .await
}

/// The booking with a reference, any case; with `own` only that customer's.
pub async fn by_reference(
    scoped: &mut Scoped,
    reference: &str,
    own: Option<CustomerId>,
) -> sqlx::Result<Shown> {
    sqlx::query_as(BY_REFERENCE)
        .bind(scoped.tenant())
        // Postgres knows no text with a NUL, so no booking has such a reference.
        .bind(reference.to_uppercase().replace('\0', "\u{fffd}"))
        .bind(bare(own))
        .fetch_one(scoped.connection())
        .await
}

fn bare(own: Option<CustomerId>) -> Option<Uuid> {
    own.map(|customer| customer.uuid())
}

const BY_ID: &str = "
    select epoch, shown.position, document
    from read.checkpoint as shown
    left join read.booking_v1 as booking
        on tenant_id = $1 and booking_id = $2 and ($3::uuid is null or customer_id = $3)
    where name = 'booking_v1'";

const BY_REFERENCE: &str = "
    select epoch, shown.position, document
    from read.checkpoint as shown
    left join read.booking_v1 as booking
        on tenant_id = $1 and booking_reference = $2 and ($3::uuid is null or customer_id = $3)
    where name = 'booking_v1'";
