//! Lists of bookings as they were.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{instant_of, number};
use crate::api::stage::{Stage, instant, standby};
use crate::support::process::{Answer, Caller};

/// A customer who books three flights, the first of which departs last, has the second confirmed and cancels the
/// third; and where the journal stood after each.
struct Regular {
    stage: &'static Stage,
    customer: Caller,
    bookings: Vec<Answer>,
    flights: Vec<String>,
    /// After three bookings, a confirmation and a cancellation.
    positions: Vec<String>,
}

impl Regular {
    async fn new() -> Self {
        let stage = Stage::shared();
        let customer = stage.dev.new_customer();
        let (mut bookings, mut flights, mut positions) = (vec![], vec![], vec![]);
        for days in [30, 20, 10] {
            let flight = stage.flight_in(TimeDelta::days(days)).await;
            let placed = customer.post("/api/v1/bookings", standby(&flight, 1)).await.is(201);
            positions.push(placed.position().to_owned());
            bookings.push(placed);
            flights.push(flight);
        }
        let confirm = format!("{}/confirm", bookings[1].header("location"));
        let confirmed = stage.clerk().post(&confirm, json!({})).await.is(200);
        positions.push(confirmed.position().to_owned());
        let cancelled = customer.delete(bookings[2].header("location")).await.is(200);
        positions.push(cancelled.position().to_owned());
        Self { stage, customer, bookings, flights, positions }
    }

    /// Which of the three a list shows, in its order.
    fn shown(&self, list: &Answer) -> Vec<usize> {
        let number = |row: &Value| {
            let id = &row["booking_id"];
            self.bookings.iter().position(|booking| booking.body["booking_id"] == *id).unwrap()
        };
        list.body["data"].as_array().unwrap().iter().map(number).collect()
    }

    async fn list(&self, path: &str, position: &str) -> Vec<usize> {
        let by = if path.contains('?') { '&' } else { '?' };
        let list = self.customer.get(&format!("{path}{by}at_position={position}")).await.is(200);
        assert_eq!(list.position(), position);
        let shown = self.shown(&list);
        assert_eq!(list.body["pagination"]["total"], shown.len(), "{path}");
        shown
    }
}

#[tokio::test]
async fn a_list_has_what_there_was_as_it_was() {
    let regular = Regular::new().await;
    for (position, shown, statuses) in [
        (0, vec![0], vec!["created"]),
        (1, vec![1, 0], vec!["created", "created"]),
        (2, vec![2, 1, 0], vec!["created", "created", "created"]),
        (3, vec![2, 1, 0], vec!["created", "confirmed", "created"]),
        (4, vec![2, 1, 0], vec!["cancelled", "confirmed", "created"]),
    ] {
        let position = &regular.positions[position];
        let instant = instant_of(regular.stage, position).await;
        for moment in [format!("at_position={position}"), format!("as_of={instant}")] {
            let list = regular.customer.get(&format!("/api/v1/bookings?{moment}")).await.is(200);
            assert_eq!(regular.shown(&list), shown, "{moment}");
            let data = list.body["data"].as_array().unwrap();
            assert_eq!(
                data.iter().map(|row| row["status"].clone()).collect::<Vec<_>>(),
                statuses,
                "{moment}"
            );
            let total =
                json!({"page": 1, "limit": 20, "total": shown.len(), "pages": 1, "next_cursor": null});
            assert_eq!(list.body["pagination"], total, "{moment}");
        }
    }
    let before = number(&regular.positions[0]) - 10;
    assert_eq!(regular.list("/api/v1/bookings", &format!("1.{before}")).await, Vec::<usize>::new());
}

/// A row of today and a row that was folded are the same document.
#[tokio::test]
async fn a_list_of_the_past_shows_what_the_list_showed_then() {
    let regular = Regular::new().await;
    let last = &regular.positions[4];
    let now = regular.customer.get_at("/api/v1/bookings", last).await.is(200);
    let then = regular.customer.get(&format!("/api/v1/bookings?at_position={last}")).await.is(200);
    assert_eq!(then.body, now.body);
    let confirm = format!("{}/confirm", regular.bookings[0].header("location"));
    regular.stage.clerk().post(&confirm, json!({})).await.is(200);
    let then = regular.customer.get(&format!("/api/v1/bookings?at_position={last}")).await.is(200);
    assert_eq!(then.body, now.body);
    assert!(then.body["data"][0].get("passengers").is_none());
}

#[tokio::test]
async fn filters_and_orders_go_by_what_each_booking_was() {
    let regular = Regular::new().await;
    let [.., all, confirmed, cancelled] = &regular.positions[..] else { unreachable!() };
    let reference = regular.bookings[0].text("booking_reference").to_lowercase();
    let day = |days| instant(chrono::Utc::now() + TimeDelta::days(days));
    for (query, position, shown) in [
        ("status=created".to_owned(), all, vec![2, 1, 0]),
        ("status=created".to_owned(), confirmed, vec![2, 0]),
        ("status=CANCELLED".to_owned(), confirmed, vec![]),
        ("status=cancelled".to_owned(), cancelled, vec![2]),
        ("sort=created_at".to_owned(), all, vec![0, 1, 2]),
        ("sort=start_time".to_owned(), all, vec![2, 1, 0]),
        ("sort=-start_time".to_owned(), all, vec![0, 1, 2]),
        (format!("flight={}", regular.flights[1]), all, vec![1]),
        (format!("reference={reference}"), all, vec![0]),
        (format!("from={}", day(15)), all, vec![1, 0]),
        (format!("from={}&to={}", day(15), day(25)), all, vec![1]),
        (format!("user={}", regular.bookings[0].text("user_id")), all, vec![2, 1, 0]),
        (format!("customer={}", uuid::Uuid::now_v7()), all, vec![]),
    ] {
        assert_eq!(regular.list(&format!("/api/v1/bookings?{query}"), position).await, shown, "{query}");
    }
}

#[tokio::test]
async fn upcoming_and_past_go_by_the_clock_of_then() {
    let regular = Regular::new().await;
    let [.., confirmed, cancelled] = &regular.positions[..] else { unreachable!() };
    let user = regular.bookings[0].text("user_id");
    assert_eq!(regular.list("/api/v1/bookings/upcoming", confirmed).await, [2, 1, 0], "the soonest first");
    assert_eq!(regular.list("/api/v1/bookings/upcoming", cancelled).await, [1, 0]);
    assert_eq!(regular.list("/api/v1/bookings/past", cancelled).await, Vec::<usize>::new());
    assert_eq!(regular.list(&format!("/api/v1/bookings/user/{user}"), confirmed).await, [2, 1, 0]);
}

#[tokio::test]
async fn a_list_of_the_past_comes_in_pages() {
    let regular = Regular::new().await;
    let path = format!("/api/v1/bookings?at_position={}&limit=2", regular.positions[3]);
    let by_number = regular.customer.get(&format!("{path}&page=2")).await.is(200);
    assert_eq!(regular.shown(&by_number), [0]);
    let first = regular.customer.get(&path).await.is(200);
    assert_eq!(regular.shown(&first), [2, 1]);
    let cursor = first.body["pagination"]["next_cursor"].as_str().unwrap();
    let second = regular.customer.get(&format!("{path}&cursor={cursor}")).await.is(200);
    assert_eq!((regular.shown(&second), &second.body["pagination"]["next_cursor"]), (vec![0], &Value::Null));
    let refused = regular.customer.get(&format!("{path}&sort=start_time&cursor={cursor}")).await.is(400);
    assert_eq!(refused.text("code"), "INVALID_QUERY");
}

#[tokio::test]
async fn others_lists_of_the_past_stay_closed() {
    let regular = Regular::new().await;
    let user = regular.bookings[0].text("user_id");
    let path = format!("/api/v1/bookings/user/{user}?at_position={}", regular.positions[2]);
    assert_eq!(regular.stage.dev.new_customer().get(&path).await.is(403).text("code"), "FORBIDDEN");
    let of_stranger = regular.stage.dev.stranger().get(&path).await.is(200);
    assert_eq!(of_stranger.body["pagination"]["total"], 0, "that business has no such customer");
    let for_staff = regular.stage.clerk().get(&path).await.is(200);
    assert_eq!(regular.shown(&for_staff), [2, 1, 0]);
}

#[tokio::test]
async fn the_timetable_cannot_be_listed_as_it_was() {
    let regular = Regular::new().await;
    let path = format!("/api/v1/flights?at_position={}", regular.positions[0]);
    assert_eq!(regular.customer.get(&path).await.is(400).text("code"), "INVALID_QUERY");
}
