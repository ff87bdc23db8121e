//! What is known about a request before it is handled, for its log line and its problem.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode, Uri};
use tracing::{error, info};

use crate::problem::Asked;
use crate::{Problem, RequestTrace};

/// Most of a path that is repeated in logs and problems, in bytes.
const PATH_BYTES_MAX: usize = 256;

pub(super) struct About {
    pub trace: RequestTrace,
    method: Method,
    uri: Uri,
    route: Option<MatchedPath>,
}

impl About {
    pub fn of(request: &Request) -> Self {
        Self {
            trace: RequestTrace::of(request.headers()),
            method: request.method().clone(),
            uri: request.uri().clone(),
            route: request.extensions().get().cloned(),
        }
    }

    /// The path as sent, so without control characters, and without its query.
    fn path(&self) -> &str {
        let path = self.uri.path();
        &path[..path.floor_char_boundary(PATH_BYTES_MAX)]
    }

    /// The template that matched: for counting, unlike the path.
    fn route(&self) -> &str {
        self.route.as_ref().map_or("none", MatchedPath::as_str)
    }

    pub fn document(&self, problem: &Problem) -> Vec<u8> {
        problem.document(Some(&Asked { path: self.path(), trace_id: &self.trace.trace_id() }))
    }

    /// A failure is logged here, once; a refusal has no cause.
    pub fn log_cause(&self, problem: &Problem) {
        if let Some(cause) = problem.cause() {
            error!(
                http.method = %self.method,
                http.route = self.route(),
                http.code = problem.code(),
                trace_id = self.trace.trace_id(),
                "{} {} failed: {cause}",
                self.method,
                self.route(),
            );
        }
    }

    /// One line per request; never its query, its body or a header.
    pub fn log(&self, status: StatusCode, latency: Duration) {
        info!(
            http.method = %self.method,
            http.route = self.route(),
            http.path = self.path(),
            http.status = status.as_u16(),
            latency_ms = milliseconds(latency),
            trace_id = self.trace.trace_id(),
            "{} {} answered {}",
            self.method,
            self.route(),
            status.as_u16(),
        );
    }
}

#[expect(clippy::float_arithmetic, reason = "a duration for people, not money")]
fn milliseconds(latency: Duration) -> f64 {
    latency.as_secs_f64() * 1000.0
}
