//! Bodies of the right shape with something wrong in them.

use chrono::{Days, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Scene, assert_problem, changed};
use crate::api::stage::{self, people, usd};

#[tokio::test]
async fn what_is_wrong_with_an_order_is_said_of_each_field() {
    let scene = Scene::set().await;
    let tomorrow = (Utc::now().date_naive() + Days::new(1)).to_string();
    let (long, name) = ("x".repeat(2_001), "x".repeat(101));
    let infant = json!({"first_name": "A", "last_name": "B", "kind": "infant"});
    let leader = json!({"first_name": "A", "last_name": "B", "is_primary": true});
    for (pointer, value, wrong) in [
        ("/flight_id", json!("AA100"), "/flight_id"),
        ("/flight_id", Value::Null, "/flight_id"),
        ("/passengers", Value::Null, "/passengers"),
        ("/passengers", json!([]), "/passengers"),
        ("/passengers", json!([infant]), "/passengers"),
        ("/passengers", people(51), "/passengers"),
        ("/passengers", json!([leader, leader]), "/passengers/1/is_primary"),
        ("/passengers/0/first_name", Value::Null, "/passengers/0/first_name"),
        ("/passengers/0/first_name", json!("  "), "/passengers/0/first_name"),
        ("/passengers/0/last_name", json!(name), "/passengers/0/last_name"),
        ("/passengers/0/last_name", json!("B\u{0}"), "/passengers/0/last_name"),
        ("/passengers/0/email", json!("ada"), "/passengers/0/email"),
        ("/passengers/0/email", json!("ada@"), "/passengers/0/email"),
        ("/passengers/0/email", json!("a da@example.com"), "/passengers/0/email"),
        ("/passengers/0/phone_number", json!("12345"), "/passengers/0/phone_number"),
        ("/passengers/0/phone_number", json!("+1 call me"), "/passengers/0/phone_number"),
        ("/passengers/0/date_of_birth", json!(tomorrow), "/passengers/0/date_of_birth"),
        ("/passengers/0/date_of_birth", json!("1990-02-30"), "/passengers/0/date_of_birth"),
        ("/passengers/0/date_of_birth", json!("1889-01-01"), "/passengers/0/date_of_birth"),
        ("/passengers/0/date_of_birth", json!("15.05.1990"), "/passengers/0/date_of_birth"),
        ("/passengers/0/passport_number", json!("A 1"), "/passengers/0/passport_number"),
        ("/passengers/0/kind", json!("pet"), "/passengers/0/kind"),
        ("/seats", json!(["20A", "20A"]), "/seats/1"),
        ("/seats", json!(["window"]), "/seats/0"),
        ("/seats", json!(["0A"]), "/seats/0"),
        ("/seats", json!(vec!["20A"; 51]), "/seats"),
        ("/seat_preferences", json!(["20A"]), "/seat_preferences"),
        ("/class", json!("first class"), "/class"),
        ("/special_requests", json!(long), "/special_requests"),
        ("/notes", json!("\u{1b}[2J"), "/notes"),
        ("/expected_total", json!({"amount": "299.99", "currency": "XXQ"}), "/expected_total/currency"),
        ("/expected_total", json!({"amount": "299.999", "currency": "USD"}), "/expected_total/amount"),
        ("/expected_total", json!({"amount": "1e5", "currency": "USD"}), "/expected_total/amount"),
        ("/expected_total", json!({"currency": "USD"}), "/expected_total/amount"),
        ("/customer_id", json!("me"), "/customer_id"),
        ("/items", json!([]), "/items"),
        ("/items", json!([{"flight_id": scene.open}]), "/flight_id"),
    ] {
        let answer = scene.place(changed(scene.good_order(), pointer, value.clone())).await;
        assert_problem(pointer, &answer, 422, "VALIDATION_FAILED");
        let errors = answer.body["errors"].as_array().unwrap();
        assert!(errors.iter().any(|error| error["pointer"] == wrong), "{pointer} {value}: {errors:?}");
    }
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn everything_wrong_with_an_order_is_said_at_once() {
    let scene = Scene::set().await;
    let body = json!({
        "flight_id": "AA100",
        "seats": ["window"],
        "passengers": [{"first_name": "", "email": "ada"}],
        "expected_total": {"amount": "1"},
    });

    let answer = scene.place(body).await;

    assert_problem("all wrong", &answer, 422, "VALIDATION_FAILED");
    let mut wrong: Vec<&str> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    wrong.sort_unstable();
    assert_eq!(
        wrong,
        [
            "/expected_total/currency",
            "/flight_id",
            "/passengers/0/email",
            "/passengers/0/first_name",
            "/passengers/0/last_name",
            "/seats/0",
        ]
    );
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_flight_is_said_of_each_field() {
    let scene = Scene::set().await;
    let owner = scene.stage.dev.owner();
    let cabin =
        |rows: &str, price: Value| json!({"class": "x", "rows": rows, "letters": "AB", "price": price});
    for (pointer, value, wrong) in [
        ("/flight_number", json!("A"), "/flight_number"),
        ("/flight_number", json!("AA 100"), "/flight_number"),
        ("/airline", json!(""), "/airline"),
        ("/airline", json!("sealed:1:AAAA"), "/airline"),
        ("/origin", json!("?"), "/origin"),
        ("/origin", json!("QQQ"), "/origin_time_zone"),
        ("/destination_time_zone", json!("Mars/Olympus"), "/destination_time_zone"),
        ("/departure", json!("tomorrow"), "/departure"),
        ("/departure", json!("2026-02-30T10:00"), "/departure"),
        ("/arrival", json!("2020-01-01T10:00:00Z"), "/arrival"),
        ("/cabins", json!([]), "/cabins"),
        ("/cabins", Value::Null, "/cabins"),
        ("/cabins/0/class", json!("economy"), "/cabins/1/class"),
        ("/cabins/0/rows", json!("9-3"), "/cabins/0/rows"),
        ("/cabins/0/rows", json!("1-10"), "/cabins/1/rows"),
        ("/cabins/0/letters", json!("AA"), "/cabins/0/letters"),
        ("/cabins/0/price", usd("-1"), "/cabins/0/price"),
        ("/cabins/0/price", json!({"amount": "1", "currency": "EUR"}), "/cabins/1/price"),
        ("/cabins/0", cabin("1-2", json!({"amount": "9.999", "currency": "USD"})), "/cabins/0/price/amount"),
        ("/cabins/0/count", json!(5), "/cabins/0/count"),
        ("/cabins/2/count", json!(0), "/cabins/2/count"),
        ("/cabins/2/count", json!(200_000), "/cabins"),
        ("/cabins/2/overbooking_limit", json!(501), "/cabins/2/overbooking_limit"),
    ] {
        let body = changed(stage::flight(TimeDelta::days(3)), pointer, value.clone());
        let answer = owner.post("/api/v1/flights", body).await;
        assert_problem(pointer, &answer, 422, "VALIDATION_FAILED");
        let errors = answer.body["errors"].as_array().unwrap();
        assert!(errors.iter().any(|error| error["pointer"] == wrong), "{pointer} {value}: {errors:?}");
    }
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn what_is_wrong_with_other_commands_is_said_too() {
    let scene = Scene::set().await;
    let (owner, booking) = (scene.stage.dev.owner(), scene.booking.header("location"));
    let flight = format!("/api/v1/flights/{}", scene.open);
    for (path, body, wrong) in [
        (format!("{booking}/cancel"), json!({"cancellation_reason": "Because!"}), "/cancellation_reason"),
        (format!("{booking}/cancel"), json!({"comments": "x".repeat(2_001)}), "/comments"),
        (format!("{booking}/cancel"), json!({"why": "fog"}), "/why"),
        (format!("{booking}/confirm"), json!({"status": "confirmed"}), "/status"),
        (format!("{flight}/cancel"), json!({"reason": "x".repeat(2_001)}), "/reason"),
        (format!("{flight}/open"), json!({"open": true}), "/open"),
        ("/api/v1/flights/import".to_owned(), json!({"days": 0}), "/days"),
        ("/api/v1/flights/import".to_owned(), json!({"days": 32}), "/days"),
        ("/api/v1/flights/import".to_owned(), json!({"from": "soon"}), "/from"),
        ("/api/v1/flights/import".to_owned(), json!({"from": "-9999-01-1"}), "/from"),
        ("/api/v1/flights/import".to_owned(), json!({"from": "2200-01-01"}), "/from"),
        ("/api/v1/flights/import".to_owned(), json!({"tables": "timetable"}), "/tables"),
    ] {
        let answer = owner.post(&path, body).await;
        assert_problem(&path, &answer, 422, "VALIDATION_FAILED");
        assert_eq!(answer.body["errors"][0]["pointer"], wrong, "{path}");
    }
    scene.assert_unchanged().await;
}
