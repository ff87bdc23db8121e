//! People who want to be forgotten.

use booking_http::Role;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::accounts::people::{PASSWORD, address, guest, log_in, newcomer, refresh, registered, who};
use crate::api::bad_input::assert_problem;
use crate::api::stage::{Stage, order, standby};
use crate::support::process::{Answer, Caller};
use crate::support::roles::eventually;

const ERASURES: &str = "/api/v1/privacy/erasures";
/// One more than a commit takes.
const MANY: usize = 101;

const EXPORTS: &str = "/api/v1/privacy/exports";

/// A booking that was given up, and is shown: nobody travels on it. Where it is.
async fn travelled(stage: &Stage, by: &Caller) -> String {
    let mut body = standby(&stage.flight().await, 2);
    body["notes"] = json!("by the window");
    let placed = by.post("/api/v1/bookings", body).await.is(201);
    let cancelled = by.delete(placed.header("location")).await.is(200);
    by.get_at(placed.header("location"), cancelled.position()).await.is(200);
    placed.header("location").to_owned()
}

/// The booking as soon as its first passenger has no name any more: the face that answers hears of it.
async fn nameless(by: &Caller, path: &str) -> Answer {
    eventually("the names are gone", async || {
        let read = by.get(path).await.is(200);
        read.body["passengers"][0]["first_name"].is_null().then_some(read)
    })
    .await
}

fn of(customer_id: &Value) -> Value {
    json!({"customer_id": customer_id})
}

#[tokio::test]
async fn who_asks_is_forgotten_and_their_bookings_stay_without_a_name() {
    let stage = Stage::shared();
    let (email, owner) = (address(), stage.dev.owner());
    let session = registered(stage, &email).await;
    let (ada, user) = (who(stage, &session), &session.body["user"]);
    let path = travelled(stage, &ada).await;
    let before = owner.get(&path).await.is(200);

    let erased = ada.post_with_key(ERASURES, &json!({}), "forget-me").await.is(200);

    assert_eq!(
        erased.body,
        json!({"customer_id": user["customer_id"], "erased": true, "bookings": 1, "account": "deleted"})
    );
    assert_eq!(before.body["passengers"][0]["first_name"], "Ada", "it was there to be erased");
    let after = nameless(&owner, &path).await;
    for passenger in after.body["passengers"].as_array().unwrap() {
        assert_eq!((&passenger["first_name"], &passenger["last_name"]), (&Value::Null, &Value::Null));
    }
    assert_eq!((&before.body["notes"], &after.body["notes"]), (&json!("by the window"), &Value::Null));
    for kept in ["booking_id", "booking_reference", "status", "total_price", "items", "customer_id"] {
        assert_eq!(after.body[kept], before.body[kept], "{kept}");
    }
    let user_path = format!("/api/v1/users/{}", user["user_id"].as_str().unwrap());
    let left = owner.get(&user_path).await.is(200);
    assert_eq!(
        (&left.body["email"], &left.body["full_name"], &left.body["status"]),
        (&Value::Null, &Value::Null, &json!("deactivated"))
    );
    assert_problem("a token of before", &ada.get("/api/v1/bookings").await, 401, "UNAUTHORIZED");
    assert_problem("its session", &refresh(stage, session.text("refresh_token")).await, 401, "UNAUTHORIZED");
    assert_problem("a log-in", &log_in(stage, &email, PASSWORD).await, 401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn who_was_forgotten_may_come_again_as_somebody_else() {
    let stage = Stage::shared();
    let email = address();
    let first = registered(stage, &email).await;
    let path = travelled(stage, &who(stage, &first)).await;
    who(stage, &first).post(ERASURES, json!({})).await.is(200);

    let again = registered(stage, &email).await;

    assert_ne!(again.body["user"]["user_id"], first.body["user"]["user_id"]);
    let ada = who(stage, &again);
    assert_problem("a booking of before", &ada.get(&path).await, 404, "BOOKING_NOT_FOUND");
    ada.post("/api/v1/bookings", standby(&stage.flight().await, 1)).await.is(201);
}

#[tokio::test]
async fn who_is_still_to_travel_is_not_forgotten() {
    let stage = Stage::shared();
    let (flight, ada) = (stage.flight().await, stage.dev.new_customer());
    let placed = ada.post("/api/v1/bookings", order(&flight, &["12A"])).await.is(201);

    let refused = ada.post(ERASURES, json!({})).await;

    assert_problem("a booking ahead", &refused, 409, "CUSTOMER_HAS_BOOKINGS");
    let read = ada.get(placed.header("location")).await.is(200);
    assert_eq!(read.body["passengers"][0]["first_name"], "Ada", "nothing has changed");
    ada.delete(placed.header("location")).await.is(200);
    let held = ada.post("/api/v1/holds", json!({"flight_id": flight, "passengers_count": 1})).await.is(201);
    assert_problem("a hold", &ada.post(ERASURES, json!({})).await, 409, "CUSTOMER_HAS_BOOKINGS");
    ada.delete(held.header("location")).await.is(200);
    let erased = ada.post(ERASURES, json!({})).await.is(200);
    assert_eq!((&erased.body["bookings"], &erased.body["account"]), (&json!(2), &Value::Null));
}

#[tokio::test]
async fn the_same_again_changes_nothing() {
    let stage = Stage::shared();
    let (owner, customer_id) = (stage.dev.owner(), json!(Uuid::now_v7()));
    let mut body = standby(&stage.flight().await, 1);
    body["customer_id"] = customer_id.clone();
    let placed = owner.post("/api/v1/bookings", body).await.is(201);
    owner.delete(placed.header("location")).await.is(200);

    let key = Uuid::now_v7().to_string();
    let erased = owner.post_with_key(ERASURES, &of(&customer_id), &key).await.is(200);
    let again = owner.post_with_key(ERASURES, &of(&customer_id), &key).await.is(200);
    let anew = owner.post(ERASURES, of(&customer_id)).await.is(200);

    assert_eq!((&again.body, again.header("idempotent-replayed")), (&erased.body, "true"));
    assert_eq!(anew.body, erased.body);
    assert_eq!(erasures_of(&owner, &id_of(&owner).await, &customer_id).await, 1);
    let other = owner.post_with_key(ERASURES, &json!({}), &key).await;
    assert!([403, 422].contains(&other.status.as_u16()), "{}", other.body);
}

async fn id_of(caller: &Caller) -> Value {
    caller.get("/api/v1/users/me").await.is(200).body["user_id"].clone()
}

/// Events of that customer which say so, among the newest of whoever did it.
async fn erasures_of(owner: &Caller, by: &Value, customer_id: &Value) -> usize {
    let target = format!("/{}", customer_id.as_str().unwrap());
    let trail =
        owner.get(&format!("/api/v1/admin/audit?actor={}&limit=100", by.as_str().unwrap())).await.is(200);
    let deeds = trail.body["data"].as_array().unwrap().iter();
    let of_them = deeds.filter(|deed| deed["target"].as_str().unwrap().ends_with(&target));
    let erased = of_them.filter(|deed| deed["action"] == "customer.erased");
    erased.inspect(|deed| assert!(deed["actor"]["id"].is_string(), "{deed}")).count()
}

#[tokio::test]
async fn more_bookings_than_one_commit_takes_are_erased_all_or_none() {
    let stage = Stage::shared();
    let (flight, ada, owner) = (stage.flight().await, stage.dev.new_customer(), stage.dev.owner());
    let booked = (0..MANY).map(|_| async {
        let (order, key) = (standby(&flight, 1), Uuid::now_v7().to_string());
        let placed = ada.post_with_key("/api/v1/bookings", &order, &key).await.is(201);
        placed.header("location").to_owned()
    });
    let paths = futures::future::join_all(booked).await;
    let (last, others) = paths.split_last().unwrap();
    futures::future::join_all(others.iter().map(|path| async { ada.delete(path).await.is(200) })).await;

    let refused = ada.post(ERASURES, json!({})).await;

    assert_problem("one is ahead", &refused, 409, "CUSTOMER_HAS_BOOKINGS");
    for path in &paths {
        let read = owner.get(path).await.is(200);
        assert_eq!(read.body["passengers"][0]["first_name"], "Ada", "nothing has changed");
    }
    ada.delete(last).await.is(200);
    let by = id_of(&ada).await;
    let erased = ada.post(ERASURES, json!({})).await.is(200);
    assert_eq!(erased.body["bookings"], MANY);
    for path in &paths {
        nameless(&owner, path).await;
    }
    assert_eq!(erasures_of(&owner, &by, &erased.body["customer_id"]).await, 2, "in two commits");
}

#[tokio::test]
async fn only_owners_have_others_forgotten_and_nobody_those_of_another_business() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let customer_id = &session.body["user"]["customer_id"];
    let path = travelled(stage, &who(stage, &session)).await;
    let named = of(customer_id);

    let clerk = stage.clerk().post(ERASURES, named.clone()).await;
    let manager = stage.dev.someone(Role::Manager, Uuid::now_v7().into());
    let (other, stranger) = (stage.dev.new_customer(), stage.dev.stranger());

    assert_problem("a clerk", &clerk, 403, "FORBIDDEN");
    assert_problem("a manager", &manager.post(ERASURES, named.clone()).await, 403, "FORBIDDEN");
    assert_problem("another", &other.post(ERASURES, named.clone()).await, 403, "FORBIDDEN");
    assert_problem("elsewhere", &stranger.post(ERASURES, named.clone()).await, 404, "CUSTOMER_NOT_FOUND");
    let nobody = guest(stage).post(ERASURES, named.clone()).await;
    assert_problem("nobody", &nobody, 401, "UNAUTHORIZED");
    let unknown = of(&json!(Uuid::now_v7()));
    let owner = stage.dev.owner();
    assert_problem("who never was", &owner.post(ERASURES, unknown).await, 404, "CUSTOMER_NOT_FOUND");
    assert_problem("no id", &owner.post(ERASURES, of(&json!("x"))).await, 422, "VALIDATION_FAILED");
    assert_problem("an owner", &owner.post(ERASURES, json!({})).await, 403, "FORBIDDEN");
    let dry = format!("{ERASURES}?dry_run=true");
    let dry = owner.call(Method::POST, &dry, Some(named.to_string()), &[]).await;
    assert_problem("a rehearsal", &dry, 400, "INVALID_QUERY");
    let read = owner.get(&path).await.is(200);
    assert_eq!(read.body["passengers"][0]["first_name"], "Ada", "nothing has changed");
    owner.post(ERASURES, named).await.is(200);
    nameless(&owner, &path).await;
}

#[tokio::test]
async fn for_who_was_forgotten_nothing_more_is_kept() {
    let stage = Stage::shared();
    let (owner, flight, customer_id) = (stage.dev.owner(), stage.flight().await, json!(Uuid::now_v7()));
    let mut body = standby(&flight, 1);
    body["customer_id"] = customer_id.clone();
    let placed = owner.post("/api/v1/bookings", body.clone()).await.is(201);
    owner.delete(placed.header("location")).await.is(200);
    owner.post(ERASURES, of(&customer_id)).await.is(200);

    let again = owner.post("/api/v1/bookings", body).await;
    let hold = json!({"flight_id": flight, "passengers_count": 1, "customer_id": customer_id});
    let held = owner.post("/api/v1/holds", hold).await;
    let noted = owner.patch(placed.header("location"), json!({"notes": "by the window"})).await;

    assert_problem("a booking", &again, 409, "CUSTOMER_ERASED");
    assert_problem("a hold", &held, 409, "CUSTOMER_ERASED");
    assert_problem("a note", &noted, 409, "CUSTOMER_ERASED");
}

#[tokio::test]
async fn an_account_that_another_business_lets_in_is_forgotten_by_the_one_alone() {
    let stage = Stage::shared();
    let email = address();
    let session = registered(stage, &email).await;
    let elsewhere = json!({"email": email, "password": PASSWORD, "subdomain": "steppe"});
    guest(stage).post("/api/v1/auth/login", elsewhere.clone()).await.is(200);

    let erased = who(stage, &session).post(ERASURES, json!({})).await.is(200);

    assert_eq!(erased.body["account"], "deactivated");
    assert_problem("here", &log_in(stage, &email, PASSWORD).await, 403, "USER_DEACTIVATED");
    let there = guest(stage).post("/api/v1/auth/login", elsewhere).await.is(200);
    assert_eq!(there.body["user"]["full_name"], newcomer(&email)["full_name"]);
}

#[tokio::test]
async fn everyone_gets_all_that_is_kept_of_them_and_nobody_elses() {
    let stage = Stage::shared();
    let email = address();
    let session = registered(stage, &email).await;
    let (ada, owner, user) = (who(stage, &session), stage.dev.owner(), &session.body["user"]);
    let placed = ada.post("/api/v1/bookings", standby(&stage.flight().await, 2)).await.is(201);
    owner.post(&format!("{}/confirm", placed.header("location")), json!({})).await.is(200);

    let exported = ada.post(EXPORTS, json!({})).await.is(200);
    let by_owner = owner.post(EXPORTS, of(&user["customer_id"])).await.is(200);

    assert_eq!(exported.header("cache-control"), "no-store");
    assert_eq!((&exported.body["profile"], &exported.body["account"]["email"]), (user, &json!(email)));
    assert_eq!(exported.body["sessions"].as_array().unwrap().len(), 1);
    let told = exported.body["bookings"].as_array().unwrap();
    assert_eq!((told.len(), &exported.body["next_after_booking_id"]), (1, &Value::Null));
    assert_eq!(told[0]["booking"]["booking_id"], placed.body["booking_id"]);
    let history = told[0]["history"].as_array().unwrap();
    let names: Vec<&Value> = history.iter().map(|entry| &entry["event"]["event_type"]).collect();
    assert_eq!(names, ["booking.created", "booking.confirmed"]);
    assert_eq!(history[0]["event"]["passengers"][1]["last_name"], "Lovelace 1");
    assert!(!exported.body.to_string().contains("sealed:"), "all of it is opened");
    assert_eq!(history[1]["event"]["confirmed_by"]["id"], Value::Null, "whoever confirmed it is not told");
    let owners = &by_owner.body["bookings"][0]["history"][1]["event"]["confirmed_by"];
    assert!(owners["id"].is_string(), "{owners}");
    assert_eq!(by_owner.body["account"], Value::Null, "the account is no business's");
    let other = stage.dev.new_customer().post(EXPORTS, of(&user["customer_id"])).await;
    assert_problem("another", &other, 403, "FORBIDDEN");
    let stranger = stage.dev.stranger().post(EXPORTS, of(&user["customer_id"])).await;
    assert_problem("elsewhere", &stranger, 404, "CUSTOMER_NOT_FOUND");
}

#[tokio::test]
async fn what_was_erased_is_in_no_export() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let customer_id = &session.body["user"]["customer_id"];
    travelled(stage, &who(stage, &session)).await;
    let owner = stage.dev.owner();
    let before = owner.post(EXPORTS, of(customer_id)).await.is(200).body.to_string();
    assert!(before.contains("Lovelace") && before.contains("by the window"), "{before}");

    who(stage, &session).post(ERASURES, json!({})).await.is(200);

    let after = owner.post(EXPORTS, of(customer_id)).await.is(200);
    assert_eq!(after.body["bookings"].as_array().unwrap().len(), 1, "it stays");
    let after = after.body.to_string();
    assert!(!after.contains("Lovelace") && !after.contains("by the window"), "{after}");
}

#[tokio::test]
async fn exports_go_on_where_they_ended() {
    let stage = Stage::shared();
    let (flight, ada) = (stage.flight().await, stage.dev.new_customer());
    let mut placed = vec![];
    for _ in 0..2 {
        let booking = ada.post("/api/v1/bookings", standby(&flight, placed.len() + 1)).await.is(201);
        placed.push(booking.body["booking_id"].clone());
    }

    let rest = ada.post(EXPORTS, json!({"after_booking_id": placed[0]})).await.is(200);

    let told = rest.body["bookings"].as_array().unwrap();
    let ids: Vec<&Value> = told.iter().map(|one| &one["booking"]["booking_id"]).collect();
    assert_eq!(ids, [&placed[1]]);
    let end = ada.post(EXPORTS, json!({"after_booking_id": placed[1]})).await.is(200);
    assert_eq!((&end.body["bookings"], &end.body["next_after_booking_id"]), (&json!([]), &Value::Null));
    let wrong = ada.post(EXPORTS, json!({"after_booking_id": "the last"})).await;
    assert_problem("no id", &wrong, 422, "VALIDATION_FAILED");
}
