use axum::body::to_bytes;
use axum::response::{IntoResponse, Response};
use booking_domain::booking::BookingRefusal;
use booking_domain::departure::DepartureRefusal;
use booking_domain::refusal::{SeatOffer, TakenSeat};
use booking_domain::tenant::TenantRefusal;
use booking_domain::values::{Class, Currency, Money};
use chrono::DateTime;
use serde_json::Value;

use super::*;

fn refused(refusal: Refusal) -> Refused {
    let (code, kind) = (refusal.code().to_owned(), refusal.kind());
    Refused { code, kind, refusal: Some(refusal), position: 41, replayed: false }
}

async fn document(response: Response) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap()
}

#[test]
fn each_kind_of_no_has_its_status() {
    let rows: [(Refusal, u16, &str); 8] = [
        (BookingRefusal::NotFound.into(), 404, "BOOKING_NOT_FOUND"),
        (DepartureRefusal::NotFound.into(), 404, "FLIGHT_NOT_FOUND"),
        (BookingRefusal::TooLateToCancel { minutes: 1_440 }.into(), 409, "CANNOT_CANCEL_BOOKING"),
        (SaleRefusal::FlightUnavailable("full".into()).into(), 409, "FLIGHT_UNAVAILABLE"),
        (TenantRefusal::NotActive.into(), 409, "BUSINESS_NOT_ACTIVE"),
        (SaleRefusal::MixedCurrencies.into(), 422, "MIXED_CURRENCIES"),
        (SaleRefusal::SeatCount { seats: 1, passengers: 2 }.into(), 422, "SEAT_COUNT_MISMATCH"),
        (DepartureRefusal::ArrivesBeforeItDeparts.into(), 422, "FLIGHT_ARRIVES_BEFORE_IT_DEPARTS"),
    ];
    for (refusal, status, code) in rows {
        let problem = problem(&refused(refusal), 1);
        assert_eq!((problem.status().as_u16(), problem.code()), (status, code));
    }
}

#[tokio::test]
async fn a_taken_seat_says_why_and_what_else_there_is() {
    let since = DateTime::from_timestamp(1_795_132_800, 0);
    let taken = vec![TakenSeat { seat_number: "12A".parse().unwrap(), status: "taken", since }];
    let price = Money::of(29_999, Currency::USD);
    let class = Class::new("economy").unwrap();
    let alternatives = vec![SeatOffer { seat_number: "12B".parse().unwrap(), class, price }];

    let answer = problem(&refused(SaleRefusal::SeatsTaken { taken, alternatives }.into()), 3).into_response();

    assert_eq!(answer.headers()["booking-position"], "3.41");
    assert!(!answer.headers().contains_key("idempotent-replayed"));
    let document = document(answer).await;
    assert_eq!(
        document["details"],
        json!({"taken": [{"seat_number": "12A", "status": "taken", "since": "2026-11-20T00:00:00Z"}]})
    );
    assert_eq!(document["alternatives"], json!([{"seat_number": "12B", "class": "economy", "price": price}]));
}

#[tokio::test]
async fn details_explain_what_stands_in_the_way() {
    let (expected, now) = (Money::of(1, Currency::USD), Money::of(2, Currency::USD));
    let full = "Flight AA100 has only 1 seat available but 2 passengers requested";
    for (refusal, details) in [
        (SaleRefusal::PriceChanged { expected, now }, json!({"expected": expected, "now": now})),
        (SaleRefusal::FlightUnavailable(full.into()), json!(full)),
        (SaleRefusal::SumTooLarge, Value::Null),
    ] {
        let answer = problem(&refused(refusal.into()), 1).into_response();
        assert_eq!(document(answer).await["details"], details);
    }
}

#[tokio::test]
async fn a_repeat_is_refused_with_the_same_code_when_nobody_knows_why_any_more() {
    let kind = RefusalKind::Conflict;
    let again = Refused { code: "SEAT_TAKEN".into(), kind, refusal: None, position: 7, replayed: true };

    let answer = problem(&again, 1).into_response();

    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["idempotent-replayed"]),
        (409, &"true".parse().unwrap())
    );
    assert_eq!(document(answer).await["code"], "SEAT_TAKEN");
}

#[test]
fn without_an_outcome_callers_are_told_whether_to_repeat() {
    for (failure, status, code, waits) in [
        (SubmitFailure::Unavailable, 503, "JOURNAL_UNAVAILABLE", true),
        (SubmitFailure::TooBusy, 503, "TOO_BUSY", true),
        (SubmitFailure::Unknown, 503, "OUTCOME_UNKNOWN", true),
        (SubmitFailure::Broken, 500, "INTERNAL_ERROR", false),
    ] {
        let problem = not_submitted(&failure);
        assert_eq!((problem.status().as_u16(), problem.code()), (status, code));
        assert_eq!(problem.into_response().headers().contains_key("retry-after"), waits);
    }
}
