//! Who may not, and ways that lead nowhere.

use booking_http::Role;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::{Scene, assert_problem, changed};
use crate::api::stage::{self, bare, standby};

#[tokio::test]
async fn without_a_token_that_stands_nothing_is_answered() {
    let scene = Scene::set().await;
    let dev = &scene.stage.dev;
    let someone = || Uuid::now_v7().into();
    let good = dev.token(Role::Customer, someone(), TimeDelta::hours(1));
    let [head, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    let other = dev.token(Role::Owner, someone(), TimeDelta::hours(1));
    let owners_claims = other.split('.').nth(1).unwrap();
    for (what, token) in [
        ("no token", String::new()),
        ("words", "let me in".to_owned()),
        ("expired an hour ago", dev.token(Role::Customer, someone(), TimeDelta::hours(-1))),
        ("expired now", dev.token(Role::Customer, someone(), TimeDelta::zero())),
        ("the claims of an owner", format!("{head}.{owners_claims}.{signature}")),
        ("no signature", format!("{head}.{claims}.")),
        ("without its last letters", good[..good.len() - 3].to_owned()),
        // {"alg":"none","typ":"at+jwt"}
        ("alg none", format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{claims}.")),
        ("of another secret", scene.forged()),
    ] {
        let stranger = scene.customer.with_token(&token);
        for answer in [
            stranger.get("/api/v1/bookings").await,
            stranger.get("/api/v1/flights").await,
            stranger.get(scene.booking.header("location")).await,
            stranger.post("/api/v1/bookings", scene.good_order()).await,
            stranger.post("/api/v1/bookings", json!("not even an order")).await,
            stranger.delete(scene.booking.header("location")).await,
            stranger.post("/api/v1/flights", json!({})).await,
        ] {
            assert_problem(what, &answer, 401, "UNAUTHORIZED");
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{what}");
        }
    }
    scene.assert_unchanged().await;
}

impl Scene {
    /// Minted as ours are, with a secret that is not ours.
    fn forged(&self) -> String {
        let tokens = booking_http::Tokens::new(b"a secret that somebody has made up, long enough").unwrap();
        let tenant = self.stage.dev.banner["tenants"][0]["tenant_id"].as_str().unwrap().parse().unwrap();
        let (user_id, roles) = (Uuid::now_v7().into(), Role::Owner.into());
        let owner = booking_http::Caller {
            user_id,
            tenant,
            roles,
            location_ids: vec![],
            by: booking_http::By::Secret,
        };
        tokens.mint(&owner, TimeDelta::hours(1), chrono::Utc::now())
    }
}

#[tokio::test]
async fn customers_may_not_do_what_staff_do_and_staff_not_what_owners_do() {
    let scene = Scene::set().await;
    let flight = format!("/api/v1/flights/{}", scene.open);
    let for_owners = [
        "/api/v1/flights".to_owned(),
        "/api/v1/flights/import".to_owned(),
        format!("{flight}/cancel"),
        format!("{flight}/open"),
        format!("{flight}/close"),
    ];
    let for_staff = format!("{}/confirm", scene.booking.header("location"));
    let dev = &scene.stage.dev;
    for path in for_owners.iter().chain([&for_staff]) {
        let body = if path == "/api/v1/flights" { stage::flight(TimeDelta::days(3)) } else { json!({}) };
        for who in [Role::Customer, Role::Provider, Role::Manager, Role::Service] {
            if *path == for_staff && [Role::Provider, Role::Manager].contains(&who) {
                continue;
            }
            let answer = dev.someone(who, Uuid::now_v7().into()).post(path, body.clone()).await;
            assert_problem(&format!("{path} as {who:?}"), &answer, 403, "FORBIDDEN");
        }
    }
    let program = dev.someone(Role::Service, Uuid::now_v7().into());
    let answer = program.post("/api/v1/bookings", scene.good_order()).await;
    assert_problem("booking as a program", &answer, 403, "FORBIDDEN");
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn customers_book_for_themselves_only() {
    let scene = Scene::set().await;
    let body = changed(scene.good_order(), "/customer_id", json!(Uuid::now_v7()));
    assert_problem("for another", &scene.place(body).await, 403, "FORBIDDEN");
    let theirs = format!("/api/v1/bookings/user/{}", Uuid::now_v7());
    assert_problem("another's list", &scene.customer.get(&theirs).await, 403, "FORBIDDEN");
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn a_key_that_is_none_or_stands_for_something_else_is_refused() {
    let scene = Scene::set().await;
    let order = scene.good_order().to_string();
    for (what, key) in
        [("too long", "k".repeat(256)), ("empty", String::new()), ("a blank", "my key".to_owned())]
    {
        let headers = [("idempotency-key", key.as_str())];
        let answer =
            scene.customer.call(Method::POST, "/api/v1/bookings", Some(order.clone()), &headers).await;
        assert_problem(what, &answer, 400, "INVALID_IDEMPOTENCY_KEY");
    }
    let other = scene.customer.post_with_key("/api/v1/bookings", &scene.good_order(), "taken").await;
    assert_problem("another order", &other, 422, "IDEMPOTENCY_KEY_REUSED");
    let cancel = format!("{}/cancel", scene.booking.header("location"));
    let other = scene.customer.post_with_key(&cancel, &json!({}), "taken").await;
    assert_problem("another command", &other, 422, "IDEMPOTENCY_KEY_REUSED");
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn a_condition_that_is_none_is_refused() {
    let scene = Scene::set().await;
    let (order, booking) = (scene.good_order().to_string(), scene.booking.header("location"));
    for tags in ["1", "\"1", ""] {
        let headers = [("if-match", tags)];
        for answer in [
            scene.customer.call(Method::POST, "/api/v1/bookings", Some(order.clone()), &headers).await,
            scene.customer.call(Method::DELETE, booking, None, &headers).await,
        ] {
            assert_problem(tags, &answer, 400, "INVALID_IF_MATCH");
        }
    }
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn a_way_that_leads_nowhere_is_said_to() {
    let scene = Scene::set().await;
    let flight = format!("/api/v1/flights/{}", scene.open);
    for path in ["/", "/api", "/api/v1", "/api/v1/booking", "/api/v2/bookings", "/api/v1/bookings/", "/%00"] {
        assert_problem(path, &scene.customer.get(path).await, 404, "ROUTE_NOT_FOUND");
        let nobody = scene.customer.with_token("");
        assert_problem(path, &nobody.post(path, json!({})).await, 404, "ROUTE_NOT_FOUND");
    }
    for (method, path, allowed) in [
        (Method::PATCH, "/api/v1/bookings", ["GET", "POST"]),
        (Method::DELETE, "/api/v1/bookings", ["GET", "POST"]),
        (Method::POST, scene.booking.header("location"), ["GET", "DELETE"]),
        (Method::PUT, flight.as_str(), ["GET", "HEAD"]),
        (Method::PUT, "/api/v1/flights", ["GET", "POST"]),
    ] {
        let answer = bare(&scene.customer, method.clone(), path).await;
        assert_problem(&format!("{method} {path}"), &answer, 405, "METHOD_NOT_ALLOWED");
        let allow = answer.header("allow");
        assert!(allowed.iter().all(|method| allow.contains(method)), "{method} {path} allows {allow}");
    }
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn an_order_of_the_other_business_does_not_reach_this_ones_flights() {
    let scene = Scene::set().await;
    let answer = scene.stage.dev.stranger().post("/api/v1/bookings", standby(&scene.open, 1)).await;
    assert_problem("across the wall", &answer, 409, "FLIGHT_UNAVAILABLE");
    scene.assert_unchanged().await;
}
