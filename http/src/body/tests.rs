use axum::routing::post as on_post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;
use crate::asking::{Heard, TRACE_ID, ask, post};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    seats: Vec<Seat>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seat {
    row: u8,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: Option<String>,
}

fn router() -> Router {
    Router::new()
        .route("/orders", on_post(|Body(order): Body<Order>| async move { Json(order) }))
        .route("/cancel", on_post(|OptionalBody(reason): OptionalBody<Reason>| async move { Json(reason) }))
}

async fn order(body: &str) -> Heard {
    ask(router(), post("/orders", body.to_owned())).await
}

#[tokio::test]
async fn a_body_is_read() {
    let heard = order(r#"{"seats": [{"row": 12}]}"#).await;

    assert_eq!((heard.status.as_u16(), heard.body), (200, json!({"seats": [{"row": 12}]})));
}

#[tokio::test]
async fn a_body_that_is_no_json_is_400_with_the_place() {
    let heard = order("{\"seats\":\n [}").await;

    assert_eq!(heard.status, 400);
    assert_eq!(heard.header("content-type"), "application/problem+json");
    assert_eq!(
        heard.body,
        json!({
            "type": "urn:booking:problem:malformed-json",
            "title": "Malformed json",
            "status": 400,
            "detail": "the body is not JSON: expected value at line 2 column 3",
            "instance": "/orders",
            "code": "MALFORMED_JSON",
            "message": "the body is not JSON: expected value at line 2 column 3",
            "details": {"line": 2, "column": 3},
            "retryable": false,
            "trace_id": TRACE_ID,
        })
    );
}

#[tokio::test]
async fn a_body_of_another_shape_is_422_with_a_pointer() {
    let rows = [
        (r#"{"seats": [{"row": 1}, {"row": "x"}]}"#, "/seats/1/row", "WRONG_TYPE"),
        (r#"{"seats": [{"row": 256}]}"#, "/seats/0/row", "INVALID_VALUE"),
        (r#"{"seats": [{}]}"#, "/seats/0/row", "MISSING_FIELD"),
        (r#"{"seats": [{"row": 1, "a/b~": 2}]}"#, "/seats/0/a~1b~0", "UNKNOWN_FIELD"),
        (r#"{"seats": [{"row": 1, "row": 2}]}"#, "/seats/0/row", "DUPLICATE_FIELD"),
        (r#"{"seats": [], "seats": []}"#, "/seats", "DUPLICATE_FIELD"),
        ("{}", "/seats", "MISSING_FIELD"),
        ("7", "", "WRONG_TYPE"),
    ];
    for (body, pointer, code) in rows {
        let heard = order(body).await;

        assert_eq!(
            (heard.status.as_u16(), &heard.body["code"]),
            (422, &json!("VALIDATION_FAILED")),
            "{body}"
        );
        let errors = heard.body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{body}");
        assert_eq!((&errors[0]["pointer"], &errors[0]["code"]), (&json!(pointer), &json!(code)), "{body}");
        assert_eq!(errors[0]["detail"], heard.body["detail"], "{body}");
    }
}

#[tokio::test]
async fn only_json_is_taken_and_the_type_must_say_so() {
    for (kind, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("text/plain", 415),
        ("application/jsonp", 415),
        ("", 415),
    ] {
        let mut request = post("/orders", r#"{"seats": []}"#);
        request.headers_mut().insert("content-type", kind.parse().unwrap());

        assert_eq!(ask(router(), request).await.status, status, "{kind}");
    }
}

#[tokio::test]
async fn no_body_counts_as_an_empty_object_where_it_is_optional() {
    let mut nothing = post("/cancel", "");
    nothing.headers_mut().remove("content-type");
    let mut untyped = post("/cancel", "{}");
    untyped.headers_mut().remove("content-type");

    let heard = ask(router(), nothing).await;

    assert_eq!((heard.status.as_u16(), heard.body), (200, json!({"reason": null})));
    assert_eq!(ask(router(), untyped).await.status, 415);
    assert_eq!(ask(router(), post("/orders", "")).await.body["code"], "MALFORMED_JSON");
}

#[tokio::test]
async fn a_body_over_64_kib_is_413() {
    let largest = format!(r#"{{"seats": []}}{}"#, " ".repeat(crate::BODY_BYTES_MAX - 13));
    let heard = order(&format!("{largest} ")).await;

    assert_eq!(order(&largest).await.status, 200);
    assert_eq!((heard.status.as_u16(), &heard.body["code"]), (413, &json!("BODY_TOO_LARGE")));
}
