//! Sound requests that the state of things does not allow, or that are about nothing.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Scene, assert_problem, changed};
use crate::api::stage::{dollars, people, usd};

#[tokio::test]
async fn a_flight_that_cannot_be_booked_is_unavailable_and_says_why() {
    let scene = Scene::set().await;
    let unknown = Uuid::now_v7().to_string();
    let absent = |id: &str| format!("there is no flight {id}");
    for (flight, why) in [
        (&unknown, absent(&unknown)),
        (&scene.foreign_flight, absent(&scene.foreign_flight)),
        (&scene.cancelled, "flight AA100 was cancelled".to_owned()),
        (&scene.closed, "flight AA100 is not on sale".to_owned()),
        (&scene.departed, "flight AA100 has departed".to_owned()),
    ] {
        let answer = scene.place(changed(scene.good_order(), "/flight_id", json!(flight))).await;
        assert_problem(&why, &answer, 409, "FLIGHT_UNAVAILABLE");
        assert_eq!(answer.body["details"], why);
        assert_eq!(answer.body["message"], "Flight is not available or has insufficient seats");
    }
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn a_taken_seat_comes_with_why_and_with_others() {
    let scene = Scene::set().await;

    let answer = scene.place(changed(scene.good_order(), "/seats", json!(["12A"]))).await;

    assert_problem("a taken seat", &answer, 409, "SEAT_TAKEN");
    let since = &scene.booking.body["created_at"];
    let taken = json!({"seat_number": "12A", "status": "taken", "since": since});
    assert_eq!(answer.body["details"], json!({"taken": [taken]}));
    let offers = answer.body["alternatives"].as_array().unwrap();
    assert_eq!(offers.len(), 6);
    for offer in offers {
        assert_eq!((&offer["class"], &offer["price"]), (&json!("economy"), &dollars(29_999)));
        assert_ne!(offer["seat_number"], "12A");
    }
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn an_order_that_can_never_be_filled_is_wrong() {
    let scene = Scene::set().await;
    let order = |pointer: &str, value: Value| changed(scene.good_order(), pointer, value);
    let without_seats =
        |class: &str| json!({"flight_id": scene.open, "class": class, "passengers": people(1)});
    let twice =
        json!([{"flight_id": scene.open, "seats": ["20A"]}, {"flight_id": scene.open, "seats": ["20A"]}]);
    for (what, body, status, code) in [
        ("no such seat", order("/seats", json!(["99Z"])), 422, "SEAT_UNKNOWN"),
        ("between the cabins", order("/seats", json!(["5A"])), 422, "SEAT_UNKNOWN"),
        ("of another class", order("/class", json!("business")), 422, "SEAT_UNKNOWN"),
        ("no such class", without_seats("first"), 422, "CLASS_UNKNOWN"),
        ("too few seats", order("/passengers", people(2)), 422, "SEAT_COUNT_MISMATCH"),
        ("too many seats", order("/seats", json!(["20A", "20B"])), 422, "SEAT_COUNT_MISMATCH"),
        ("another price", order("/expected_total", usd("1.00")), 409, "PRICE_CHANGED"),
        ("one seat in two items", json!({"items": twice, "passengers": people(1)}), 409, "SEAT_TAKEN"),
    ] {
        assert_problem(what, &scene.place(body).await, status, code);
    }
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn what_is_absent_and_what_is_anothers_cannot_be_told_apart() {
    let scene = Scene::set().await;
    let (anna, owner) = (scene.stage.dev.new_customer(), scene.stage.dev.owner());
    let (own, foreign) = (scene.booking.text("booking_id"), &scene.foreign_booking);
    let nothing = Uuid::now_v7().to_string();
    let comments = json!({"comments": "not mine"});
    for (who, id) in [(&anna, own), (&anna, foreign), (&anna, &*nothing), (&owner, foreign), (&owner, "12")] {
        let path = format!("/api/v1/bookings/{id}");
        let answers = [
            who.get(&path).await,
            who.delete(&path).await,
            who.post(&format!("{path}/cancel"), json!({})).await,
            who.post(&format!("{path}/cancel"), comments.clone()).await,
        ];
        for answer in answers {
            assert_problem(&path, &answer, 404, "BOOKING_NOT_FOUND");
            assert_eq!(answer.body["detail"], "there is no such booking", "{path}");
        }
    }
    for (who, reference) in [(&anna, scene.booking.text("booking_reference")), (&owner, "BK-20261120-000000")]
    {
        let answer = who.get(&format!("/api/v1/bookings/by-reference/{reference}")).await;
        assert_problem(reference, &answer, 404, "BOOKING_NOT_FOUND");
    }
    let confirm = owner.post(&format!("/api/v1/bookings/{foreign}/confirm"), json!({})).await;
    assert_problem("confirming another business's", &confirm, 404, "BOOKING_NOT_FOUND");
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn a_flight_of_another_business_is_absent() {
    let scene = Scene::set().await;
    let owner = scene.stage.dev.owner();
    for id in [&*scene.foreign_flight, &Uuid::now_v7().to_string(), "AA100"] {
        let path = format!("/api/v1/flights/{id}");
        let answers = [
            owner.get(&path).await,
            owner.get(&format!("{path}/seats")).await,
            owner.post(&format!("{path}/cancel"), json!({})).await,
            owner.post(&format!("{path}/open"), json!({})).await,
            owner.post(&format!("{path}/close"), json!({})).await,
        ];
        for answer in answers {
            assert_problem(&path, &answer, 404, "FLIGHT_NOT_FOUND");
        }
    }
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn what_has_departed_or_was_cancelled_stays_so() {
    let scene = Scene::set().await;
    let owner = scene.stage.dev.owner();
    for (flight, verb, code) in [
        (&scene.departed, "cancel", "FLIGHT_DEPARTED"),
        (&scene.cancelled, "open", "FLIGHT_CANCELLED"),
        (&scene.cancelled, "close", "FLIGHT_CANCELLED"),
    ] {
        let answer = owner.post(&format!("/api/v1/flights/{flight}/{verb}"), json!({})).await;
        assert_problem(verb, &answer, 409, code);
    }
    scene.assert_unchanged().await;
}
