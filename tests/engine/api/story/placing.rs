//! What the first answer says.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::api::stage::{Stage, dollars, flight, order, standby};

#[tokio::test]
async fn placing_answers_the_whole_booking() {
    let stage = Stage::shared();
    let times = flight(TimeDelta::days(10));
    let flight = stage.dev.owner().post("/api/v1/flights", times.clone()).await.is(201);
    let flight = flight.text("flight_id");

    let placed =
        stage.dev.new_customer().post("/api/v1/bookings", ladies_and_gentlemen(flight)).await.is(201);

    let booking = &placed.body;
    let text = |member: &str| booking[member].as_str().unwrap();
    let (id, reference, created_at) = (text("booking_id"), text("booking_reference"), text("created_at"));
    let created: DateTime<Utc> = created_at.parse().unwrap();
    let due: DateTime<Utc> = text("payment_due_at").parse().unwrap();
    assert_eq!(due - created, TimeDelta::minutes(30));
    assert_eq!(reference.get(..12), Some(format!("BK-{}-", created.format("%Y%m%d")).as_str()));
    assert!(reference.len() == 18 && reference.bytes().skip(12).all(is_crockford), "{reference}");
    assert_eq!(placed.header("location"), format!("/api/v1/bookings/{id}"));
    assert_eq!((placed.header("etag"), placed.header("content-type")), ("\"1\"", "application/json"));
    assert!(placed.position().starts_with("1."), "{placed:?}");
    assert_eq!(*booking, expected(booking, &times, flight));
}

/// All that can be known before, around the ids and instants that cannot.
fn expected(booking: &Value, times: &Value, flight: &str) -> Value {
    let (departure, arrival) = (&times["departure"], &times["arrival"]);
    let fare = json!({"kind": "fare", "price": dollars(29_999)});
    let item = |index: usize, seat: &str| {
        json!({
            "item_id": booking["items"][index]["item_id"], "kind": "seat", "status": "claimed",
            "flight_id": flight, "flight_number": "AA100", "class": "economy", "seat_number": seat, "units": 1,
            "passenger_id": booking["passengers"][index]["passenger_id"],
            "start_time": departure, "end_time": arrival, "price_lines": [fare],
        })
    };
    json!({
        "booking_id": booking["booking_id"], "booking_reference": booking["booking_reference"],
        "status": "created", "awaiting": "payment", "kind": "seat",
        "user_id": booking["user_id"], "customer_id": booking["customer_id"], "flight_id": flight,
        "flight_details": {
            "flight_number": "AA100", "airline": "American Airlines", "departure": departure,
            "arrival": arrival, "origin": "JFK", "destination": "LAX",
        },
        "start_time": departure, "end_time": arrival, "time_zone": "America/New_York",
        "items": [item(0, "10A"), item(1, "10B")],
        "passengers": [
            {
                "passenger_id": booking["passengers"][0]["passenger_id"], "first_name": "Ada",
                "last_name": "Lovelace", "email": "ada@example.com", "phone_number": "+1 234 567 890",
                "date_of_birth": "1990-05-15", "passport_number": "AB123456", "is_primary": true,
                "kind": "adult", "seat": "10A",
            },
            {
                "passenger_id": booking["passengers"][1]["passenger_id"], "first_name": "Charles",
                "last_name": "Babbage", "email": null, "phone_number": null, "date_of_birth": null,
                "passport_number": null, "is_primary": false, "kind": "adult", "seat": "10B",
            },
        ],
        "passengers_count": 2, "allocated_seats": ["10A", "10B"], "total_price": dollars(59_998),
        "price_lines": [fare, fare], "currency": "USD", "payment_status": "due",
        "amount_paid": dollars(0), "amount_refunded": dollars(0),
        "payment_due_at": booking["payment_due_at"], "refund_status": null,
        "special_requests": "a window, please", "notes": "they know each other",
        "confirmation_url": format!("/bookings/{}", booking["booking_id"].as_str().unwrap()),
        "created_at": booking["created_at"], "updated_at": booking["created_at"], "confirmed_at": null,
        "cancelled_at": null, "cancellation_reason": null, "archived": false, "version": 1,
        "message": format!("Booking {} created successfully.", booking["booking_reference"].as_str().unwrap()),
        "next_steps": ["pay"],
    })
}

#[tokio::test]
async fn several_flights_are_booked_in_one() {
    let stage = Stage::shared();
    let (out, back) = (stage.flight().await, stage.flight_in(TimeDelta::days(17)).await);
    let body = both_ways(&out, "12A", &back, "12F");

    let placed = stage.dev.new_customer().post("/api/v1/bookings", body).await.is(201);

    assert_eq!(placed.body["allocated_seats"], json!(["12A", "12F"]));
    assert_eq!(placed.body["total_price"], dollars(59_998));
    assert_eq!(placed.body["passengers_count"], 1);
    let flights: Vec<&Value> = (0..2).map(|item| &placed.body["items"][item]["flight_id"]).collect();
    assert_eq!(flights, [&json!(out), &json!(back)]);
    assert_eq!(placed.body["start_time"], placed.body["items"][0]["start_time"]);
    assert_eq!(placed.body["end_time"], placed.body["items"][1]["end_time"]);
    assert_eq!(stage.taken(&out, placed.position()).await, ["12A"]);
    assert_eq!(stage.taken(&back, placed.position()).await, ["12F"]);
}

#[tokio::test]
async fn when_one_of_several_flights_is_full_none_is_booked() {
    let stage = Stage::shared();
    let (out, back) = (stage.flight().await, stage.flight_in(TimeDelta::days(17)).await);
    stage.dev.new_customer().post("/api/v1/bookings", order(&back, &["12F"])).await.is(201);
    let customer = stage.dev.new_customer();

    let refused = customer.post("/api/v1/bookings", both_ways(&out, "12A", &back, "12F")).await.is(409);

    assert_eq!(refused.text("code"), "SEAT_TAKEN");
    assert_eq!(stage.taken(&out, refused.position()).await, Vec::<String>::new());
    let theirs = customer.get_at("/api/v1/bookings", refused.position()).await.is(200);
    assert_eq!(theirs.body["pagination"]["total"], 0);
}

#[tokio::test]
async fn a_total_that_is_not_the_expected_one_is_refused() {
    let stage = Stage::shared();
    let flight = stage.flight().await;
    let customer = stage.dev.new_customer();
    let mut body = order(&flight, &["12A", "12B"]);

    body["expected_total"] = json!({"amount": "599.99", "currency": "USD"});
    let refused = customer.post("/api/v1/bookings", body.clone()).await.is(409);
    body["expected_total"] = json!({"amount": "599.98", "currency": "USD"});
    let placed = customer.post("/api/v1/bookings", body).await.is(201);

    assert_eq!(refused.text("code"), "PRICE_CHANGED");
    assert_eq!(refused.body["details"], json!({"expected": dollars(59_999), "now": dollars(59_998)}));
    assert_eq!(placed.body["total_price"], dollars(59_998));
}

#[tokio::test]
async fn an_infant_travels_without_a_seat_and_without_a_fare() {
    let stage = Stage::shared();
    let mut body = order(&stage.flight().await, &["12A"]);
    let infant = json!({"first_name": "Byron", "last_name": "King", "kind": "infant"});
    body["passengers"].as_array_mut().unwrap().push(infant);

    let placed = stage.dev.new_customer().post("/api/v1/bookings", body).await.is(201);

    assert_eq!(
        (&placed.body["passengers_count"], &placed.body["allocated_seats"]),
        (&json!(2), &json!(["12A"]))
    );
    assert_eq!(placed.body["total_price"], dollars(29_999));
    assert_eq!(placed.body["passengers"][1]["seat"], Value::Null);
}

#[tokio::test]
async fn staff_book_for_a_customer_who_then_sees_the_booking() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let own = customer.post("/api/v1/bookings", standby(&stage.flight().await, 1)).await.is(201);
    let mut body = standby(&stage.flight().await, 1);
    body["customer_id"] = own.body["customer_id"].clone();

    let placed = stage.clerk().post("/api/v1/bookings", body).await.is(201);

    let path = format!("/api/v1/bookings/{}", placed.text("booking_id"));
    let seen = customer.get_at(&path, placed.position()).await.is(200);
    assert_eq!(seen.body["customer_id"], own.body["customer_id"]);
}

fn ladies_and_gentlemen(flight: &str) -> Value {
    json!({
        "flight_id": flight,
        "seats": ["10A", "10B"],
        "passengers": [
            {
                "first_name": " Ada ", "last_name": "Lovelace", "email": "ada@example.com",
                "phone_number": "+1 234 567 890", "date_of_birth": "1990-05-15",
                "passport_number": "AB123456",
            },
            {"first_name": "Charles", "last_name": "Babbage"},
        ],
        "special_requests": "a window, please",
        "notes": "they know each other",
    })
}

fn both_ways(out: &str, out_seat: &str, back: &str, back_seat: &str) -> Value {
    json!({
        "items": [{"flight_id": out, "seats": [out_seat]}, {"flight_id": back, "seats": [back_seat]}],
        "passengers": [{"first_name": "Ada", "last_name": "Lovelace"}],
    })
}

fn is_crockford(byte: u8) -> bool {
    b"0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(&byte)
}
