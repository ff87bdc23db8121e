//! `PATCH /bookings/{booking_id}/status`: a status as a wish, for callers that know no verbs (S0-11).

use axum::extract::State;
use axum::response::Response;
use booking_domain::booking::Step;
use booking_domain::use_cases::BookingChange;
use booking_domain::values::BookingId;
use booking_http::{Body, PathId, Permission, Problem};

use super::body::CancelBody;
use super::cancel::{cancellation, cancelled};
use super::change_body::{DeclineBody, StatusBody, StepBody};
use super::confirm::confirmed;
use super::fulfil::take;
use super::staff::declined;
use crate::Parts;
use crate::asked::Booker;
use crate::check::{At, Checks, Wrong};
use crate::key::Asking;

/// What a status asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Confirm,
    Cancel,
    Decline,
    CheckIn,
    Complete,
    MarkNoShow,
    Archive,
}

/// Each status asks for the verb of the same meaning, and is for whoever may use that.
pub async fn patch(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId(booking_id): PathId<BookingId>,
    Body(body): Body<StatusBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("PATCH", format!("/bookings/{booking_id}/status"), &body);
    let StatusBody { status, cancellation_reason, decline_reason, comments } = body;
    let mut checks = Checks::default();
    let verb = checks.required(At::Body.field("status"), status, verb);
    let verb = checks.finish(verb)?;
    match verb {
        Verb::CheckIn | Verb::Cancel => {}
        Verb::Archive => asked.caller.must(Permission::RunBookings)?,
        Verb::Confirm | Verb::Decline | Verb::Complete | Verb::MarkNoShow => {
            asked.caller.must(Permission::ServeCustomers)?
        }
    }
    match verb {
        Verb::Confirm => confirmed(&parts, &asked, booking_id, &asking).await,
        Verb::Cancel => {
            let cancellation = cancellation(CancelBody { cancellation_reason, comments })?;
            cancelled(&parts, &asked, booking_id, cancellation, &asking).await
        }
        Verb::Decline => {
            let body = DeclineBody { decline_reason, comments };
            declined(&parts, &asked, booking_id, body, &asking).await
        }
        Verb::CheckIn => take(&parts, &asked, booking_id, Step::CheckIn, StepBody::default()).await,
        Verb::Complete => take(&parts, &asked, booking_id, Step::Complete, StepBody::default()).await,
        Verb::MarkNoShow => take(&parts, &asked, booking_id, Step::MarkNoShow, StepBody::default()).await,
        Verb::Archive => parts.change(&asked, booking_id, BookingChange::Archive, &asking).await,
    }
}

/// Any case, as in filters.
fn verb(status: &str) -> Result<Verb, Wrong> {
    match status.to_lowercase().as_str() {
        "confirmed" => Ok(Verb::Confirm),
        "cancelled" => Ok(Verb::Cancel),
        "declined" => Ok(Verb::Decline),
        "checked_in" => Ok(Verb::CheckIn),
        "completed" => Ok(Verb::Complete),
        "no_show" => Ok(Verb::MarkNoShow),
        "archived" => Ok(Verb::Archive),
        _ => Err("confirmed, cancelled, declined, checked_in, completed, no_show or archived".into()),
    }
}
