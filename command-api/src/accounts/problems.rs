//! What those are told who cannot come in.

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use booking_http::Problem;
use chrono::TimeDelta;

/// What a 401 must say: how to ask.
const BEARER: HeaderValue = HeaderValue::from_static("Bearer");

/// No such account, or another password: nobody is told which.
pub fn invalid_credentials() -> Problem {
    let detail = "the e-mail address or the password is wrong";
    Problem::new(StatusCode::UNAUTHORIZED, "INVALID_CREDENTIALS", detail).header(WWW_AUTHENTICATE, BEARER)
}

/// The address has an account.
pub fn email_taken() -> Problem {
    Problem::conflict("EMAIL_TAKEN", "this e-mail address has an account; log in, or ask for a new password")
}

/// The password was right, but the account may do nothing within this business.
pub fn deactivated() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "USER_DEACTIVATED", "this user was deactivated")
}

/// A refresh token came twice.
pub fn token_reused() -> Problem {
    let detail = "this refresh token was used before; its session has ended, log in again";
    Problem::new(StatusCode::UNAUTHORIZED, "REFRESH_TOKEN_REUSED", detail).header(WWW_AUTHENTICATE, BEARER)
}

/// No refresh token of ours, or its session is over.
pub fn no_session() -> Problem {
    Problem::unauthorized("the refresh token is not valid, or its session has ended; log in again")
}

/// No such code, or one that cannot be used any more: nobody is told which.
pub fn invalid_code() -> Problem {
    let detail = "the code is wrong, was used, or is too old; ask for another";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "INVALID_CODE", detail)
}

/// No business of this name.
pub fn no_business() -> Problem {
    Problem::not_found("BUSINESS_NOT_FOUND", "there is no such business")
}

/// Too often lately.
pub fn rate_limited(wait: TimeDelta) -> Problem {
    let detail = "this was tried too often; wait";
    let wait_s = u32::try_from(wait.num_seconds()).unwrap_or_default() + 1;
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", detail).retry_after(wait_s)
}
