//! `/metrics` on every role: what it has done, how far it is, and what it holds, in Prometheus's text format.
//!
//! What is counted while working is counted in plain atomics. What Postgres knows, such as a checkpoint, is asked when
//! someone looks, so that nobody pays for numbers that nobody reads. Whoever may reach a role's port may read it: in
//! production the proxy passes on `/api` and `/health`, and not this.

mod lag;
mod watched;
mod writer;

use std::sync::Arc;

use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use booking_http::contract::{Operation, Routes};
use booking_http::health::Part;
use booking_http::{Problem, Requests};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

pub use watched::{Pool, Watched};

const PREFIX: &str = "booking";
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PLAIN: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Everything that one process shows.
pub struct Metrics {
    pub requests: Requests,
    pub parts: Vec<Part>,
    pub watched: Watched,
}

/// `GET /metrics`.
pub fn routes(metrics: Metrics) -> Routes {
    let metrics = Arc::new(metrics);
    let all = Operation::get("/metrics", "What this process has done, and how far it is").failing(&[500]);
    let all = all.answering_text(StatusCode::OK, &["text/plain", "application/openmetrics-text"]);
    Routes::new().on(all, async move |headers: HeaderMap| metrics.answer(&headers).await)
}

impl Metrics {
    async fn answer(&self, headers: &HeaderMap) -> Response {
        let accepts = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let kind = if accepts.contains("openmetrics-text") { OPENMETRICS } else { PLAIN };
        match self.text().await {
            Ok(text) => ([(CONTENT_TYPE, kind)], text).into_response(),
            Err(failure) => Problem::internal().caused_by(&failure).into_response(),
        }
    }

    /// A registry for each look: what could not be asked this time is absent, not as it was.
    async fn text(&self) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix(PREFIX);
        self.requests.register(&mut registry);
        self.register_parts(&mut registry);
        self.watched.register(&mut registry).await;
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }

    fn register_parts(&self, registry: &mut Registry) {
        let up = Family::<[(&str, &'static str); 1], Gauge>::default();
        for part in &self.parts {
            up.get_or_create(&[("part", part.name())]).set(i64::from(part.is_up()));
        }
        registry.register("part_up", "Whether a part of the process works, as /health says", up);
    }
}

#[cfg(test)]
mod tests {
    use booking_http::health::part;

    use super::*;

    #[tokio::test]
    async fn a_process_shows_its_parts_and_nothing_of_what_it_is_not() {
        let ((journal, one), (_down, other)) = (part("journal"), part("writer"));
        journal.up();
        let parts = vec![one, other];
        let metrics = Metrics { requests: Requests::default(), parts, watched: Watched::default() };

        let text = metrics.text().await.unwrap();

        assert!(text.contains("booking_part_up{part=\"journal\"} 1\n"), "{text}");
        assert!(text.contains("booking_part_up{part=\"writer\"} 0\n"), "{text}");
        assert!(!text.contains("booking_relay") && text.ends_with("# EOF\n"), "{text}");
    }

    #[tokio::test]
    async fn the_form_is_the_one_that_is_asked_for() {
        let metrics = Metrics { requests: Requests::default(), parts: vec![], watched: Watched::default() };
        for (accept, kind) in [("*/*", PLAIN), ("application/openmetrics-text;version=1.0.0", OPENMETRICS)] {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            assert_eq!(metrics.answer(&headers).await.headers()[CONTENT_TYPE], kind);
        }
    }
}
