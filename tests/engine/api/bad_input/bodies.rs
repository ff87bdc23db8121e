//! Bodies that cannot be read, or have another shape.

use reqwest::Method;
use serde_json::json;

use super::{Scene, assert_problem, changed};

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused() {
    let scene = Scene::set().await;
    let (open, good) = (&scene.open, scene.good_order().to_string());
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for (what, body, status, code) in [
        ("no body", String::new(), 400, "MALFORMED_JSON"),
        ("words", "two seats, please".to_owned(), 400, "MALFORMED_JSON"),
        ("half of it", good[..good.len() / 2].to_owned(), 400, "MALFORMED_JSON"),
        ("more than one", format!("{good}{good}"), 400, "MALFORMED_JSON"),
        ("a comma too many", good.replace('}', ",}"), 400, "MALFORMED_JSON"),
        ("not a number", format!(r#"{{"flight_id": "{open}", "passengers": NaN}}"#), 400, "MALFORMED_JSON"),
        ("too deep", format!(r#"{{"passengers": {deep}}}"#), 422, "VALIDATION_FAILED"),
        (
            "a field twice",
            format!(r#"{{"flight_id": "{open}", "flight_id": "{open}"}}"#),
            422,
            "VALIDATION_FAILED",
        ),
        ("an array", "[]".to_owned(), 422, "VALIDATION_FAILED"),
        ("null", "null".to_owned(), 422, "VALIDATION_FAILED"),
        ("a text", r#""order""#.to_owned(), 422, "VALIDATION_FAILED"),
    ] {
        let answer = scene.customer.call(Method::POST, "/api/v1/bookings", Some(body), &[]).await;
        assert_problem(what, &answer, status, code);
    }
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn a_body_over_64_kib_is_too_large() {
    let scene = Scene::set().await;
    let notes = |length: usize| changed(scene.good_order(), "/notes", json!("x".repeat(length)));
    assert_problem("65 KiB", &scene.place(notes(65 * 1024)).await, 413, "BODY_TOO_LARGE");
    assert_problem("1 MiB", &scene.place(notes(1024 * 1024)).await, 413, "BODY_TOO_LARGE");
    assert_problem("63 KiB of notes", &scene.place(notes(63 * 1024)).await, 422, "VALIDATION_FAILED");
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn a_body_of_another_content_type_is_refused() {
    let scene = Scene::set().await;
    for kind in
        ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonp", ""]
    {
        let body = Some(scene.good_order().to_string());
        let answer =
            scene.customer.call(Method::POST, "/api/v1/bookings", body, &[("content-type", kind)]).await;
        assert_problem(kind, &answer, 415, "UNSUPPORTED_MEDIA_TYPE");
    }
    scene.assert_unchanged().await;
}

#[tokio::test]
async fn an_unknown_field_or_a_wrong_type_is_named() {
    let scene = Scene::set().await;
    for (pointer, value, code) in [
        ("/colour", json!("red"), "UNKNOWN_FIELD"),
        ("/Flight_id", json!(scene.open), "UNKNOWN_FIELD"),
        ("/passengers/0/age", json!(30), "UNKNOWN_FIELD"),
        ("/flight_id", json!(7), "WRONG_TYPE"),
        ("/seats", json!("20A"), "WRONG_TYPE"),
        ("/seats/0", json!(20), "WRONG_TYPE"),
        ("/passengers", json!({"first_name": "A", "last_name": "B"}), "WRONG_TYPE"),
        ("/passengers/0/is_primary", json!("yes"), "WRONG_TYPE"),
        ("/passengers/0/first_name", json!(["A"]), "WRONG_TYPE"),
        ("/expected_total", json!(299.99), "WRONG_TYPE"),
        ("/expected_total", json!({"amount": 299.99, "currency": "USD"}), "WRONG_TYPE"),
    ] {
        let answer = scene.place(changed(scene.good_order(), pointer, value.clone())).await;
        assert_problem(pointer, &answer, 422, "VALIDATION_FAILED");
        let error = &answer.body["errors"][0];
        assert_eq!(error["code"], code, "{pointer} {value}: {error}");
        let at = error["pointer"].as_str().unwrap();
        assert!(at.starts_with(pointer), "{pointer} {value}: {error}");
    }
    scene.assert_unchanged().await;
}
