use axum::extract::State;
use axum::response::Response;
use booking_domain::UseCase;
use booking_domain::use_cases::CancelBooking;
use booking_domain::values::BookingId;
use booking_http::{OptionalBody, PathId, Problem};

use super::body::CancelBody;
use crate::Parts;
use crate::asked::{Asked, Booker};
use crate::check::{At, Checks, texts};
use crate::key::Asking;

/// A cancellation whose every field is sound.
#[derive(Debug, PartialEq, Eq)]
pub struct Cancellation {
    pub reason: Option<String>,
    pub comments: Option<String>,
}

/// `POST /bookings/{booking_id}/cancel`
pub async fn cancel(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<CancelBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/bookings/{booking_id}/cancel"), &body);
    cancelled(&parts, &asked, booking_id, cancellation(body)?, &asking).await
}

/// `DELETE /bookings/{booking_id}`
pub async fn delete(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<CancelBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("DELETE", format!("/bookings/{booking_id}"), &body);
    cancelled(&parts, &asked, booking_id, cancellation(body)?, &asking).await
}

/// Reads a cancellation.
///
/// # Errors
/// 422 with every field that is wrong.
pub fn cancellation(body: CancelBody) -> Result<Cancellation, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let reason = checks.optional(at.field("cancellation_reason"), body.cancellation_reason, texts::word);
    let comments = checks.optional(at.field("comments"), body.comments, texts::free_text);
    checks.finish(Some(Cancellation { reason, comments: comments.flatten() }))
}

/// Cancels it, and answers with the booking.
pub async fn cancelled(
    parts: &Parts,
    asked: &Asked,
    booking_id: BookingId,
    Cancellation { reason, comments }: Cancellation,
    asking: &Asking,
) -> Result<Response, Problem> {
    let key = asking.key(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let mut sealer = parts.vault.sealer(asked.caller.tenant);
    let comments = parts.sealed_comments(asked, &mut sealer, booking_id, comments).await?;
    let reason = reason.unwrap_or_else(|| usual_reason(asked).to_owned());
    let case = CancelBooking { booking_id, by: asked.actor(), reason, comments, now: asked.now };
    let receipt = parts.submit(asked.request(UseCase::CancelBooking(case), key, vec![])).await?;
    parts.answered(asked, &receipt, &sealer).await
}

/// When none is given.
pub fn usual_reason(asked: &Asked) -> &'static str {
    if asked.caller.is_staff() { "staff_requested" } else { "user_requested" }
}
