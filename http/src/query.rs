//! Query strings, read strictly.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::body::pointer;
use crate::complaint::Complaint;
use crate::{FieldError, Problem};

/// The query parameters of a request. `T` should `deny_unknown_fields`.
///
/// 400 `INVALID_QUERY` for what is unknown (the answer lists what is allowed), given twice or wrong.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read(parts.uri.query().unwrap_or_default(), &[]).map(Self)
    }
}

/// Reads `T`, in which no text holds a NUL: Postgres knows no such texts. `besides` are parameters read
/// elsewhere, named when an unknown one is refused.
pub(crate) fn read<T: DeserializeOwned>(query: &str, besides: &[&str]) -> Result<T, Problem> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let sent =
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(|error| {
            let complaint = Complaint::of(&error.inner().to_string());
            let pointer = pointer(error.path(), complaint.field.as_deref());
            invalid(&pointer, complaint, besides)
        })?;
    match pairs.into_iter().find(|(_, value)| value.contains('\0')) {
        Some((name, _)) => Err(refused(&name, "INVALID_VALUE", format!("{name} must not hold a NUL"))),
        None => Ok(sent),
    }
}

fn invalid(pointer: &str, complaint: Complaint, besides: &[&str]) -> Problem {
    let Complaint { code, field, mut allowed, text } = complaint;
    let name = pointer.trim_start_matches('/');
    if code != "UNKNOWN_FIELD" {
        let problem = refused(name, code, format!("{name}: {text}"));
        return if allowed.is_empty() { problem } else { problem.details(json!({"allowed": allowed})) };
    }
    allowed.extend(besides.iter().map(ToString::to_string));
    let field = field.unwrap_or_default();
    let detail = match allowed.as_slice() {
        [] => format!("there is no parameter {field} here, nor any other"),
        allowed => format!("there is no parameter {field} here; allowed: {}", allowed.join(", ")),
    };
    refused(&field, "UNKNOWN_PARAMETER", detail).details(json!({"allowed": allowed}))
}

/// 400 `INVALID_QUERY` about one parameter.
pub(crate) fn refused(name: &str, code: &'static str, detail: String) -> Problem {
    let error = FieldError::new(format!("/{name}"), code, detail.clone());
    Problem::malformed("INVALID_QUERY", detail).errors(vec![error])
}

#[cfg(test)]
mod tests {
    use axum::routing::get as on_get;
    use axum::{Json, Router};
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::asking::{TRACE_ID, ask, get};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        status: Option<Status>,
        seats: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Open,
        Closed,
    }

    async fn heard(query: &str) -> crate::asking::Heard {
        let router = Router::new().route("/flights", on_get(|Query(q): Query<Wanted>| async { Json(q) }));
        ask(router, get(&format!("/flights{query}")).body(axum::body::Body::empty()).unwrap()).await
    }

    #[tokio::test]
    async fn a_query_is_read() {
        assert_eq!(heard("?status=open&seats=2").await.body, json!({"status": "open", "seats": 2}));
        assert_eq!(heard("").await.body, json!({"status": null, "seats": null}));
    }

    #[tokio::test]
    async fn an_unknown_parameter_is_400_and_lists_what_is_allowed() {
        let heard = heard("?colour=red").await;

        assert_eq!(
            heard.body,
            json!({
                "type": "urn:booking:problem:invalid-query",
                "title": "Invalid query",
                "status": 400,
                "detail": "there is no parameter colour here; allowed: status, seats, name",
                "instance": "/flights",
                "code": "INVALID_QUERY",
                "message": "there is no parameter colour here; allowed: status, seats, name",
                "details": {"allowed": ["status", "seats", "name"]},
                "errors": [{
                    "pointer": "/colour",
                    "code": "UNKNOWN_PARAMETER",
                    "detail": "there is no parameter colour here; allowed: status, seats, name",
                }],
                "retryable": false,
                "trace_id": TRACE_ID,
            })
        );
    }

    #[tokio::test]
    async fn a_wrong_or_repeated_parameter_is_400_and_named() {
        let word = heard("?status=lost").await;
        assert_eq!(word.body["details"], json!({"allowed": ["open", "closed"]}));
        assert_eq!(word.body["errors"][0]["pointer"], "/status");

        for (query, pointer) in [
            ("?seats=x", "/seats"),
            ("?seats=256", "/seats"),
            ("?seats=1&seats=2", "/seats"),
            ("?name=a%00", "/name"),
        ] {
            let heard = heard(query).await;
            assert_eq!(
                (heard.status.as_u16(), &heard.body["code"]),
                (400, &json!("INVALID_QUERY")),
                "{query}"
            );
            assert_eq!(heard.body["errors"][0]["pointer"], pointer, "{query}");
        }
    }
}
