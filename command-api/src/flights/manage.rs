//! What happens to a departure after it was scheduled.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use booking_domain::UseCase;
use booking_domain::use_cases::{CancelDeparture, SetSales};
use booking_domain::values::DepartureId;
use booking_http::{ETag, IDEMPOTENT_REPLAYED, OptionalBody, PathId, Problem};
use booking_journal::Receipt;

use super::body::ReasonBody;
use super::document::FlightDocument;
use crate::Parts;
use crate::asked::{Asked, Owner};
use crate::body::EmptyBody;
use crate::check::{At, Checks, texts};
use crate::key::Asking;

/// `POST /flights/{flight_id}/cancel`
pub async fn cancel(
    State(parts): State<Parts>,
    Owner(asked): Owner,
    PathId(flight_id): PathId<DepartureId>,
    OptionalBody(body): OptionalBody<ReasonBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/flights/{flight_id}/cancel"), &body);
    let mut checks = Checks::default();
    let reason = checks.optional(At::Body.field("reason"), body.reason, texts::free_text).flatten();
    let reason = checks.finish(Some(reason))?;
    let case = UseCase::CancelDeparture(CancelDeparture { flight_id, reason, now: asked.now });
    done_with_affected(&parts, &asked, case, &asking).await
}

/// `POST /flights/{flight_id}/open`
pub async fn open(
    State(parts): State<Parts>,
    Owner(asked): Owner,
    PathId(flight_id): PathId<DepartureId>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    let case = SetSales { flight_id, open: true, now: asked.now };
    sales(&parts, &asked, case, "open", &body).await
}

/// `POST /flights/{flight_id}/close`
pub async fn close(
    State(parts): State<Parts>,
    Owner(asked): Owner,
    PathId(flight_id): PathId<DepartureId>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    let case = SetSales { flight_id, open: false, now: asked.now };
    sales(&parts, &asked, case, "close", &body).await
}

/// The departure that a receipt is about, as it stood then.
pub async fn answer(parts: &Parts, asked: &Asked, receipt: &Receipt) -> Result<Response, Problem> {
    let flight_id = receipt.subject.parse().map_err(|_| Problem::internal())?;
    let document = parts.flight(asked, flight_id, receipt).await?;
    Ok(shown(parts, document, receipt))
}

/// The same, with the bookings that hold something on it.
pub async fn answer_with_affected(
    parts: &Parts,
    asked: &Asked,
    receipt: &Receipt,
) -> Result<Response, Problem> {
    let flight_id = receipt.subject.parse().map_err(|_| Problem::internal())?;
    let mut document = parts.flight(asked, flight_id, receipt).await?;
    document.affected_bookings = Some(parts.affected(asked.caller.tenant, flight_id, receipt).await?);
    Ok(shown(parts, document, receipt))
}

fn shown(parts: &Parts, document: FlightDocument, receipt: &Receipt) -> Response {
    let replayed = receipt.replayed.then_some((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
    let etag = ETag(document.version);
    let mut response = (parts.token(receipt.position), etag, Json(document)).into_response();
    response.headers_mut().extend(replayed);
    response
}

async fn sales(
    parts: &Parts,
    asked: &Asked,
    case: SetSales,
    verb: &str,
    body: &EmptyBody,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/flights/{}/{verb}", case.flight_id), body);
    done(parts, asked, UseCase::SetSales(case), &asking).await
}

pub async fn done(parts: &Parts, asked: &Asked, case: UseCase, asking: &Asking) -> Result<Response, Problem> {
    let key = asking.key(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let receipt = parts.submit(asked.request(case, key, vec![])).await?;
    answer(parts, asked, &receipt).await
}

/// For what changes what its bookings hold.
pub async fn done_with_affected(
    parts: &Parts,
    asked: &Asked,
    case: UseCase,
    asking: &Asking,
) -> Result<Response, Problem> {
    let key = asking.key(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let receipt = parts.submit(asked.request(case, key, vec![])).await?;
    answer_with_affected(parts, asked, &receipt).await
}
