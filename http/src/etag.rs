//! Versions of a resource, and writes that hold only for one of them.

use axum::extract::OptionalFromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::response::{IntoResponseParts, ResponseParts};

use crate::Problem;

/// The version of the resource in the answer; sets `ETag: "7"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ETag(pub i64);

impl IntoResponseParts for ETag {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let tag = HeaderValue::try_from(format!("\"{}\"", self.0));
        parts.headers_mut().insert(ETAG, tag.expect("a quoted number fits a header"));
        Ok(parts)
    }
}

/// `If-Match`: the versions for which a write is meant. Take it as `Option<IfMatch>`;
/// 400 `INVALID_IF_MATCH` when it is no list of tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any version, as long as there is one.
    Any,
    /// These; empty when none of the tags sent is one of ours, a weak one among them.
    Versions(Vec<i64>),
}

impl IfMatch {
    /// Whether the write is meant for this version.
    pub fn allows(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if text.trim() == "*" {
            return Some(Self::Any);
        }
        let tags: Vec<&str> = text.split(',').map(str::trim).collect();
        let versions = tags.iter().filter_map(|tag| unquoted(tag)?.parse().ok()).collect();
        let all_tags = tags.iter().all(|tag| unquoted(tag.strip_prefix("W/").unwrap_or(tag)).is_some());
        all_tags.then_some(Self::Versions(versions))
    }
}

fn unquoted(tag: &str) -> Option<&str> {
    tag.strip_prefix('"')?.strip_suffix('"')
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Problem> {
        let Some(sent) = parts.headers.get(IF_MATCH) else {
            return Ok(None);
        };
        let parsed = sent.to_str().ok().and_then(Self::parse);
        let detail = "If-Match is * or a list of quoted tags, as an ETag had them";
        parsed.map(Some).ok_or_else(|| Problem::malformed("INVALID_IF_MATCH", detail))
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    #[test]
    fn a_version_is_a_strong_tag() {
        assert_eq!((ETag(7), "fine").into_response().headers()[ETAG], "\"7\"");
    }

    #[test]
    fn a_write_names_the_versions_it_is_meant_for() {
        for (sent, read) in [
            ("*", Some(IfMatch::Any)),
            (r#""7""#, Some(IfMatch::Versions(vec![7]))),
            (r#" "7" , "8""#, Some(IfMatch::Versions(vec![7, 8]))),
            (r#"W/"7""#, Some(IfMatch::Versions(vec![]))),
            (r#""abc""#, Some(IfMatch::Versions(vec![]))),
            ("7", None),
            (r#"""#, None),
            ("", None),
        ] {
            assert_eq!(IfMatch::parse(sent), read, "{sent}");
        }
        assert!(IfMatch::Any.allows(3));
        assert!(IfMatch::Versions(vec![7]).allows(7));
        assert!(!IfMatch::Versions(vec![7]).allows(8));
    }
}
