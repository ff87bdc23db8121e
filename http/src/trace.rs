//! What ties a request to its log lines, its events and whatever they cause.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const X_CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CORRELATION_BYTES_MAX: usize = 64;

/// The trace a request belongs to (W3C trace context) and its correlation id, for an event's
/// metadata. The caller's, where it sent good ones; else given here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestTrace {
    trace_id: u128,
    span_id: u64,
    flags: u8,
    correlation_id: Option<Arc<str>>,
}

impl RequestTrace {
    /// The trace that these headers say, with a new span in it for this request.
    pub fn of(headers: &HeaderMap) -> Self {
        let parent = text(headers, &TRACEPARENT).and_then(parse);
        let (trace_id, flags) = parent.unwrap_or_else(|| (rand::random(), 1));
        let correlation_id =
            [X_CORRELATION_ID, X_REQUEST_ID].iter().find_map(|name| correlation(headers, name));
        Self { trace_id, span_id: rand::random(), flags, correlation_id }
    }

    /// 32 lower-case hexadecimal digits.
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// As a header or an event's metadata has it; its span is this request.
    pub fn traceparent(&self) -> String {
        format!("00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, self.flags)
    }

    /// `X-Correlation-Id`, else `X-Request-Id`, if of at most 64 letters, digits, `-`, `_` and `.`;
    /// else the trace id.
    pub fn correlation_id(&self) -> String {
        self.correlation_id.as_ref().map_or_else(|| self.trace_id(), ToString::to_string)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestTrace {
    type Rejection = Infallible;

    /// The one the frame has given; outside of a frame one of the headers.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let given = parts.extensions.get::<Self>().cloned();
        Ok(given.unwrap_or_else(|| Self::of(&parts.headers)))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Trace id and flags of `00-<32 digits>-<16 digits>-<2 digits>`, of this version of the form only.
fn parse(traceparent: &str) -> Option<(u128, u8)> {
    let mut parts = traceparent.split('-');
    let (version, trace_id) = (parts.next()?, parts.next()?);
    let (span_id, flags) = (parts.next()?, parts.next()?);
    if version != "00" || parts.next().is_some() || hex(span_id, 16)? == 0 {
        return None;
    }
    let trace_id = hex(trace_id, 32).filter(|trace_id| *trace_id != 0)?;
    Some((trace_id, u8::try_from(hex(flags, 2)?).ok()?))
}

fn hex(text: &str, digits: usize) -> Option<u128> {
    let good = text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    good.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

fn correlation(headers: &HeaderMap, name: &HeaderName) -> Option<Arc<str>> {
    let id = text(headers, name)?;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (plain && (1..=CORRELATION_BYTES_MAX).contains(&id.len())).then(|| id.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";

    fn trace(name: HeaderName, value: &str) -> RequestTrace {
        RequestTrace::of(&HeaderMap::from_iter([(name, value.parse().unwrap())]))
    }

    #[test]
    fn the_callers_trace_goes_on_with_a_span_of_ours() {
        let trace = trace(TRACEPARENT, &format!("00-{TRACE_ID}-b7ad6b7169203331-00"));
        let traceparent = trace.traceparent();

        assert_eq!(trace.trace_id(), TRACE_ID);
        assert_eq!(trace.correlation_id(), TRACE_ID);
        assert!(traceparent.starts_with(&format!("00-{TRACE_ID}-")) && traceparent.ends_with("-00"));
        assert!(!traceparent.contains("b7ad6b7169203331"));
        assert_eq!(parse(&traceparent), Some((trace.trace_id, 0)));
    }

    #[test]
    fn a_bad_trace_is_replaced() {
        for bad in [
            "",
            "00",
            &format!("01-{TRACE_ID}-b7ad6b7169203331-01"),
            &format!("00-{}-b7ad6b7169203331-01", TRACE_ID.to_uppercase()),
            &format!("00-{TRACE_ID}-b7ad6b7169203331-01-more"),
            &format!("00-{TRACE_ID}-b7ad6b716920333-01"),
            &format!("00-{TRACE_ID}-0000000000000000-01"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            let trace = trace(TRACEPARENT, bad);
            assert_ne!(trace.trace_id(), TRACE_ID, "{bad}");
            assert_eq!(parse(&trace.traceparent()), Some((trace.trace_id, 1)), "{bad}");
        }
    }

    #[test]
    fn a_correlation_id_is_taken_only_if_it_is_plain() {
        let long = "x".repeat(65);
        for (sent, taken) in
            [("order-7_a.b", true), ("", false), ("a b", false), ("<script>", false), (long.as_str(), false)]
        {
            assert_eq!(trace(X_CORRELATION_ID, sent).correlation_id() == sent, taken, "{sent}");
            assert_eq!(trace(X_REQUEST_ID, sent).correlation_id() == sent, taken, "{sent}");
        }
    }
}
