//! One booking, and the seats it took.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::stage::{Stage, dollars, order, people};

#[tokio::test]
async fn what_was_placed_can_be_read_at_once_with_personal_data_opened() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let mut body = order(&stage.flight().await, &["12A", "12B"]);
    body["special_requests"] = json!("a window, please");
    body["passengers"][0]["email"] = json!("ada@example.com");
    let placed = customer.post("/api/v1/bookings", body).await.is(201);

    let read = customer.get_at(placed.header("location"), placed.position()).await.is(200);

    let mut expected = placed.body.clone();
    for only_in_answers_to_commands in ["message", "next_steps"] {
        expected.as_object_mut().unwrap().remove(only_in_answers_to_commands);
    }
    assert_eq!(read.body, expected);
    assert_eq!(read.body["passengers"][0]["email"], "ada@example.com");
    assert_eq!(read.header("etag"), placed.header("etag"));
    assert!(number(placed.position()) <= number(read.position()), "{read:?}");
}

#[tokio::test]
async fn a_booking_is_found_by_its_reference_in_any_case() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let placed = customer.post("/api/v1/bookings", order(&stage.flight().await, &["12A"])).await.is(201);
    let by_id = customer.get_at(placed.header("location"), placed.position()).await.is(200);

    let reference = placed.text("booking_reference");
    for written in [reference.to_owned(), reference.to_lowercase()] {
        let found = customer.get(&format!("/api/v1/bookings/by-reference/{written}")).await.is(200);
        assert_eq!(found.body, by_id.body);
        assert_eq!(found.header("etag"), "\"1\"");
    }
}

#[tokio::test]
async fn the_seat_map_shows_what_is_taken_and_only_staff_by_whom() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let placed = customer.post("/api/v1/bookings", order(&flight, &["12A", "12B"])).await.is(201);
    let path = format!("/api/v1/flights/{flight}/seats");

    let map = customer.get_at(&path, placed.position()).await.is(200);
    let for_staff = stage.clerk().get_at(&path, placed.position()).await.is(200);

    let seats = map.body["seats"].as_array().unwrap();
    let seat = |number: &str| seats.iter().find(|seat| seat["seat_number"] == number).unwrap();
    assert_eq!(seats.len(), 8 + 180);
    assert_eq!(
        *seat("12A"),
        json!({
            "seat_number": "12A", "class": "economy", "status": "taken", "is_available": false,
            "reserved_at": placed.body["created_at"], "price": dollars(29_999),
        })
    );
    assert_eq!(
        *seat("2F"),
        json!({
            "seat_number": "2F", "class": "business", "status": "available", "is_available": true,
            "reserved_at": null, "price": dollars(89_900),
        })
    );
    assert_eq!(stage.taken(&flight, placed.position()).await, ["12A", "12B"]);
    let holders: Vec<&Value> =
        for_staff.body["seats"].as_array().unwrap().iter().map(|seat| &seat["booking_id"]).collect();
    assert_eq!(holders.iter().filter(|holder| ***holder == placed.body["booking_id"]).count(), 2);
    assert_eq!(holders.iter().filter(|holder| holder.is_null()).count(), seats.len() - 2);
}

#[tokio::test]
async fn a_pool_shows_how_many_places_are_left() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let body = json!({"flight_id": flight, "class": "Standby", "passengers": people(3)});

    let placed = customer.post("/api/v1/bookings", body).await.is(201);

    let map = customer.get_at(&format!("/api/v1/flights/{flight}/seats"), placed.position()).await.is(200);
    assert_eq!((&placed.body["kind"], &placed.body["allocated_seats"]), (&json!("pool"), &json!([])));
    assert_eq!(placed.body["total_price"], dollars(3 * 9_999));
    assert_eq!(
        map.body["pools"],
        json!([{
            "class": "standby", "capacity": 500, "overbooking_limit": 0, "claimed": 3, "left": 497,
            "price": dollars(9_999),
        }])
    );
    assert_eq!(stage.taken(&flight, placed.position()).await, Vec::<String>::new());
}

#[tokio::test]
async fn staff_see_every_booking_of_their_business() {
    let stage = Stage::shared();
    let placed = stage.dev.new_customer();
    let placed = placed.post("/api/v1/bookings", order(&stage.flight().await, &["12A"])).await.is(201);

    let seen = stage.clerk().get_at(placed.header("location"), placed.position()).await.is(200);

    assert_eq!(seen.body["booking_id"], placed.body["booking_id"]);
}

#[tokio::test]
async fn a_head_request_answers_like_get_without_the_body() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let placed = customer
        .post("/api/v1/bookings", order(&stage.flight_in(TimeDelta::days(2)).await, &["12A"]))
        .await
        .is(201);
    let position = [("booking-min-position", placed.position())];

    let head = customer.call(Method::HEAD, placed.header("location"), None, &position).await.is(200);

    assert_eq!((head.header("etag"), &head.body), ("\"1\"", &Value::Null));
}

fn number(position: &str) -> u64 {
    position.strip_prefix("1.").unwrap().parse().unwrap()
}
