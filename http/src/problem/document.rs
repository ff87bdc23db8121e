//! How a problem is written.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{FieldError, Problem};

/// What the frame knows about the request that a problem answers.
pub(crate) struct Asked<'a> {
    pub path: &'a str,
    pub trace_id: &'a str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemDocument<'a> {
    r#type: String,
    title: String,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    details: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    #[schema(value_type = Vec<FieldError>, required = false)]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    alternatives: Option<&'a Value>,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
}

impl Problem {
    /// The JSON of the answer. Members that say nothing are left out.
    pub(crate) fn document(&self, asked: Option<&Asked<'_>>) -> Vec<u8> {
        let content = &self.0;
        let document = ProblemDocument {
            r#type: urn(&content.code),
            title: title(&content.code),
            status: content.status.as_u16(),
            detail: &content.detail,
            instance: asked.map(|asked| asked.path),
            code: &content.code,
            message: content.message.as_ref().unwrap_or(&content.detail),
            details: content.details.as_ref(),
            errors: &content.errors,
            alternatives: content.alternatives.as_ref(),
            retryable: content.retryable,
            trace_id: asked.map(|asked| asked.trace_id),
        };
        serde_json::to_vec(&document).expect("texts and JSON values can be written as JSON")
    }
}

/// `SEAT_TAKEN` -> `urn:booking:problem:seat-taken`: as stable as the code.
fn urn(code: &str) -> String {
    format!("urn:booking:problem:{}", code.to_ascii_lowercase().replace('_', "-"))
}

/// `SEAT_TAKEN` -> `Seat taken`.
fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let (first, rest) = words.split_at_checked(1).unwrap_or_default();
    format!("{first}{}", rest.to_ascii_lowercase())
}
