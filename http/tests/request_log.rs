//! What the log says about a request, and what it must not say.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use booking_http::{Problem, framed};
use serde_json::{Value, json};
use tower::ServiceExt;

const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(vec![]) };
}

/// A test runs on one thread, so it sees its own lines only.
struct ThisThread;

impl Write for ThisThread {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn logged(path: &str) -> Vec<Value> {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let lines = tracing_subscriber::fmt().json().flatten_event(true).without_time().with_target(false);
        lines.with_writer(|| ThisThread).init();
    });
    let request = Request::get(path).header("traceparent", format!("00-{TRACE_ID}-b7ad6b7169203331-01"));
    let response = framed(router()).oneshot(request.body(Body::empty()).expect("a good request")).await;
    response.expect("a framed router is infallible");
    let log = LOG.take();
    let lines = serde_json::Deserializer::from_slice(&log).into_iter();
    lines.collect::<Result<_, _>>().expect("each line is JSON")
}

fn router() -> Router {
    let failure = io::Error::other("connection reset");
    let failed = Problem::internal().caused_by(&failure);
    Router::new()
        .route("/seats/{seat}", get(|| async { "free" }))
        .route("/refused", get(|| async { Problem::conflict("SEAT_TAKEN", "seat 12A is taken") }))
        .route("/failed", get(|| async { failed }))
        .route("/panicked", get(|| async { panic!("at the disco") as () }))
}

#[tokio::test]
async fn a_request_is_one_line_without_its_query() {
    let mut lines = logged("/seats/12A?phone=555").await;

    assert!(lines[0]["latency_ms"].take().is_number());
    assert_eq!(
        lines,
        [json!({
            "level": "INFO",
            "message": "GET /seats/{seat} answered 200",
            "http.method": "GET",
            "http.route": "/seats/{seat}",
            "http.path": "/seats/12A",
            "http.status": 200,
            "latency_ms": null,
            "trace_id": TRACE_ID,
        })]
    );
}

#[tokio::test]
async fn a_refusal_is_no_failure() {
    let lines = logged("/refused").await;

    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["message"], "GET /refused answered 409");
}

#[tokio::test]
async fn a_failure_or_panic_is_one_more_line_with_its_cause() {
    for (path, cause) in
        [("/failed", "connection reset"), ("/panicked", "the handler panicked: at the disco")]
    {
        let lines = logged(path).await;

        assert_eq!(lines.len(), 2, "{path}");
        assert_eq!(
            lines[0],
            json!({
                "level": "ERROR",
                "message": format!("GET {path} failed: {cause}"),
                "http.method": "GET",
                "http.route": path,
                "http.code": "INTERNAL_ERROR",
                "trace_id": TRACE_ID,
            })
        );
        assert_eq!(lines[1]["message"], format!("GET {path} answered 500"));
    }
}
