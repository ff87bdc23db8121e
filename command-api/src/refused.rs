//! What callers see when the answer is no, or when there is none.

use std::error::Error;

use axum::http::{HeaderValue, StatusCode};
use booking_domain::refusal::SaleRefusal;
use booking_domain::{Refusal, RefusalKind};
use booking_http::{BOOKING_POSITION, IDEMPOTENT_REPLAYED, PositionToken, Problem};
use booking_journal::{Refused, SealFailure, SubmitFailure};
use serde_json::json;

/// Before a caller tries again, in seconds.
const RETRY_AFTER_S: u32 = 1;

/// A rule said no.
pub fn problem(refused: &Refused, epoch: i32) -> Problem {
    let status = match refused.kind {
        RefusalKind::Absent => StatusCode::NOT_FOUND,
        RefusalKind::Conflict => StatusCode::CONFLICT,
        RefusalKind::Wrong => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::Stale => StatusCode::PRECONDITION_FAILED,
    };
    let code = refused.code.clone();
    let problem = match &refused.refusal {
        Some(refusal) => explained(Problem::new(status, code, refusal.to_string()), refusal),
        None => Problem::new(status, code, "this request was refused before, and its repeat is, too"),
    };
    let position = PositionToken { epoch, position: refused.position };
    let problem = problem.header(BOOKING_POSITION, position.into());
    if refused.replayed {
        return problem.header(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
    problem
}

fn explained(problem: Problem, refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::Sale(SaleRefusal::FlightUnavailable(why)) => {
            problem.message("Flight is not available or has insufficient seats").details(why.clone())
        }
        Refusal::Sale(SaleRefusal::SeatsTaken { taken, alternatives }) => {
            problem.details(json!({"taken": taken})).alternatives(json!(alternatives))
        }
        Refusal::Sale(SaleRefusal::PriceChanged { expected, now }) => {
            problem.details(json!({"expected": expected, "now": now}))
        }
        Refusal::Sale(
            SaleRefusal::NoSuchSeat { .. }
            | SaleRefusal::NoSuchClass { .. }
            | SaleRefusal::SeatCount { .. }
            | SaleRefusal::MixedCurrencies
            | SaleRefusal::SumTooLarge
            | SaleRefusal::NotOnOneFlight,
        )
        | Refusal::Tenant(_)
        | Refusal::Departure(_)
        | Refusal::Seat(_)
        | Refusal::Pool(_)
        | Refusal::Booking(_)
        | Refusal::Customer(_)
        | Refusal::User(_)
        | Refusal::VersionConflict { .. } => problem,
    }
}

/// The Idempotency-Key stands for another request.
pub fn key_reused() -> Problem {
    let detail = "this Idempotency-Key was used for another request; nothing was stored";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED", detail)
}

/// The journal gave no outcome.
pub fn not_submitted(failure: &SubmitFailure) -> Problem {
    let unavailable = |code: &'static str, detail: &'static str| {
        Problem::unavailable(code, detail, RETRY_AFTER_S).caused_by(failure)
    };
    match failure {
        SubmitFailure::Unavailable => {
            unavailable("JOURNAL_UNAVAILABLE", "nothing was stored; repeat the request")
        }
        SubmitFailure::TooBusy => unavailable("TOO_BUSY", "nothing was stored; repeat the request"),
        SubmitFailure::Unknown => unavailable(
            "OUTCOME_UNKNOWN",
            "it is not known whether it was stored; repeat the request with the same Idempotency-Key",
        ),
        SubmitFailure::Broken => Problem::internal().caused_by(failure),
    }
}

/// Personal texts could not be sealed, so nothing was handed in.
pub fn not_sealed(failure: &SealFailure) -> Problem {
    match failure {
        SealFailure::Keys(_) => {
            let detail = "nothing was stored; repeat the request";
            Problem::unavailable("JOURNAL_UNAVAILABLE", detail, RETRY_AFTER_S).caused_by(failure)
        }
        SealFailure::Garbled => Problem::internal().caused_by(failure),
        SealFailure::Erased => {
            let detail = "the personal data of this person was erased: nothing more is kept of them";
            Problem::conflict("CUSTOMER_ERASED", detail)
        }
    }
}

/// It is stored, but the answer could not be put together.
pub fn no_answer(failure: &(dyn Error + 'static)) -> Problem {
    let detail = "the answer cannot be read now; repeat the request with the same Idempotency-Key";
    Problem::unavailable("ANSWER_UNAVAILABLE", detail, RETRY_AFTER_S).caused_by(failure)
}

#[cfg(test)]
mod tests;
