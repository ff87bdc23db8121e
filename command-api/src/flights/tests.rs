//! Bodies -> departures, or everything that is wrong with them; events -> the document.

use axum::body::to_bytes;
use axum::response::IntoResponse;
use booking_domain::departure::DepartureEvent;
use booking_domain::values::DepartureId;
use booking_http::Problem;
use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;

use super::document::FlightDocument;
use super::flight::{NewFlight, flight};

const ID: DepartureId = DepartureId::new(Uuid::from_u128(7));

fn read(body: &Value) -> Result<NewFlight, Problem> {
    flight(serde_json::from_value(body.clone()).unwrap(), ID)
}

/// Pointers of all errors.
async fn wrong(body: &Value) -> Vec<String> {
    let problem = read(body).unwrap_err();
    assert_eq!(problem.code(), "VALIDATION_FAILED");
    let body = to_bytes(problem.into_response().into_body(), usize::MAX).await.unwrap();
    let document: Value = serde_json::from_slice(&body).unwrap();
    let errors = document["errors"].as_array().unwrap().iter();
    errors.map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

fn aa100() -> Value {
    json!({
        "flight_number": "aa100", "airline": "American Airlines", "origin": "JFK", "destination": "lax",
        "departure": "2027-02-15T08:00", "arrival": "2027-02-15T19:30:00Z",
        "cabins": [
            {"class": "business", "rows": 9, "letters": "AC DF", "price": {"amount": "900", "currency": "USD"}},
            {"class": "economy", "rows": "10-30", "letters": ["A", "B", "C"],
             "price": {"amount": "299.99", "currency": "usd"}},
            {"class": "standing", "count": 30, "overbooking_limit": 3,
             "price": {"amount_minor": 1000, "currency": "USD"}},
        ],
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut body = aa100();
    match body.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, member) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[member] = value;
        }
    }
    body
}

fn document(new: &NewFlight, events: &[DepartureEvent]) -> Value {
    let scheduled = DepartureEvent::Scheduled {
        flight: new.flight.clone(),
        cabins: new.cabins.clone(),
        sales_open: new.sales_open,
        scheduled_at: DateTime::UNIX_EPOCH,
    };
    let mut document = None;
    for (event, version) in std::iter::once(&scheduled).chain(events).zip(1..) {
        document = FlightDocument::after(document, event, version);
    }
    serde_json::to_value(document).unwrap()
}

#[test]
fn a_departure_is_read_and_shown() {
    assert_eq!(
        document(&read(&aa100()).unwrap(), &[]),
        json!({
            "flight_id": ID, "flight_number": "AA100", "airline": "American Airlines",
            "origin": "JFK", "destination": "LAX",
            "departure": "2027-02-15T13:00:00Z", "arrival": "2027-02-15T19:30:00Z",
            "departure_local": "2027-02-15T08:00:00", "arrival_local": "2027-02-15T11:30:00",
            "origin_time_zone": "America/New_York", "destination_time_zone": "America/Los_Angeles",
            "status": "scheduled", "sales_open": true,
            "cabins": [
                {"class": "business", "rows": [1, 9], "letters": "AC DF", "seats_total": 36,
                 "price": {"amount": "900.00", "amount_minor": 90_000, "currency": "USD"}},
                {"class": "economy", "rows": [10, 30], "letters": "ABC", "seats_total": 63,
                 "price": {"amount": "299.99", "amount_minor": 29_999, "currency": "USD"}},
                {"class": "standing", "count": 30, "overbooking_limit": 3, "seats_total": 30,
                 "price": {"amount": "10.00", "amount_minor": 1_000, "currency": "USD"}},
            ],
            "version": 1,
        })
    );
}

#[test]
fn the_document_follows_the_events() {
    let (new, at) = (read(&aa100()).unwrap(), DateTime::UNIX_EPOCH);
    let closed = DepartureEvent::SalesClosed { flight_id: ID, closed_at: at };
    let opened = DepartureEvent::SalesOpened { flight_id: ID, opened_at: at };
    let cancelled = DepartureEvent::Cancelled { flight_id: ID, reason: None, cancelled_at: at };
    let state = |events: &[DepartureEvent]| {
        let document = document(&new, events);
        (document["status"].clone(), document["sales_open"].clone(), document["version"].clone())
    };
    assert_eq!(state(std::slice::from_ref(&closed)), (json!("scheduled"), json!(false), json!(2)));
    assert_eq!(state(&[closed, opened]), (json!("scheduled"), json!(true), json!(3)));
    assert_eq!(state(&[cancelled]), (json!("cancelled"), json!(true), json!(2)));
}

#[tokio::test]
async fn what_is_wrong_with_a_departure_is_said_where_it_is() {
    for (at, value, pointers) in [
        ("/flight_number", json!("A 1"), vec!["/flight_number"]),
        ("/airline", json!(null), vec!["/airline"]),
        ("/origin", json!("?"), vec!["/origin"]),
        ("/origin", json!("XXX"), vec!["/origin_time_zone"]),
        ("/destination_time_zone", json!("Mars/Olympus"), vec!["/destination_time_zone"]),
        ("/departure", json!("tomorrow"), vec!["/departure"]),
        ("/departure", json!("2027-03-14T02:30"), vec!["/departure"]),
        ("/departure", json!("0001-01-01T00:00:00Z"), vec!["/departure"]),
        ("/arrival", json!("2027-02-15T13:00:00Z"), vec!["/arrival"]),
        ("/cabins", json!([]), vec!["/cabins"]),
        ("/cabins/1/class", json!("Business"), vec!["/cabins/1/class"]),
        ("/cabins/1/rows", json!("9-30"), vec!["/cabins/1/rows"]),
        ("/cabins/0/rows", json!("9-1"), vec!["/cabins/0/rows"]),
        ("/cabins/0/letters", json!("AA"), vec!["/cabins/0/letters"]),
        ("/cabins/0/price", json!({"amount": "-1", "currency": "USD"}), vec!["/cabins/0/price"]),
        ("/cabins/1/price", json!({"amount": "1", "currency": "EUR"}), vec!["/cabins/1/price"]),
        ("/cabins/1/price", json!(null), vec!["/cabins/1/price"]),
        ("/cabins/0/count", json!(5), vec!["/cabins/0/count"]),
        ("/cabins/0/overbooking_limit", json!(5), vec!["/cabins/0/overbooking_limit"]),
        ("/cabins/2", json!({"class": "x"}), vec!["/cabins/2/price", "/cabins/2/rows", "/cabins/2/letters"]),
        ("/cabins/2/count", json!(100_001), vec!["/cabins"]),
        ("/cabins/2/count", json!(0), vec!["/cabins/2/overbooking_limit", "/cabins/2/count"]),
    ] {
        assert_eq!(wrong(&with(at, value.clone())).await, pointers, "{at} = {value}");
    }
}

#[test]
fn an_unknown_airport_is_fine_when_its_zone_is_said() {
    let mut body = with("/origin", json!("XXX"));
    body["origin_time_zone"] = json!("Asia/Almaty");
    let new = read(&body).unwrap();
    assert_eq!(new.flight.departure.at.to_rfc3339(), "2027-02-15T03:00:00+00:00");
}
