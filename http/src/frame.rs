//! What happens around every handler, in one place and in this order.
//!
//! ```text
//! compression over 1 KiB, when asked
//!   trace - 15 s limit - panics - problem form - security headers - one log line
//!     64 KiB limit
//!       the route
//! ```
//! What may turn a request away before its handler (rate limits, hosts) belongs around the 64 KiB
//! limit, so that its answer has the form and the log line, too.

mod about;

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{
    CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::problem::PROBLEM_JSON;
use crate::{Problem, RequestTrace};
use about::About;

/// Largest body of a request.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// How long a handler may take until its answer begins.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// Smallest body worth compressing.
const COMPRESS_BYTES_MIN: u16 = 1024;

/// For answers that a browser should never show as a page. A route that serves a page sets its own.
const SECURITY: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
];

/// The router with manners: limits, problem form, log, compression. Routes that are added later
/// have none of them, so this comes last. [`serve`](crate::serve()) does it by itself.
pub fn framed(router: Router) -> Router {
    let worth_it =
        SizeAbove::new(COMPRESS_BYTES_MIN).and(NotForContentType::SSE).and(NotForContentType::IMAGES);
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it);
    router.layer(DefaultBodyLimit::max(BODY_BYTES_MAX)).layer(from_fn(frame)).layer(compression)
}

async fn frame(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let about = About::of(&request);
    request.extensions_mut().insert::<RequestTrace>(about.trace.clone());

    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let answer = match tokio::time::timeout(ANSWER_WITHIN, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => panicked(&*panic).into_response(),
        Err(_) => too_slow().into_response(),
    };

    let mut answer = in_problem_form(answer, &about);
    secure(answer.headers_mut());
    about.log(answer.status(), started.elapsed());
    answer
}

fn panicked(panic: &(dyn Any + Send)) -> Problem {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Problem::internal().because(format!("the handler panicked: {}", text.unwrap_or("without a text")))
}

fn too_slow() -> Problem {
    let detail = "no answer within 15 s; whether it happened is unknown, so repeat it with the same \
                  Idempotency-Key";
    Problem::unavailable("REQUEST_TIMED_OUT", detail, 1)
}

/// Every error leaves as a problem, unless the handler chose JSON of its own.
fn in_problem_form(mut answer: Response, about: &About) -> Response {
    let problem = match answer.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_bare_error(&answer) => Problem::of_status(answer.status()),
        None => return answer,
    };
    about.log_cause(&problem);
    let body = about.document(&problem);
    *answer.status_mut() = problem.status();
    answer.headers_mut().remove(CONTENT_LENGTH);
    answer.headers_mut().insert(CONTENT_TYPE, PROBLEM_JSON);
    answer.map(|_| body.into())
}

fn is_bare_error(answer: &Response) -> bool {
    let failed = answer.status().is_client_error() || answer.status().is_server_error();
    let kind = answer.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    failed && !kind.starts_with(b"application/json")
}

fn secure(headers: &mut HeaderMap) {
    for (name, value) in SECURITY {
        headers.entry(name).or_insert(value);
    }
}

#[cfg(test)]
mod tests;
