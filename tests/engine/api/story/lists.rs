//! Lists of bookings: whose, which, in what order, page by page.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::api::stage::{Stage, instant, standby};
use crate::support::process::{Answer, Caller};

/// A customer with three bookings: the first departs last, the second is cancelled.
struct Regular {
    customer: Caller,
    bookings: Vec<Answer>,
    flights: Vec<String>,
    position: String,
}

impl Regular {
    async fn new(stage: &Stage) -> Self {
        let customer = stage.dev.new_customer();
        let (mut bookings, mut flights) = (vec![], vec![]);
        for days in [30, 20, 10] {
            let flight = stage.flight_in(TimeDelta::days(days)).await;
            bookings.push(customer.post("/api/v1/bookings", standby(&flight, 1)).await.is(201));
            flights.push(flight);
        }
        let cancelled = customer.delete(bookings[1].header("location")).await.is(200);
        let position = cancelled.position().to_owned();
        Self { customer, bookings, flights, position }
    }

    async fn list(&self, path: &str) -> Answer {
        self.customer.get_at(path, &self.position).await.is(200)
    }

    /// Which of the three a list shows, in its order.
    async fn shown(&self, path: &str) -> Vec<usize> {
        let list = self.list(path).await;
        let rows = list.body["data"].as_array().unwrap().iter();
        let number = |row: &Value| {
            let id = &row["booking_id"];
            self.bookings.iter().position(|booking| booking.body["booking_id"] == *id).unwrap()
        };
        rows.map(number).collect()
    }
}

#[tokio::test]
async fn a_list_shows_all_but_the_passengers() {
    let regular = Regular::new(Stage::shared()).await;

    let list = regular.list("/api/v1/bookings").await;

    let mut newest = regular.bookings[2].body.clone();
    for missing in ["passengers", "message", "next_steps"] {
        newest.as_object_mut().unwrap().remove(missing);
    }
    assert_eq!(list.body["data"][0], newest);
    assert_eq!(
        list.body["pagination"],
        json!({"page": 1, "limit": 20, "total": 3, "pages": 1, "next_cursor": null})
    );
}

#[tokio::test]
async fn lists_are_the_callers_own_in_their_order() {
    let regular = Regular::new(Stage::shared()).await;
    let user = regular.bookings[0].text("user_id");

    assert_eq!(regular.shown("/api/v1/bookings").await, [2, 1, 0], "the newest first");
    assert_eq!(regular.shown(&format!("/api/v1/bookings/user/{user}")).await, [2, 1, 0]);
    assert_eq!(regular.shown("/api/v1/bookings/upcoming").await, [2, 0], "the soonest first");
    assert_eq!(regular.shown("/api/v1/bookings/past").await, Vec::<usize>::new());
    assert_eq!(regular.shown("/api/v1/bookings?sort=created_at").await, [0, 1, 2]);
    assert_eq!(regular.shown("/api/v1/bookings?sort=-start_time").await, [0, 1, 2]);
}

#[tokio::test]
async fn lists_can_be_filtered() {
    let regular = Regular::new(Stage::shared()).await;
    let reference = regular.bookings[0].text("booking_reference").to_lowercase();
    let day = |days| instant(chrono::Utc::now() + TimeDelta::days(days));

    for (query, shown) in [
        ("status=CREATED".to_owned(), vec![2, 0]),
        ("status=cancelled".to_owned(), vec![1]),
        ("status=created,Cancelled".to_owned(), vec![2, 1, 0]),
        ("status=expired".to_owned(), vec![]),
        (format!("flight={}", regular.flights[2]), vec![2]),
        (format!("reference={reference}"), vec![0]),
        (format!("from={}", day(15)), vec![1, 0]),
        (format!("from={}&to={}", day(15), day(25)), vec![1]),
        (format!("user={}", regular.bookings[0].text("user_id")), vec![2, 1, 0]),
        (format!("customer={}", regular.bookings[0].text("customer_id")), vec![2, 1, 0]),
        (format!("customer={}", uuid::Uuid::now_v7()), vec![]),
    ] {
        assert_eq!(regular.shown(&format!("/api/v1/bookings?{query}")).await, shown, "{query}");
    }
}

#[tokio::test]
async fn pages_come_by_number() {
    let regular = Regular::new(Stage::shared()).await;

    let second = regular.list("/api/v1/bookings?page=2&limit=2").await;

    let pagination = &second.body["pagination"];
    assert_eq!(*pagination, json!({"page": 2, "limit": 2, "total": 3, "pages": 2, "next_cursor": null}));
    assert_eq!(regular.shown("/api/v1/bookings?page=2&limit=2").await, [0]);
    assert_eq!(regular.shown("/api/v1/bookings?page=9&limit=2").await, Vec::<usize>::new());
}

#[tokio::test]
async fn pages_come_by_cursor_and_stay_where_they_are_when_something_new_comes() {
    let stage = Stage::shared();
    let regular = Regular::new(stage).await;
    let first = regular.list("/api/v1/bookings?limit=1").await;
    let flight = stage.flight().await;
    let newer = regular.customer.post("/api/v1/bookings", standby(&flight, 1)).await.is(201);
    regular.customer.get_at("/api/v1/bookings", newer.position()).await.is(200);

    let mut seen = vec![first.body["data"][0]["booking_id"].clone()];
    let mut cursor = first.body["pagination"]["next_cursor"].clone();
    while let Some(after) = cursor.as_str() {
        let page = regular.list(&format!("/api/v1/bookings?limit=1&cursor={after}")).await;
        assert_eq!(page.body["data"].as_array().unwrap().len(), 1);
        assert_eq!(page.body["pagination"]["total"], 3, "as when the list was begun");
        seen.push(page.body["data"][0]["booking_id"].clone());
        cursor = page.body["pagination"]["next_cursor"].clone();
    }

    let three: Vec<Value> = regular.bookings.iter().rev().map(|one| one.body["booking_id"].clone()).collect();
    assert_eq!(seen, three);
}

#[tokio::test]
async fn staff_list_a_customers_bookings_and_customers_nobody_elses() {
    let stage = Stage::shared();
    let regular = Regular::new(stage).await;
    let path = format!("/api/v1/bookings/user/{}", regular.bookings[0].text("user_id"));

    let for_staff = stage.clerk().get_at(&path, &regular.position).await.is(200);
    let refused = stage.dev.new_customer().get(&path).await.is(403);
    let unasked =
        stage.dev.new_customer().get(&format!("/api/v1/bookings?flight={}", regular.flights[0])).await;

    assert_eq!(for_staff.body["pagination"]["total"], 3);
    assert_eq!(refused.text("code"), "FORBIDDEN");
    assert_eq!(unasked.is(200).body["pagination"]["total"], 0);
}
