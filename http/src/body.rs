//! Bodies of requests: JSON or nothing, read strictly, refused in problem form.

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::Segment;

use crate::complaint::Complaint;
use crate::{BODY_BYTES_MAX, FieldError, Problem};

/// How much of a body that is too large is read and thrown away, so that its sender reads the refusal: a
/// connection closed on unread bytes takes the answer with it.
const DRAINED_BYTES_MAX: usize = 1024 * 1024;

/// A JSON body. `T` should `deny_unknown_fields`; serde refuses a field given twice by itself.
///
/// 415 without a JSON content type, 413 above the limit, 400 `MALFORMED_JSON` when it is not JSON,
/// 422 `VALIDATION_FAILED` when it is JSON of another shape; serde stops at the first error.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T);

/// Like [`Body`], but no body at all counts as `{}`.
#[derive(Debug, Clone)]
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(not_json());
        }
        Ok(Self(read(&bytes(request).await?)?))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let bytes = bytes(request).await?;
        if !bytes.is_empty() && !is_json {
            return Err(not_json());
        }
        Ok(Self(read(if bytes.is_empty() { b"{}" } else { &bytes })?))
    }
}

/// A body as it came, of any content type and at most [`BODY_BYTES_MAX`].
async fn bytes(request: Request) -> Result<Bytes, Problem> {
    let mut chunks = request.into_body().into_data_stream();
    let (mut bytes, mut sent) = (BytesMut::new(), 0);
    while let Some(chunk) = chunks.try_next().await.map_err(|_| broken_off())? {
        sent += chunk.len();
        if sent <= BODY_BYTES_MAX {
            bytes.extend_from_slice(&chunk);
        } else if DRAINED_BYTES_MAX < sent {
            break;
        }
    }
    if BODY_BYTES_MAX < sent { Err(Problem::body_too_large()) } else { Ok(bytes.freeze()) }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn not_json() -> Problem {
    let detail = "send the body with content-type: application/json";
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", detail)
}

fn broken_off() -> Problem {
    Problem::malformed("BODY_INCOMPLETE", "the body broke off")
}

/// Reads the straight way, which is fast; only a refused body is read again, to find the place.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => Problem::validation(vec![place::<T>(bytes)]),
        Category::Io | Category::Syntax | Category::Eof => malformed(&error),
    })
}

fn malformed(error: &serde_json::Error) -> Problem {
    let detail = format!("the body is not JSON: {error}");
    let place = serde_json::json!({"line": error.line(), "column": error.column()});
    Problem::malformed("MALFORMED_JSON", detail).details(place)
}

fn place<T: DeserializeOwned>(bytes: &[u8]) -> FieldError {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => FieldError::new("", "INVALID_VALUE", "the body is not valid"),
        Err(error) => {
            let complaint = Complaint::of(&error.inner().to_string());
            let pointer = pointer(error.path(), complaint.field.as_deref());
            FieldError::new(pointer, complaint.code, complaint.text)
        }
    }
}

/// The JSON pointer of a path, with the field added that serde complains about, if the path ends
/// at its parent.
pub(crate) fn pointer(path: &serde_path_to_error::Path, field: Option<&str>) -> String {
    let mut steps: Vec<String> = path.iter().filter_map(step).collect();
    if let Some(field) = field.map(escaped).filter(|field| steps.last() != Some(field)) {
        steps.push(field);
    }
    steps.iter().flat_map(|step| ["/", step]).collect()
}

fn step(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } | Segment::Enum { variant: key } => Some(escaped(key)),
        Segment::Unknown => None,
    }
}

fn escaped(key: &str) -> String {
    key.chars().take(200).collect::<String>().replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests;
