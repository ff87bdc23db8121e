//! The caller's own name for a request, so that repeating it is safe.

use axum::extract::OptionalFromRequestParts;
use axum::http::HeaderName;
use axum::http::request::Parts;

use crate::Problem;

/// Header of requests.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Header of an answer that was given before: `true`.
pub const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

const KEY_BYTES_MAX: usize = 255;

/// `Idempotency-Key`: 1 to 255 visible ASCII characters. Take it as `Option<IdempotencyKey>`;
/// 400 `INVALID_IDEMPOTENCY_KEY` when one was sent that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// As sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Problem> {
        let mut sent = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(key) = sent.next() else {
            return Ok(None);
        };
        let good =
            (1..=KEY_BYTES_MAX).contains(&key.len()) && key.as_bytes().iter().all(u8::is_ascii_graphic);
        match key.to_str() {
            Ok(key) if good && sent.next().is_none() => Ok(Some(Self(key.to_owned()))),
            Ok(_) | Err(_) => Err(Problem::malformed(
                "INVALID_IDEMPOTENCY_KEY",
                "an Idempotency-Key is one header of 1 to 255 visible ASCII characters",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::HeaderValue;
    use axum::routing::get as on_get;

    use super::*;
    use crate::asking::{ask, get};

    #[tokio::test]
    async fn a_key_is_one_to_255_visible_characters_or_absent() {
        let long = "k".repeat(255);
        let longer = "k".repeat(256);
        let rows: [(&[&str], u16); 8] = [
            (&[], 200),
            (&["a1b2-~!"], 200),
            (&[&long], 200),
            (&[&longer], 400),
            (&[""], 400),
            (&["two words"], 400),
            (&["ключ"], 400),
            (&["one", "two"], 400),
        ];
        for (keys, status) in rows {
            let echo = |key: Option<IdempotencyKey>| async move { format!("{:?}", key.map(|key| key.0)) };
            let router = Router::new().route("/", on_get(echo));
            let request = keys.iter().fold(get("/"), |request, key| {
                request.header(IDEMPOTENCY_KEY, HeaderValue::from_bytes(key.as_bytes()).unwrap())
            });

            let heard = ask(router, request.body(Body::empty()).unwrap()).await;

            assert_eq!(heard.status, status, "{keys:?}");
            if status == 400 {
                assert_eq!(heard.body["code"], "INVALID_IDEMPOTENCY_KEY", "{keys:?}");
            }
        }
    }
}
