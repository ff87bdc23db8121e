use axum::extract::State;
use axum::response::Response;
use booking_domain::UseCase;
use booking_domain::use_cases::ConfirmBooking;
use booking_domain::values::BookingId;
use booking_http::{OptionalBody, PathId, Problem};

use super::answer::{answer, document};
use super::body::EmptyBody;
use crate::Parts;
use crate::asked::Staff;
use crate::key::Asking;

/// `POST /bookings/{booking_id}/confirm`
pub async fn confirm(
    State(parts): State<Parts>,
    Staff(asked): Staff,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/bookings/{booking_id}/confirm"), &body);
    let key = asking.key(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let case = ConfirmBooking { booking_id, by: asked.actor(), now: asked.now };
    let receipt = parts.submit(asked.request(UseCase::ConfirmBooking(case), key, vec![])).await?;
    let sheet = parts.sheet(asked.caller.tenant, booking_id, receipt.position).await?;
    let opened = parts.unsealed(asked.caller.tenant, document(&sheet)).await?;
    Ok(answer(&parts, &receipt, sheet.version, opened))
}
