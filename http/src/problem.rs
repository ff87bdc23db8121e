//! The one form of an error answer: `application/problem+json` (RFC 9457), with a stable code.
//!
//! A handler answers a [`Problem`]; the frame adds what only it knows (`instance`, `trace_id`),
//! logs the cause if there is one, and turns every other error answer into this form as well.

mod document;
mod kinds;

use std::borrow::Cow;
use std::error::Error;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub(crate) use document::{Asked, ProblemDocument};

/// Content type of every error answer.
pub(crate) const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// An error answer. Small to pass around: its content is boxed.
///
/// The code is for programs and never changes; `detail` and `message` are for people. Neither may
/// hold SQL, a stack or another person's data: why it failed goes into [`caused_by`](Self::caused_by).
#[derive(Debug, Clone)]
pub struct Problem(Box<Content>);

#[derive(Debug, Clone)]
struct Content {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    message: Option<Cow<'static, str>>,
    details: Option<Value>,
    errors: Vec<FieldError>,
    alternatives: Option<Value>,
    retryable: bool,
    headers: HeaderMap,
    cause: Option<String>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body, `/passengers/0/email`; empty for the whole body.
    /// For a query parameter `/` and its name.
    pub pointer: String,
    /// Upper snake case, stable.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// For people.
    pub detail: String,
}

impl FieldError {
    /// Names what is wrong at `pointer`.
    pub fn new(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self { pointer: pointer.into(), code: code.into(), detail: detail.into() }
    }
}

impl Problem {
    /// A problem of any status. 408, 429 and 503 are retryable, all others are not.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let retryable =
            [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE]
                .contains(&status);
        Self(Box::new(Content {
            status,
            code: code.into(),
            detail: detail.into(),
            message: None,
            details: None,
            errors: vec![],
            alternatives: None,
            retryable,
            headers: HeaderMap::new(),
            cause: None,
        }))
    }

    /// Sets what people are shown; without it, that is the detail.
    #[must_use]
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    /// Sets `details`: a text, or an object that programs can read.
    #[must_use]
    pub fn details(mut self, details: impl Into<Value>) -> Self {
        self.0.details = Some(details.into());
        self
    }

    /// Sets `errors`, one per field.
    #[must_use]
    pub fn errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Sets what could be had instead of a taken seat or slot.
    #[must_use]
    pub fn alternatives(mut self, alternatives: impl Into<Value>) -> Self {
        self.0.alternatives = Some(alternatives.into());
        self
    }

    /// Says that the same request may succeed later.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.0.retryable = true;
        self
    }

    /// Asks the caller to wait this long, in seconds, and says that repeating makes sense.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        self.header(RETRY_AFTER, seconds.into()).retryable()
    }

    /// Sends a header along.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// Keeps why it failed, with all sources, for the log. The frame logs it once, with the trace
    /// id; the caller never sees it.
    #[must_use]
    pub fn caused_by(self, failure: &(dyn Error + 'static)) -> Self {
        let chain = std::iter::successors(Some(failure), |&failure| failure.source());
        let texts: Vec<String> = chain.map(ToString::to_string).collect();
        self.because(texts.join(": "))
    }

    /// [`caused_by`](Self::caused_by) for what is no error value.
    pub(crate) fn because(mut self, cause: String) -> Self {
        self.0.cause = Some(cause);
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }
}

impl IntoResponse for Problem {
    /// Complete but for `instance` and `trace_id`: the frame finds the problem in the extensions
    /// and writes the document again with both.
    fn into_response(self) -> Response {
        let mut response = (self.0.status, self.document(None)).into_response();
        response.headers_mut().extend(self.0.headers.clone());
        response.headers_mut().insert(CONTENT_TYPE, PROBLEM_JSON);
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cause_is_kept_with_its_sources_and_never_shown() {
        #[derive(Debug, thiserror::Error)]
        #[error("could not append")]
        struct Append(#[source] std::io::Error);
        let failure = Append(std::io::Error::other("connection reset"));

        let problem = Problem::internal().caused_by(&failure);

        assert_eq!(problem.cause(), Some("could not append: connection reset"));
        assert!(!String::from_utf8(problem.document(None)).unwrap().contains("connection"));
    }

    #[test]
    fn a_taken_seat_says_why_and_what_else_there_is() {
        let problem = Problem::conflict("SEAT_TAKEN", "seat 12A is taken")
            .message("Seat 12A was just taken")
            .details(json!({"seat": "12A", "reason": "held"}))
            .alternatives(json!(["12B", "14A"]));

        let document: Value = serde_json::from_slice(&problem.document(None)).unwrap();

        assert_eq!(
            document,
            json!({
                "type": "urn:booking:problem:seat-taken",
                "title": "Seat taken",
                "status": 409,
                "detail": "seat 12A is taken",
                "code": "SEAT_TAKEN",
                "message": "Seat 12A was just taken",
                "details": {"seat": "12A", "reason": "held"},
                "alternatives": ["12B", "14A"],
                "retryable": false,
            })
        );
    }
}
