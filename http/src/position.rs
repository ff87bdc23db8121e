//! Positions of the journal as callers see them.

use std::fmt;
use std::str::FromStr;

use axum::extract::OptionalFromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};

use crate::Problem;

/// Header of answers: the position of the commit, or the one a read shows.
pub const BOOKING_POSITION: HeaderName = HeaderName::from_static("booking-position");
/// Header of requests: the position a read must have reached.
pub const BOOKING_MIN_POSITION: HeaderName = HeaderName::from_static("booking-min-position");

/// A position and the epoch it was given out in, written `1.48213`. As part of an answer it sets
/// `Booking-Position`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionToken {
    /// Raised by a restore, from when on positions are given out again; from 0.
    pub epoch: i32,
    /// From 0 (nothing yet), without gaps within an epoch.
    pub position: i64,
}

/// A text that is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a position is written <epoch>.<position>, like 1.48213")]
pub struct NotAPosition;

impl fmt::Display for PositionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.position)
    }
}

impl FromStr for PositionToken {
    type Err = NotAPosition;

    fn from_str(text: &str) -> Result<Self, NotAPosition> {
        let (epoch, position) = text.split_once('.').ok_or(NotAPosition)?;
        if !all_digits(epoch) || !all_digits(position) {
            return Err(NotAPosition);
        }
        let (epoch, position) = (epoch.parse().ok(), position.parse().ok());
        epoch.zip(position).map(|(epoch, position)| Self { epoch, position }).ok_or(NotAPosition)
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl From<PositionToken> for HeaderValue {
    fn from(token: PositionToken) -> Self {
        Self::try_from(token.to_string()).expect("digits and a dot fit a header")
    }
}

impl IntoResponseParts for PositionToken {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        parts.headers_mut().insert(BOOKING_POSITION, self.into());
        Ok(parts)
    }
}

/// `Booking-Min-Position`. Take it as `Option<MinPosition>`; 400 `INVALID_POSITION` when what was
/// sent is none. Whether it lies beyond the head, or in another epoch, only the reader knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinPosition(pub PositionToken);

impl<S: Send + Sync> OptionalFromRequestParts<S> for MinPosition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Problem> {
        let Some(sent) = parts.headers.get(BOOKING_MIN_POSITION) else {
            return Ok(None);
        };
        let token = sent.to_str().map_err(|_| NotAPosition).and_then(str::parse);
        token
            .map(|token| Some(Self(token)))
            .map_err(|error| Problem::malformed("INVALID_POSITION", format!("Booking-Min-Position: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get as on_get;

    use super::*;
    use crate::asking::{ask, get};

    #[test]
    fn a_position_is_read_as_it_is_written() {
        for (epoch, position) in [(0, 0), (1, 48_213), (i32::MAX, i64::MAX)] {
            let token = PositionToken { epoch, position };
            assert_eq!(token.to_string().parse(), Ok(token));
        }
    }

    #[test]
    fn other_texts_are_no_positions() {
        for text in
            ["", ".", "1", "1.", ".1", "1.2.3", "-1.2", "1.-2", "+1.2", "1. 2", "a.b", "2147483648.1", "١.٢"]
        {
            assert_eq!(text.parse::<PositionToken>(), Err(NotAPosition), "{text}");
        }
    }

    #[tokio::test]
    async fn a_reader_may_ask_for_a_position_and_is_told_the_one_shown() {
        for (sent, status, shown) in [("1.48213", 200, "1.48213"), ("0.0", 200, "0.0"), ("soon", 400, "")] {
            let read = |min: Option<MinPosition>| async move { (min.unwrap().0, "fine") };
            let router = Router::new().route("/", on_get(read));
            let request = get("/").header(BOOKING_MIN_POSITION, sent).body(Body::empty()).unwrap();

            let heard = ask(router, request).await;

            assert_eq!((heard.status.as_u16(), heard.header("booking-position")), (status, shown));
            if status == 400 {
                assert_eq!(heard.body["code"], "INVALID_POSITION");
            }
        }
    }
}
