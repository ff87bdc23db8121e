//! What has happened to a booking, in sentences.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{instant_of, number};
use crate::api::stage::{Stage, order};
use crate::support::process::{Answer, Caller};

/// A booking that was placed, confirmed by a clerk and cancelled with a word.
struct Booked {
    stage: &'static Stage,
    customer: Caller,
    clerk: Caller,
    clerks_id: String,
    placed: Answer,
    confirmed: Answer,
    cancelled: Answer,
}

impl Booked {
    async fn and_cancelled() -> Self {
        let stage = Stage::shared();
        let (customer, clerks_id) = (stage.dev.new_customer(), uuid::Uuid::now_v7());
        let clerk = stage.dev.someone(booking_http::Role::Provider, clerks_id.into());
        let placed = customer.post("/api/v1/bookings", order(&stage.flight().await, &["12A"])).await.is(201);
        let booking = placed.header("location");
        let confirmed = clerk.post(&format!("{booking}/confirm"), json!({})).await.is(200);
        let why = json!({"cancellation_reason": "plans_changed", "comments": "my aunt is ill"});
        let cancelled = customer.post(&format!("{booking}/cancel"), why).await.is(200);
        Self { stage, customer, clerk, clerks_id: clerks_id.to_string(), placed, confirmed, cancelled }
    }

    fn path(&self) -> String {
        format!("{}/history", self.placed.header("location"))
    }

    async fn seen_by(&self, caller: &Caller) -> Vec<Value> {
        let history = caller.get(&self.path()).await.is(200);
        assert_eq!(
            history.body["pagination"],
            json!({"page": 1, "limit": 20, "total": 3, "pages": 1, "next_cursor": null})
        );
        history.body["data"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_history_says_who_did_what_and_why() {
    let booked = Booked::and_cancelled().await;

    let entries = booked.seen_by(&booked.clerk).await;

    let user = &booked.placed.body["user_id"];
    let of_customer = json!({"kind": "customer", "id": user});
    let of_staff = json!({"kind": "staff", "id": booked.clerks_id});
    let told = |entry: &Value, member: &str| entry[member].as_str().unwrap_or_default().to_owned();
    let [placed, confirmed, cancelled] = &entries[..] else { panic!("{entries:?}") };
    for (entry, answer, action, actor, reason, sentence) in [
        (
            placed,
            &booked.placed,
            "created",
            &of_customer,
            json!(null),
            "The customer booked AA100 from JFK to LAX, in 12A, for 1 passenger: 299.99 USD.",
        ),
        (confirmed, &booked.confirmed, "confirmed", &of_staff, json!(null), "Staff confirmed the booking."),
        (
            cancelled,
            &booked.cancelled,
            "cancelled",
            &of_customer,
            json!("plans_changed"),
            "The customer cancelled the booking. 299.99 USD are to be paid back.",
        ),
    ] {
        assert!(number(&told(entry, "position")) <= number(answer.position()), "{entry}");
        assert_eq!(told(entry, "at"), at(&booked, entry).await);
        assert_eq!(
            (told(entry, "action"), told(entry, "sentence")),
            (action.to_owned(), sentence.to_owned())
        );
        assert_eq!((&entry["actor"], &entry["reason"]), (actor, &reason));
    }
    assert_eq!(cancelled["comments"], "my aunt is ill");
    assert_eq!(placed.get("comments"), None);
}

/// When the entry's position was recorded, with no more digits than needed.
async fn at(booked: &Booked, entry: &Value) -> String {
    let at = booked.stage.recorded_at(number(entry["position"].as_str().unwrap())).await;
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

#[tokio::test]
async fn an_entry_says_what_it_changed() {
    let booked = Booked::and_cancelled().await;

    let entries = booked.seen_by(&booked.customer).await;

    let item = booked.placed.body["items"][0]["item_id"].as_str().unwrap();
    let changes = |entry: &Value| -> Vec<(String, Value, Value)> {
        let changes = entry["changes"].as_array().unwrap().iter();
        let parts =
            |one: &Value| (one["field"].as_str().unwrap().to_owned(), one["from"].clone(), one["to"].clone());
        changes.map(parts).collect()
    };
    let has = |entry: &Value, field: &str, from: Value, to: Value| {
        let all = changes(entry);
        assert!(all.contains(&(field.to_owned(), from, to)), "{field} in {all:?}");
    };
    assert_eq!(changes(&entries[0]), []);
    has(&entries[1], "status", json!("created"), json!("confirmed"));
    has(&entries[1], "payment_status", json!("due"), json!("captured"));
    has(&entries[2], "status", json!("confirmed"), json!("cancelled"));
    has(&entries[2], "cancellation_reason", json!(null), json!("plans_changed"));
    has(&entries[2], &format!("items/{item}/status"), json!("claimed"), json!("cancelled"));
    let fields: Vec<String> = entries.iter().flat_map(changes).map(|(field, ..)| field).collect();
    assert!(fields.iter().all(|field| field != "version" && field != "updated_at"), "{fields:?}");
    assert!(fields.iter().all(|field| !field.starts_with("passengers")), "{fields:?}");
}

/// With the entry's position and instant, the booking shows what the entry says.
#[tokio::test]
async fn an_entry_leads_to_the_booking_as_it_was() {
    let booked = Booked::and_cancelled().await;
    let statuses = ["created", "confirmed", "cancelled"];
    for (entry, status) in booked.seen_by(&booked.customer).await.iter().zip(statuses) {
        for moment in ["at_position=".to_owned() + entry["position"].as_str().unwrap(), {
            "as_of=".to_owned() + entry["at"].as_str().unwrap()
        }] {
            let path = format!("{}?{moment}", booked.placed.header("location"));
            assert_eq!(booked.customer.get(&path).await.is(200).text("status"), status, "{moment}");
        }
    }
}

#[tokio::test]
async fn customers_see_their_own_history_and_nobody_elses_id() {
    let booked = Booked::and_cancelled().await;

    let entries = booked.seen_by(&booked.customer).await;

    assert_eq!(entries[0]["actor"], json!({"kind": "customer", "id": booked.placed.body["user_id"]}));
    assert_eq!(entries[1]["actor"], json!({"kind": "staff", "id": null}));
    assert_eq!(entries[2]["comments"], "my aunt is ill");
    for caller in [booked.stage.dev.new_customer(), booked.stage.dev.stranger()] {
        assert_eq!(caller.get(&booked.path()).await.is(404).text("code"), "BOOKING_NOT_FOUND");
    }
    let absent = format!("/api/v1/bookings/{}/history", uuid::Uuid::now_v7());
    assert_eq!(booked.clerk.get(&absent).await.is(404).text("code"), "BOOKING_NOT_FOUND");
    assert_eq!(booked.customer.with_token("").get(&booked.path()).await.is(401).text("code"), "UNAUTHORIZED");
}

#[tokio::test]
async fn a_history_comes_in_pages_in_either_order_and_as_it_was() {
    let booked = Booked::and_cancelled().await;
    let read = async |query: &str| {
        let page = booked.customer.get(&format!("{}?{query}", booked.path())).await.is(200);
        let entries = page.body["data"].as_array().unwrap().iter();
        let actions: Vec<String> =
            entries.map(|entry| entry["action"].as_str().unwrap().to_owned()).collect();
        (actions, page.body["pagination"]["next_cursor"].as_str().map(ToOwned::to_owned))
    };

    assert_eq!(
        read("sort=-position").await,
        (vec!["cancelled".into(), "confirmed".into(), "created".into()], None)
    );
    assert_eq!(read("page=2&limit=2").await.0, ["cancelled"]);
    let (first, next) = read("limit=2").await;
    assert_eq!(first, ["created", "confirmed"]);
    assert_eq!(read(&format!("limit=2&cursor={}", next.unwrap())).await, (vec!["cancelled".into()], None));
    let (last, next) = read("limit=1&sort=-position").await;
    assert_eq!(last, ["cancelled"]);
    let before = read(&format!("limit=1&sort=-position&cursor={}", next.unwrap())).await;
    assert_eq!(before.0, ["confirmed"]);
    // Its page begins in the middle, and is compared with the entry before it all the same.
    let path = format!("{}?page=2&limit=1", booked.path());
    let second = booked.customer.get(&path).await.is(200);
    assert_ne!(second.body["data"][0]["changes"], json!([]));
    let then = instant_of(booked.stage, booked.confirmed.position()).await;
    assert_eq!(read(&format!("as_of={then}")).await.0, ["created", "confirmed"]);
    for query in ["sort=at", "cursor=7", "colour=red", "as_of=soon"] {
        let refused = booked.customer.get(&format!("{}?{query}", booked.path())).await.is(400);
        assert_eq!(refused.text("code"), "INVALID_QUERY", "{query}");
    }
}

#[tokio::test]
async fn a_history_waits_for_nothing_and_shows_what_was_just_done() {
    let stage = Stage::shared();
    let customer = stage.dev.new_customer();
    let flight = stage.flight_in(TimeDelta::days(5)).await;
    let placed = customer.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);
    let path = format!("{}/history", placed.header("location"));
    let history = customer.get_at(&path, placed.position()).await.is(200);
    assert!(number(placed.position()) <= number(history.position()));
    assert_eq!(history.body["data"].as_array().unwrap().len(), 1);
}
