//! The problems that every face can have. A room makes its own from its refusals.

use std::borrow::Cow;

use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;

use super::{FieldError, Problem};

impl Problem {
    /// 401 `UNAUTHORIZED`: nobody is known to ask.
    pub fn unauthorized(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", detail)
            .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 401 `UNAUTHORIZED`: a token came, but it does not stand.
    pub(crate) fn bad_token(detail: &'static str) -> Self {
        let challenge = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
        Self::unauthorized(detail).header(WWW_AUTHENTICATE, challenge)
    }

    /// 403 `FORBIDDEN`: the caller is known and may not.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", detail)
    }

    /// 404: absent, or another tenant's, which nobody can tell apart.
    pub fn not_found(code: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// 400: the request cannot be read.
    pub fn malformed(code: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 422 `VALIDATION_FAILED`: the request can be read and is wrong. The detail is that of the
    /// first error.
    pub fn validation(errors: Vec<FieldError>) -> Self {
        let detail = errors.first().map_or("the request is not valid".into(), |first| first.detail.clone());
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_FAILED", detail).errors(errors)
    }

    /// 409: refused by the state of things. Nothing was stored.
    pub fn conflict(code: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 503: not now. `retry_after_s` is in seconds.
    pub fn unavailable(
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
        retry_after_s: u32,
    ) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(retry_after_s)
    }

    /// 500 `INTERNAL_ERROR`, without detail. Say why with [`caused_by`](Self::caused_by).
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "something went wrong on our side")
    }

    /// 413 `BODY_TOO_LARGE`.
    pub(crate) fn body_too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", "the body is larger than 64 KiB")
    }

    /// The problem behind an error answer that carries none, such as axum's own.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::new(status, "ROUTE_NOT_FOUND", "there is nothing at this address"),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::new(status, "METHOD_NOT_ALLOWED", "this address does not answer to this method")
            }
            StatusCode::PAYLOAD_TOO_LARGE => Self::body_too_large(),
            StatusCode::INTERNAL_SERVER_ERROR => Self::internal(),
            other => {
                let reason = other.canonical_reason().unwrap_or("error");
                let code: String = reason.to_ascii_uppercase().replace([' ', '-'], "_").replace('\'', "");
                Self::new(other, code, reason.to_ascii_lowercase())
            }
        }
    }
}
