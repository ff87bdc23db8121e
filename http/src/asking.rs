//! For the tests of this crate: ask a framed router and hear everything.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

/// The trace that [`get`] and [`post`] say they belong to.
pub(crate) const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";

pub(crate) struct Heard {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) async fn ask(router: Router, request: Request<Body>) -> Heard {
    let (head, body) = crate::framed(router).oneshot(request).await.unwrap().into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Heard { status: head.status, headers: head.headers, body }
}

pub(crate) fn get(path: &str) -> axum::http::request::Builder {
    Request::get(path).header("traceparent", format!("00-{TRACE_ID}-b7ad6b7169203331-01"))
}

pub(crate) fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post(path).header("content-type", "application/json");
    request.header("traceparent", format!("00-{TRACE_ID}-b7ad6b7169203331-01")).body(body.into()).unwrap()
}
