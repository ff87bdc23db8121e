use axum::body::Body;
use axum::extract::Extension;
use axum::http::StatusCode;
use axum::routing::{get as on_get, post as on_post};
use serde_json::{Value, json};

use super::*;
use crate::asking::{Heard, TRACE_ID, ask, get};

fn router() -> Router {
    Router::new()
        .route("/seats", on_post(|| async { "taken" }).get(|| async { "free" }))
        .route("/panic", on_get(|| async { panic!("at the disco") as () }))
        .route("/never", on_get(std::future::pending::<()>))
        .route("/missing", on_get(|_: Extension<String>| async {}))
        .route(
            "/own",
            on_get(|| async { (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({"status": "down"}))) }),
        )
        .route("/page", on_get(|| async { [(CONTENT_SECURITY_POLICY, "default-src 'self'")] }))
        .route("/long", on_get(|| async { "x".repeat(1025) }))
        .route("/short", on_get(|| async { "x".repeat(1023) }))
        .route("/trace", on_get(|trace: RequestTrace| async move { axum::Json(trace.trace_id()) }))
}

async fn heard(path: &str) -> Heard {
    ask(router(), get(path).body(Body::empty()).unwrap()).await
}

fn problem(code: &str, title: &str, status: u16, detail: &str, path: &str) -> Value {
    json!({
        "type": format!("urn:booking:problem:{}", code.to_lowercase().replace('_', "-")),
        "title": title,
        "status": status,
        "detail": detail,
        "instance": path,
        "code": code,
        "message": detail,
        "retryable": status == 503,
        "trace_id": TRACE_ID,
    })
}

#[tokio::test]
async fn an_unknown_route_is_a_problem() {
    let heard = heard("/nothing?secret=1").await;

    assert_eq!((heard.status.as_u16(), heard.header("content-type")), (404, "application/problem+json"));
    let detail = "there is nothing at this address";
    assert_eq!(heard.body, problem("ROUTE_NOT_FOUND", "Route not found", 404, detail, "/nothing"));
}

#[tokio::test]
async fn a_wrong_method_is_a_problem_that_says_which_are_allowed() {
    let mut request = get("/seats").body(Body::empty()).unwrap();
    *request.method_mut() = axum::http::Method::DELETE;

    let heard = ask(router(), request).await;

    assert_eq!((heard.status.as_u16(), heard.header("allow")), (405, "POST,GET,HEAD"));
    let detail = "this address does not answer to this method";
    assert_eq!(heard.body, problem("METHOD_NOT_ALLOWED", "Method not allowed", 405, detail, "/seats"));
}

#[tokio::test]
async fn a_panic_is_500_without_detail() {
    let heard = heard("/panic").await;

    assert_eq!(heard.status, 500);
    let detail = "something went wrong on our side";
    assert_eq!(heard.body, problem("INTERNAL_ERROR", "Internal error", 500, detail, "/panic"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_longer_than_15_s_is_503() {
    let heard = heard("/never").await;

    assert_eq!((heard.status.as_u16(), heard.header("retry-after")), (503, "1"));
    assert_eq!((&heard.body["code"], &heard.body["retryable"]), (&json!("REQUEST_TIMED_OUT"), &json!(true)));
}

#[tokio::test]
async fn what_axum_refuses_by_itself_is_a_problem_too() {
    let detail = "something went wrong on our side";
    let expected = problem("INTERNAL_ERROR", "Internal error", 500, detail, "/missing");

    assert_eq!(heard("/missing").await.body, expected);
}

#[tokio::test]
async fn json_that_a_handler_chose_is_left_alone() {
    let heard = heard("/own").await;

    assert_eq!((heard.status.as_u16(), heard.body), (503, json!({"status": "down"})));
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_nothing_about_us() {
    for path in ["/seats", "/nothing", "/panic"] {
        let heard = heard(path).await;
        assert_eq!(heard.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(heard.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(heard.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(heard.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(heard.header("server"), "", "{path}");
    }
    assert_eq!(heard("/page").await.header("content-security-policy"), "default-src 'self'");
}

#[tokio::test]
async fn answers_over_1_kib_are_compressed_when_asked() {
    for (path, accept, encoding) in
        [("/long", "gzip", "gzip"), ("/long", "identity", ""), ("/long", "br", ""), ("/short", "gzip", "")]
    {
        let request = get(path).header("accept-encoding", accept).body(Body::empty()).unwrap();
        let heard = ask(router(), request).await;
        assert_eq!(heard.header("content-encoding"), encoding, "{path} {accept}");
    }
}

#[tokio::test]
async fn a_handler_sees_the_trace_that_the_problem_would_name() {
    assert_eq!(heard("/trace").await.body, json!(TRACE_ID));
}

#[tokio::test]
async fn an_endless_path_is_cut_in_the_answer() {
    let heard = heard(&format!("/{}", "ж".repeat(5000))).await;

    assert_eq!(heard.body["instance"].as_str().unwrap().len(), 255);
}
