use axum::extract::State;
use axum::response::Response;
use booking_domain::UseCase;
use booking_domain::use_cases::ConfirmBooking;
use booking_domain::values::BookingId;
use booking_http::{OptionalBody, PathId, Problem};

use crate::Parts;
use crate::asked::{Asked, Staff};
use crate::body::EmptyBody;
use crate::key::Asking;

/// `POST /bookings/{booking_id}/confirm`
pub async fn confirm(
    State(parts): State<Parts>,
    Staff(asked): Staff,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/bookings/{booking_id}/confirm"), &body);
    confirmed(&parts, &asked, booking_id, &asking).await
}

/// Confirms it, and answers with the booking.
pub async fn confirmed(
    parts: &Parts,
    asked: &Asked,
    booking_id: BookingId,
    asking: &Asking,
) -> Result<Response, Problem> {
    let key = asking.key(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let case = ConfirmBooking { booking_id, by: asked.actor(), now: asked.now };
    let receipt = parts.submit(asked.request(UseCase::ConfirmBooking(case), key, vec![])).await?;
    parts.answered(asked, &receipt, &parts.vault.sealer(asked.caller.tenant)).await
}
