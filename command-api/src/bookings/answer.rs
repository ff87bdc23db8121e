//! How commands on bookings are answered: the booking, a word to people, and what to do next.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse, Response};
use booking_domain::booking::{Awaiting, RefundStatus, Sheet, Status};
use booking_http::{ETag, IDEMPOTENT_REPLAYED};
use booking_journal::{Intent, Receipt};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::Parts;
use crate::asked::Asked;

/// How long a refund takes, for people (S3-4).
const REFUND_TIME: &str = "5-7 business days";

/// The booking with what an answer adds to it; personal texts still sealed.
#[derive(Serialize, ToSchema)]
#[schema(as = BookingAnswer)]
pub struct Answered<'s> {
    #[serde(flatten)]
    #[schema(value_type = Sheet)]
    sheet: &'s Sheet,
    message: String,
    /// Words: place, pay, await_approval, verify, check_in.
    next_steps: Vec<&'static str>,
    /// Of a cancelled booking only; null when nothing comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    refund_processing_time: Option<Option<&'static str>>,
}

impl<'s> Answered<'s> {
    fn of(sheet: &'s Sheet) -> Self {
        let initiated = sheet.refund_status == Some(RefundStatus::Initiated);
        let is_cancelled = sheet.status == Status::Cancelled;
        Self {
            sheet,
            message: message(sheet),
            next_steps: next_steps(sheet),
            refund_processing_time: is_cancelled.then_some(initiated.then_some(REFUND_TIME)),
        }
    }
}

/// The body of an answer, personal texts still sealed, to be opened member by member.
pub fn document(sheet: &Sheet) -> Value {
    serde_json::to_value(Answered::of(sheet)).expect("a sheet can be written as JSON")
}

/// The same as text.
pub fn text(sheet: &Sheet) -> String {
    serde_json::to_string(&Answered::of(sheet)).expect("a sheet can be written as JSON")
}

/// The answer to a command with a JSON text as its body; the status is the caller's to add.
pub fn answer(parts: &Parts, asked: &Asked, receipt: &Receipt, version: i64, json: String) -> Response {
    let replayed = receipt.replayed.then_some((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
    let content_type = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let mut response = (parts.token(receipt.position), ETag(version), content_type, json).into_response();
    response.headers_mut().extend(replayed);
    // Nothing has the version that a dry run would make.
    if asked.intent == Intent::Rehearse {
        response.headers_mut().remove(ETAG);
    }
    response
}

fn message(sheet: &Sheet) -> String {
    let reference = &sheet.booking_reference;
    match (sheet.status, sheet.refund_status) {
        (Status::Held, _) => format!("The units of {reference} are held."),
        (Status::Created, _) => format!("Booking {reference} created successfully."),
        (Status::Confirmed, _) => format!("Booking {reference} is confirmed."),
        (Status::CheckedIn, _) => format!("Booking {reference} is checked in."),
        (Status::Completed, _) => format!("Booking {reference} has taken place."),
        (Status::NoShow, _) => format!("Booking {reference} was not used."),
        (Status::Cancelled, Some(RefundStatus::Initiated)) => {
            format!("Booking {reference} cancelled successfully. Refund will be processed shortly.")
        }
        (Status::Cancelled, Some(RefundStatus::NotDue) | None) => {
            format!("Booking {reference} cancelled successfully.")
        }
        (Status::Declined, _) => format!("Booking {reference} was declined."),
        (Status::Expired, _) => format!("Booking {reference} has expired."),
    }
}

fn next_steps(sheet: &Sheet) -> Vec<&'static str> {
    match (sheet.status, sheet.awaiting) {
        (Status::Held, _) => vec!["place"],
        (Status::Created, Some(Awaiting::Payment)) => vec!["pay"],
        (Status::Created, Some(Awaiting::Approval)) => vec!["await_approval"],
        (Status::Created, Some(Awaiting::Verification)) => vec!["verify"],
        (Status::Confirmed, _) => vec!["check_in"],
        (Status::Created, None)
        | (
            Status::CheckedIn
            | Status::Completed
            | Status::NoShow
            | Status::Cancelled
            | Status::Declined
            | Status::Expired,
            _,
        ) => vec![],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sheet(changed: &Value) -> Sheet {
        let at = "2026-11-20T09:30:00Z";
        let mut sheet = json!({
            "booking_id": uuid::Uuid::nil(), "booking_reference": "BK-20261120-000000", "status": "created",
            "kind": "seat", "customer_id": uuid::Uuid::nil(), "items": [], "passengers": [],
            "passengers_count": 0, "allocated_seats": [], "total_price": {"amount": "1", "currency": "USD"},
            "price_lines": [], "currency": "USD", "payment_status": "due",
            "amount_paid": {"amount": "0", "currency": "USD"}, "amount_refunded": {"amount": "0", "currency": "USD"}, "confirmation_url": "",
            "created_at": at, "updated_at": at, "archived": false, "version": 1,
        });
        for (member, value) in changed.as_object().unwrap() {
            sheet[member] = value.clone();
        }
        serde_json::from_value(sheet).unwrap()
    }

    #[test]
    fn an_answer_says_what_to_do_next() {
        for (changed, next) in [
            (json!({"awaiting": "payment"}), json!(["pay"])),
            (json!({"awaiting": "approval"}), json!(["await_approval"])),
            (json!({"awaiting": "verification"}), json!(["verify"])),
            (json!({"status": "confirmed"}), json!(["check_in"])),
            (json!({"status": "cancelled"}), json!([])),
            (json!({"status": "expired"}), json!([])),
        ] {
            assert_eq!(document(&sheet(&changed))["next_steps"], next, "{changed}");
        }
    }

    #[test]
    fn a_refund_that_comes_says_when() {
        let document =
            |refund: &str| document(&sheet(&json!({"status": "cancelled", "refund_status": refund})));
        assert_eq!(document("initiated")["refund_processing_time"], REFUND_TIME);
        assert_eq!(document("not_due")["refund_processing_time"], Value::Null);
        let created = super::document(&sheet(&json!({})));
        assert_eq!(created.get("refund_processing_time"), None, "nothing was cancelled");
    }
}
