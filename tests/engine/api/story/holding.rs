//! Units that are kept for a while.

use serde_json::{Value, json};

use crate::api::stage::{Stage, dollars, order, people, usd};

#[tokio::test]
async fn a_hold_keeps_its_seats_and_is_placed_with_their_price() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());

    let held =
        customer.post("/api/v1/holds", json!({"flight_id": flight, "seats": ["12A", "12B"]})).await.is(201);

    assert_eq!((held.text("status"), &held.body["next_steps"]), ("held", &json!(["place"])));
    assert_eq!((&held.body["total_price"], &held.body["passengers"]), (&dollars(59_998), &json!([])));
    let taken = stage.dev.new_customer().post("/api/v1/bookings", order(&flight, &["12A"])).await;
    assert_eq!(taken.is(409).text("code"), "SEAT_TAKEN");
    let read = customer.get_at(held.header("location"), held.position()).await.is(200);
    assert_eq!(read.text("hold_expires_at"), held.text("hold_expires_at"));

    let body =
        json!({"hold_id": held.body["booking_id"], "passengers": people(2), "expected_total": usd("599.98")});
    let placed = customer.post("/api/v1/bookings", body).await.is(201);
    assert_eq!(placed.body["booking_reference"], held.body["booking_reference"]);
    assert_eq!((placed.text("status"), &placed.body["allocated_seats"]), ("created", &json!(["12A", "12B"])));
    assert_eq!(placed.body["passengers"][1]["seat"], "12B");
    let again = customer
        .post("/api/v1/bookings", json!({"hold_id": held.body["booking_id"], "passengers": people(1)}));
    assert_eq!(again.await.is(409).text("code"), "HOLD_WAS_PLACED");
    assert_eq!(stage.taken(&flight, placed.position()).await, ["12A", "12B"]);
}

#[tokio::test]
async fn a_hold_is_extended_once_and_let_go() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let held =
        customer.post("/api/v1/holds", json!({"flight_id": flight, "passengers_count": 2})).await.is(201);
    let path = held.header("location");

    let longer = customer.patch(path, json!({})).await.is(200);
    assert!(held.text("hold_expires_at") < longer.text("hold_expires_at"));
    let often = customer.patch(path, json!({})).await.is(409);
    assert_eq!(often.text("code"), "HOLD_EXTENSIONS_USED_UP");

    let stranger = stage.dev.new_customer().delete(path).await;
    assert_eq!(stranger.is(404).text("code"), "BOOKING_NOT_FOUND");
    let gone = customer.delete(path).await.is(200);
    assert_eq!(gone.text("status"), "expired");
    assert_eq!(stage.taken(&flight, gone.position()).await, Vec::<String>::new());
    customer.delete(path).await.is(200);
}

#[tokio::test]
async fn a_customer_has_three_holds_open_at_most() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let mut paths = vec![];
    for seat in ["12A", "12B", "12C"] {
        let held =
            customer.post("/api/v1/holds", json!({"flight_id": flight, "seats": [seat]})).await.is(201);
        paths.push(held.header("location").to_owned());
    }
    let fourth = json!({"flight_id": flight, "seats": ["12D"]});
    let refused = customer.post_with_key("/api/v1/holds", &fourth, "one").await.is(409);
    assert_eq!(refused.text("code"), "TOO_MANY_HOLDS");
    customer.delete(&paths[0]).await.is(200);
    customer.post_with_key("/api/v1/holds", &fourth, "two").await.is(201);
}

#[tokio::test]
async fn with_a_hold_nothing_else_says_which_units() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let body = json!({"hold_id": uuid::Uuid::now_v7(), "seats": ["12A"], "passengers": people(1)});
    let wrong = customer.post("/api/v1/bookings", body).await.is(422);
    assert_eq!(wrong.body["errors"][0]["pointer"], "/seats");
    let absent = json!({"hold_id": uuid::Uuid::now_v7(), "passengers": people(1)});
    assert_eq!(customer.post("/api/v1/bookings", absent).await.is(404).text("code"), "BOOKING_NOT_FOUND");
    let booking = stage.flight().await;
    let placed = customer.post("/api/v1/bookings", order(&booking, &["12A"])).await.is(201);
    assert_eq!(placed.body["hold_expires_at"], Value::Null);
}

#[tokio::test]
async fn what_belongs_into_an_item_is_not_passed_over() {
    let stage = Stage::shared();
    let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
    let body = json!({"items": [{"flight_id": flight, "seats": ["12A"]}]});
    for (member, value) in
        [("seat_preferences", json!(["window"])), ("passengers_count", json!(2)), ("class", json!("economy"))]
    {
        let mut body = body.clone();
        body[member] = value;
        let refused = customer.post("/api/v1/holds", body).await.is(422);
        let complaint = &refused.body["errors"][0];
        assert_eq!(complaint["code"], "FIELDS_EXCLUDE_EACH_OTHER", "{refused:?}");
        assert_eq!(complaint["pointer"], format!("/{member}"));
    }
}
