//! The airline's story from end to end (S3-1 to S3-5, S3-7, S3-16), by one customer, with the members and codes that it
//! names.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::api::accounts::people::{address, guest, registered, who};
use crate::api::stage::{Stage, dollars, flight, order};
use crate::support::process::{Answer, Caller};

#[tokio::test]
async fn a_customer_books_changes_confirms_and_gives_up_as_the_story_tells_it() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let (john, user_id) = (who(stage, &session), session.body["user"]["user_id"].clone());
    let times = flight(TimeDelta::days(10));
    let flight = stage.dev.owner().post("/api/v1/flights", times.clone()).await.is(201);
    let flight = flight.text("flight_id");

    let placed = john.post("/api/v1/bookings", two_in_12(flight)).await.is(201);
    assert_eq!(placed.body["user_id"], user_id);
    assert_eq!((placed.text("flight_id"), placed.text("status")), (flight, "created"));
    assert_eq!((&placed.body["total_price"], placed.text("currency")), (&dollars(59_998), "USD"));
    assert_eq!(placed.body["passengers_count"], 2);
    assert_eq!(placed.body["allocated_seats"], json!(["12A", "12B"]));
    let path = placed.header("location");

    jane_in_place_of_john(&john, &placed).await;
    let confirmed = stage.dev.owner().post(&format!("{path}/confirm"), json!({})).await.is(200);
    let read = john.get_at(path, confirmed.position()).await.is(200);
    let details: Value = ["flight_number", "airline", "departure", "arrival", "origin", "destination"]
        .iter()
        .map(|member| ((*member).to_owned(), times[*member].clone()))
        .collect();
    assert_eq!((read.text("status"), &read.body["flight_details"]), ("confirmed", &details));
    assert!(read.body["confirmed_at"].is_string());
    let first = &read.body["passengers"][0];
    assert_eq!((&first["first_name"], &first["seat"]), (&json!("Jane"), &json!("12A")));

    let own = format!("/api/v1/bookings/user/{}", user_id.as_str().unwrap());
    let listed = john.get(&format!("{own}?status=confirmed&page=1&limit=10&sort=-created_at")).await.is(200);
    let row = &listed.body["data"][0];
    assert_eq!(row["booking_reference"], placed.body["booking_reference"]);
    assert_eq!((&row["status"], &row["flight_details"]), (&json!("confirmed"), &details));
    assert_eq!(listed.body["pagination"]["total"], 1);

    let cancelled = gives_up(&john, path).await;
    let read = john.get_at(path, cancelled.position()).await.is(200);
    assert!(read.body["cancelled_at"].is_string());
}

fn two_in_12(flight: &str) -> Value {
    json!({
        "flight_id": flight,
        "passengers": [
            {
                "first_name": "John", "last_name": "Doe", "email": "john@example.com",
                "phone_number": "+1234567890", "date_of_birth": "1990-05-15", "passport_number": "AB123456",
                "is_primary": true,
            },
            {"first_name": "Mary", "last_name": "Doe"},
        ],
        "seat_preferences": ["12A", "12B"],
        "special_requests": "Window seat preferred",
    })
}

async fn jane_in_place_of_john(john: &Caller, placed: &Answer) {
    let passenger = placed.body["passengers"][0]["passenger_id"].as_str().unwrap();
    let path = format!("{}/passengers/{passenger}", placed.header("location"));
    let jane = json!({
        "first_name": "Jane", "last_name": "Smith", "email": "jane.smith@example.com", "date_of_birth": "1992-03-22",
    });
    let changed = john.patch(&path, jane.clone()).await.is(200);
    let shown = &changed.body["passengers"][0];
    for (member, text) in jane.as_object().unwrap() {
        assert_eq!(&shown[member], text);
    }
    assert_eq!(shown["passport_number"], "AB123456", "what is not named stays");
}

async fn gives_up(john: &Caller, path: &str) -> Answer {
    let why = json!({"cancellation_reason": "schedule_change", "comments": "it does not fit any more"});
    let cancelled = john.post(&format!("{path}/cancel"), why).await.is(200);
    assert_eq!((cancelled.text("status"), cancelled.text("refund_status")), ("cancelled", "initiated"));
    assert_eq!(cancelled.body["estimated_refund_amount"], dollars(59_998));
    assert_eq!(cancelled.text("refund_processing_time"), "5-7 business days");
    cancelled
}

#[tokio::test]
async fn what_the_story_refuses_is_refused_in_its_words() {
    let stage = Stage::shared();
    let (john, mary) = (stage.dev.new_customer(), stage.dev.new_customer());
    let soon = stage.flight_in(TimeDelta::hours(5)).await;
    let placed = john.post("/api/v1/bookings", order(&soon, &["12A"])).await.is(201);
    let path = placed.header("location");

    let no_flight = john.post("/api/v1/bookings", order(&uuid::Uuid::now_v7().to_string(), &["12A"])).await;
    says(&no_flight, 409, "FLIGHT_UNAVAILABLE", "Flight is not available or has insufficient seats");
    let nobody = guest(stage).post("/api/v1/bookings", order(&soon, &["12B"])).await;
    assert_eq!((nobody.status.as_u16(), nobody.text("code")), (401, "UNAUTHORIZED"));
    let wrong = john.post("/api/v1/bookings", json!({"flight_id": soon, "passengers": []})).await;
    assert_eq!((wrong.status.as_u16(), wrong.text("code")), (422, "VALIDATION_FAILED"));
    let not_there = john.get(&format!("/api/v1/bookings/{}", uuid::Uuid::now_v7())).await;
    assert_eq!((not_there.status.as_u16(), not_there.text("code")), (404, "BOOKING_NOT_FOUND"));
    assert_eq!(mary.get_at(path, placed.position()).await.status, 404, "another's is not there");
    let others = format!("/api/v1/bookings/user/{}", placed.text("user_id"));
    let not_hers = mary.get(&others).await;
    assert_eq!((not_hers.status.as_u16(), not_hers.text("code")), (403, "FORBIDDEN"));
    let too_late = john.delete(path).await;
    assert_eq!((too_late.status.as_u16(), too_late.text("code")), (409, "CANNOT_CANCEL_BOOKING"));
    assert!(too_late.text("message").contains("24 hours"), "{too_late:?}");
    stage.dev.owner().post(&format!("{path}/confirm"), json!({})).await.is(200);
    let passenger = placed.body["passengers"][0]["passenger_id"].as_str().unwrap();
    let locked = john.patch(&format!("{path}/passengers/{passenger}"), json!({"first_name": "Jane"})).await;
    assert_eq!((locked.status.as_u16(), locked.text("code")), (409, "PASSENGERS_LOCKED"));
}

fn says(refused: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!(
        (refused.status.as_u16(), refused.text("code"), refused.text("message")),
        (status, code, message)
    );
}
