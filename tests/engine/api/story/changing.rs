//! Bookings that are changed: other seats, other flights, more and fewer items, passengers and prices.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::stage::{Stage, dollars, order, people, usd};
use crate::support::process::{Answer, Caller};

async fn placed(customer: &Caller, flight: &str, seats: &[&str]) -> (String, Answer) {
    let placed = customer.post("/api/v1/bookings", order(flight, seats)).await.is(201);
    (placed.header("location").to_owned(), placed)
}

fn item(answer: &Answer, index: usize) -> String {
    answer.body["items"][index]["item_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_passenger_changes_seats_and_the_old_one_is_free() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let (path, booking) = placed(&customer, &flight, &["12A", "12B"]).await;

    let to = json!({"seat_number": "14C"});
    let moved = customer.post(&format!("{path}/items/{}/move", item(&booking, 0)), to).await.is(200);

    assert_eq!(moved.body["allocated_seats"], json!(["14C", "12B"]));
    assert_eq!(
        (&moved.body["passengers"][0]["seat"], &moved.body["total_price"]),
        (&json!("14C"), &dollars(59_998))
    );
    assert_eq!(stage.taken(&flight, moved.position()).await, ["12B", "14C"]);
    let read = customer.get_at(&path, moved.position()).await.is(200);
    assert_eq!(read.body["items"], moved.body["items"]);

    let swap = json!({"swap_with": item(&booking, 1)});
    let swapped = customer.post(&format!("{path}/items/{}/move", item(&booking, 0)), swap).await.is(200);
    assert_eq!(swapped.body["allocated_seats"], json!(["12B", "14C"]));
}

#[tokio::test]
async fn rescheduling_asks_for_the_difference() {
    let stage = Stage::shared();
    let (flight, other, customer) = (stage.flight().await, stage.flight().await, stage.dev.new_customer());
    let (path, _) = placed(&customer, &flight, &["12A", "12B"]).await;
    stage.dev.owner().post(&format!("{path}/confirm"), json!({})).await.is(200);

    let body = json!({"flight_id": other, "class": "business"});
    let moved = customer.post(&format!("{path}/reschedule"), body).await.is(200);

    assert_eq!((moved.text("status"), moved.text("awaiting")), ("created", "payment"));
    assert_eq!(
        (&moved.body["total_price"], &moved.body["amount_paid"]),
        (&dollars(179_800), &dollars(59_998))
    );
    assert_eq!((moved.text("flight_id"), &moved.body["payment_due_at"]), (other.as_str(), &Value::Null));
    assert_eq!(stage.taken(&flight, moved.position()).await, Vec::<String>::new());
    assert_eq!(stage.taken(&other, moved.position()).await.len(), 2);
    let paid = stage.dev.owner().post(&format!("{path}/confirm"), json!({})).await.is(200);
    assert_eq!((paid.text("status"), &paid.body["amount_paid"]), ("confirmed", &dollars(179_800)));
    let body = json!({"flight_id": flight, "class": "economy"});
    let back = customer.post(&format!("{path}/reschedule"), body).await.is(200);
    assert_eq!((back.text("status"), &back.body["amount_refunded"]), ("confirmed", &dollars(119_802)));
}

#[tokio::test]
async fn a_leg_is_added_and_one_passenger_dropped() {
    let stage = Stage::shared();
    let (flight, back, customer) = (stage.flight().await, stage.flight().await, stage.dev.new_customer());
    let (path, booking) = placed(&customer, &flight, &["12A", "12B"]).await;

    let economy = json!({"flight_id": back, "class": "economy"});
    let both = customer.post(&format!("{path}/items"), economy).await.is(200);
    assert_eq!(
        (both.body["items"].as_array().unwrap().len(), &both.body["total_price"]),
        (4, &dollars(119_996))
    );
    assert_eq!(both.body["further_flights"][0]["flight_id"], back);
    assert_eq!(both.body["passengers_count"], booking.body["passengers_count"]);
}

#[tokio::test]
async fn a_newcomer_gets_a_seat_and_one_of_several_is_given_up() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let (path, booking) = placed(&customer, &flight, &["12A"]).await;

    let more = json!({"flight_id": flight, "seats": ["12B"], "passengers": people(1)});
    let added = customer.post(&format!("{path}/items"), more).await.is(200);
    assert_eq!((&added.body["passengers_count"], &added.body["total_price"]), (&json!(2), &dollars(59_998)));
    assert_eq!(added.body["passengers"][1]["first_name"], "Ada");

    let gone = customer.delete(&format!("{path}/items/{}", item(&booking, 0))).await.is(200);
    assert_eq!((&gone.body["passengers_count"], &gone.body["allocated_seats"]), (&json!(1), &json!(["12B"])));
    let last = customer.delete(&format!("{path}/items/{}", item(&added, 1))).await.is(200);
    assert_eq!(last.text("status"), "cancelled");
    assert_eq!(stage.taken(&flight, last.position()).await, Vec::<String>::new());
}

#[tokio::test]
async fn passengers_are_changed_until_the_booking_is_confirmed() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let (path, booking) = placed(&customer, &flight, &["12A"]).await;
    let passenger = booking.body["passengers"][0]["passenger_id"].as_str().unwrap();
    let path_of = format!("{path}/passengers/{passenger}");

    let new = json!({"last_name": "Byron", "email": "ada@example.com"});
    let changed = customer.patch(&path_of, new.clone()).await.is(200);
    assert_eq!(changed.body["passengers"][0]["last_name"], "Byron");
    let read = customer.get_at(&path, changed.position()).await.is(200);
    assert_eq!(read.body["passengers"][0]["email"], "ada@example.com");
    assert_eq!(read.body["passengers"][0]["first_name"], "Ada");

    let absent = format!("{path}/passengers/{}", uuid::Uuid::now_v7());
    let refused = customer.patch(&absent, new.clone()).await.is(404);
    assert_eq!(refused.text("code"), "PASSENGER_NOT_FOUND");
    stage.dev.owner().post(&format!("{path}/confirm"), json!({})).await.is(200);
    let locked = customer.patch(&path_of, new).await.is(409);
    assert_eq!(locked.text("code"), "PASSENGERS_LOCKED");
}

#[tokio::test]
async fn what_people_wrote_is_changed_and_taken_away() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let (path, _) = placed(&customer, &flight, &["12A"]).await;
    let patch = |body: Value| customer.patch(&path, body);

    let written = patch(json!({"special_requests": "vegan", "notes": "window, please"})).await.is(200);
    assert_eq!(written.text("special_requests"), "vegan");
    let taken = patch(json!({"notes": null})).await.is(200);
    assert_eq!((taken.text("special_requests"), &taken.body["notes"]), ("vegan", &Value::Null));
    let put =
        customer.call(Method::PUT, &path, Some(json!({"notes": "aisle"}).to_string()), &[]).await.is(200);
    assert_eq!((&put.body["special_requests"], put.text("notes")), (&Value::Null, "aisle"));
    let stranger = stage.dev.new_customer().patch(&path, json!({"notes": "x"})).await;
    assert_eq!(stranger.is(404).text("code"), "BOOKING_NOT_FOUND");
}

#[tokio::test]
async fn staff_decline_reinstate_and_adjust() {
    let stage = Stage::shared();
    let (flight, customer, owner) = (stage.flight().await, stage.dev.new_customer(), stage.dev.owner());
    let (path, _) = placed(&customer, &flight, &["12A"]).await;
    let discount = json!({"kind": "discount", "price": usd("99.99"), "reason": "goodwill"});
    let adjusted = owner.post(&format!("{path}/price-adjustments"), discount).await.is(200);
    assert_eq!(adjusted.body["total_price"], dollars(20_000));
    customer.delete(&path).await.is(200);

    let again = owner.post(&format!("{path}/reinstate"), json!({})).await.is(200);
    assert_eq!((again.text("status"), &again.body["cancelled_at"]), ("created", &Value::Null));
    assert_eq!(stage.taken(&flight, again.position()).await, ["12A"]);

    let comments = json!({"comments": "the aircraft is smaller"});
    let no = stage.clerk().post(&format!("{path}/decline"), comments).await.is(200);
    assert_eq!((no.text("status"), no.text("decline_reason")), ("declined", "not_available"));
    assert_eq!(stage.taken(&flight, no.position()).await, Vec::<String>::new());
    assert_eq!(customer.post(&format!("{path}/decline"), json!({})).await.is(403).text("code"), "FORBIDDEN");
}

#[tokio::test]
async fn within_a_day_of_the_departure_only_staff_change_it() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight_in(TimeDelta::hours(20)).await, stage.dev.new_customer());
    let (path, booking) = placed(&customer, &flight, &["12A"]).await;
    let to = || json!({"seat_number": "14C"});
    let moving = format!("{path}/items/{}/move", item(&booking, 0));
    assert_eq!(customer.post(&moving, to()).await.is(409).text("code"), "CANNOT_CHANGE_BOOKING");
    stage.clerk().post(&moving, to()).await.is(200);
}
