//! Bodies -> orders and cancellations, or everything that is wrong with them.

use axum::body::to_bytes;
use axum::response::IntoResponse;
use booking_domain::booking::PassengerKind;
use booking_domain::use_cases::Seats;
use booking_domain::values::{Currency, Money};
use booking_http::Problem;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::body::OrderBody;
use super::cancel::{Cancellation, cancellation};
use super::order::{Order, order};

const FLIGHT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
const OTHER: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

fn read(body: &Value) -> Result<Order, Problem> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    order(serde_json::from_value(body.clone()).unwrap(), today)
}

/// Pointers and codes of all errors.
async fn errors(body: &Value) -> Vec<(String, String)> {
    errors_of(read(body).unwrap_err()).await
}

async fn errors_of(problem: Problem) -> Vec<(String, String)> {
    assert_eq!((problem.status().as_u16(), problem.code()), (422, "VALIDATION_FAILED"));
    let body = to_bytes(problem.into_response().into_body(), usize::MAX).await.unwrap();
    let document: Value = serde_json::from_slice(&body).unwrap();
    let text = |error: &Value, member: &str| error[member].as_str().unwrap().to_owned();
    let list = document["errors"].as_array().unwrap();
    list.iter().map(|error| (text(error, "pointer"), text(error, "code"))).collect()
}

fn john() -> Value {
    json!({"first_name": "John", "last_name": "Doe"})
}

fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

fn one() -> Value {
    json!({"flight_id": FLIGHT, "passengers": [john()]})
}

/// What a request is known again by, for 72 hours and by programs of other versions.
#[test]
fn an_order_is_written_as_it_always_was() {
    let body: OrderBody = serde_json::from_value(json!({
        "customer_id": OTHER, "expected_total": {"currency": "USD", "amount": "9"}, "notes": null,
        "items": [{"passengers": [john()], "seats": ["1A"], "flight_id": FLIGHT}], "class": "Economy",
    }))
    .unwrap();
    let written = format!(
        r#"{{"class":"Economy","items":[{{"flight_id":"{FLIGHT}","seats":["1A"],"passengers":[{}]}}],{}"#,
        r#"{"first_name":"John","last_name":"Doe"}"#,
        format_args!(r#""expected_total":{{"amount":"9","currency":"USD"}},"customer_id":"{OTHER}"}}"#),
    );
    assert_eq!(serde_json::to_string(&body).unwrap(), written);
}

#[test]
fn an_order_is_read() {
    let passenger = json!({
        "first_name": " John ", "last_name": "Doe", "email": "john@example.com", "phone_number": "+1234567890",
        "date_of_birth": "1990-05-15", "passport_number": "AB123456", "is_primary": true,
    });
    let body = json!({
        "flight_id": FLIGHT, "passengers": [passenger, {"first_name": "Mia", "last_name": "Doe", "kind": "infant"}],
        "class": "Economy", "seat_preferences": ["12a", "12B"], "special_requests": "Window seat preferred",
        "notes": " ", "expected_total": {"amount": "299.99", "currency": "USD"}, "customer_id": OTHER,
    });

    let order = read(&body).unwrap();

    let leg = &order.legs[0];
    assert_eq!((leg.flight_id.to_string().as_str(), leg.travellers.clone()), (FLIGHT, 0..2));
    assert_eq!(leg.class.as_ref().map(ToString::to_string).as_deref(), Some("economy"));
    assert_eq!(leg.seats, Seats::Preferring(vec!["12A".parse().unwrap(), "12B".parse().unwrap()]));
    assert_eq!((order.special_requests.as_deref(), order.notes), (Some("Window seat preferred"), None));
    assert_eq!(order.expected_total, Some(Money::of(29_999, Currency::USD)));
    assert_eq!(order.customer_id.map(|id| id.to_string()).as_deref(), Some(OTHER));
    assert_eq!(
        (order.persons[0].first_name.as_str(), order.persons[1].kind),
        ("John", PassengerKind::Infant)
    );
}

#[test]
fn without_a_primary_passenger_the_first_is() {
    let body = with(one(), "passengers", json!([john(), john()]));
    let primary = |body: &Value| -> Vec<bool> {
        read(body).unwrap().persons.iter().map(|person| person.is_primary).collect()
    };
    assert_eq!(primary(&body), [true, false]);
    let second = with(body, "passengers", json!([john(), with(john(), "is_primary", json!(true))]));
    assert_eq!(primary(&second), [false, true]);
}

#[test]
fn items_share_passengers_or_bring_their_own() {
    let own = json!([{"first_name": "Ann", "last_name": "Lee"}, {"first_name": "Bo", "last_name": "Lee"}]);
    let body = json!({
        "passengers": [john()],
        "items": [
            {"flight_id": FLIGHT, "seats": ["1A"]},
            {"flight_id": OTHER, "passengers": own},
            {"flight_id": FLIGHT},
        ],
    });

    let order = read(&body).unwrap();

    let travellers: Vec<_> = order.legs.iter().map(|leg| leg.travellers.clone()).collect();
    assert_eq!(travellers, [0..1, 1..3, 0..1]);
    assert_eq!(order.legs[0].seats, Seats::Exactly(vec!["1A".parse().unwrap()]));
    assert_eq!(order.persons.iter().filter(|person| person.is_primary).count(), 1);
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let first =
        json!({"first_name": " ", "email": "john", "phone_number": "12", "date_of_birth": "2027-01-01"});
    let second = json!({"first_name": "A", "last_name": "B", "passport_number": "?", "kind": "dog"});
    let body = json!({
        "flight_id": "AA100", "passengers": [first, second], "class": "first class", "seats": ["12A", "x"],
        "seat_preferences": [], "special_requests": "x".repeat(2_001), "customer_id": "me",
        "expected_total": {"amount": "1.999", "currency": "USD"},
    });
    let expected = [
        ("/passengers/0/first_name", "INVALID_VALUE"),
        ("/passengers/0/last_name", "MISSING_FIELD"),
        ("/passengers/0/email", "INVALID_VALUE"),
        ("/passengers/0/phone_number", "INVALID_VALUE"),
        ("/passengers/0/date_of_birth", "INVALID_VALUE"),
        ("/passengers/1/passport_number", "INVALID_VALUE"),
        ("/passengers/1/kind", "INVALID_VALUE"),
        ("/flight_id", "INVALID_VALUE"),
        ("/class", "INVALID_VALUE"),
        ("/seat_preferences", "FIELDS_EXCLUDE_EACH_OTHER"),
        ("/seats/1", "INVALID_VALUE"),
        ("/special_requests", "INVALID_VALUE"),
        ("/expected_total/amount", "INVALID_VALUE"),
        ("/customer_id", "INVALID_VALUE"),
    ];
    let expected: Vec<_> = expected.map(|(at, code)| (at.to_owned(), code.to_owned())).into();
    assert_eq!(errors(&body).await, expected);
}

#[tokio::test]
async fn orders_that_cannot_be_are_refused() {
    let primary = with(john(), "is_primary", json!(true));
    let infant = with(john(), "kind", json!("infant"));
    let crowd = vec![john(); super::PASSENGERS_MAX + 1];
    let items = vec![json!({"flight_id": FLIGHT}); super::ITEMS_MAX + 1];
    let item = json!({"flight_id": FLIGHT, "passengers": [john()]});
    let in_items = json!({"passengers": [john()], "items": [{"flight_id": FLIGHT}]});
    let rows = [
        (json!({"passengers": [john()]}), "/flight_id", "MISSING_FIELD"),
        (json!({"flight_id": FLIGHT}), "/passengers", "MISSING_FIELD"),
        (with(one(), "passengers", json!([])), "/passengers", "INVALID_VALUE"),
        (with(one(), "passengers", json!([infant])), "/passengers", "INVALID_VALUE"),
        (with(one(), "passengers", json!(crowd)), "/passengers", "TOO_MANY"),
        (with(one(), "passengers", json!([primary, primary])), "/passengers/1/is_primary", "INVALID_VALUE"),
        (with(one(), "seats", json!(["1A", "01a"])), "/seats/1", "DUPLICATE_VALUE"),
        (with(one(), "expected_total", json!({"amount": "1"})), "/expected_total/currency", "MISSING_FIELD"),
        (
            with(one(), "expected_total", json!({"currency": "USD"})),
            "/expected_total/amount",
            "MISSING_FIELD",
        ),
        (
            with(one(), "expected_total", json!({"amount": "1", "amount_minor": 1, "currency": "USD"})),
            "/expected_total/amount_minor",
            "INVALID_VALUE",
        ),
        (json!({"passengers": [john()], "items": []}), "/items", "INVALID_VALUE"),
        (json!({"passengers": [john()], "items": items}), "/items", "INVALID_VALUE"),
        (json!({"passengers": [john()], "items": [{}]}), "/items/0/flight_id", "MISSING_FIELD"),
        (json!({"items": [{"flight_id": FLIGHT}]}), "/passengers", "MISSING_FIELD"),
        (json!({"passengers": [john()], "items": [item]}), "/passengers", "INVALID_VALUE"),
        (with(in_items.clone(), "flight_id", json!(FLIGHT)), "/flight_id", "FIELDS_EXCLUDE_EACH_OTHER"),
        (with(in_items, "seats", json!(["1A"])), "/seats", "FIELDS_EXCLUDE_EACH_OTHER"),
    ];
    for (body, pointer, code) in rows {
        assert_eq!(errors(&body).await, [(pointer.to_owned(), code.to_owned())], "{body}");
    }
}

#[tokio::test]
async fn a_cancellation_is_read() {
    let read = |body: Value| cancellation(serde_json::from_value(body).unwrap());
    let said = read(json!({"cancellation_reason": "schedule_change", "comments": " Too early. "})).unwrap();
    let (reason, comments) = (Some("schedule_change".to_owned()), Some("Too early.".to_owned()));
    assert_eq!(said, Cancellation { reason, comments });
    assert_eq!(read(json!({})).unwrap(), Cancellation { reason: None, comments: None });

    let wrong = read(json!({"cancellation_reason": "I am ill", "comments": "x".repeat(2_001)}));
    let pointers: Vec<_> = errors_of(wrong.unwrap_err()).await.into_iter().map(|(at, _)| at).collect();
    assert_eq!(pointers, ["/cancellation_reason", "/comments"]);
}
