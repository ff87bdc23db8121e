//! How many requests were answered, how, and how fast: for metrics.
//!
//! Counting costs a look into a table that is read by all and written when something is counted for the first time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::{MetricType, TypedMetric};
use prometheus_client::registry::Registry;

/// Upper ends of the ranges in which latencies are counted, in microseconds.
const BOUNDS_US: [u64; 12] = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000,
];

const US_PER_S: f64 = 1_000_000.0;

/// The route of what no route answered.
const NO_ROUTE: &str = "none";

/// Requests as they were answered. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Requests {
    answered: Family<Answered, Counter>,
    latency: Family<Asked, Latency>,
}

/// A route is a template, never a path: there are as many as there are routes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    route: String,
}

/// A histogram of plain atomics.
#[derive(Debug, Clone, Default)]
struct Latency(Arc<Ranges>);

#[derive(Debug, Default)]
struct Ranges {
    counts: [AtomicU64; BOUNDS_US.len() + 1],
    sum_us: AtomicU64,
}

impl Requests {
    /// Counts what these routes answer.
    pub(crate) fn of(&self, router: Router) -> Router {
        router.layer(from_fn_with_state(self.clone(), count))
    }

    /// Shows the numbers under `http_…`.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("http_requests", "Requests answered", self.answered.clone());
        let latency = self.latency.clone();
        registry.register("http_request_duration_seconds", "Until the answer began", latency);
    }

    fn note(&self, asked: Asked, status: u16, took: Duration) {
        self.latency.get_or_create(&asked).observe(took);
        let Asked { method, route } = asked;
        self.answered.get_or_create(&Answered { method, route, status }).inc();
    }
}

async fn count(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    let route = request.extensions().get().map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let (asked, began) = (Asked { method: known(request.method()), route }, Instant::now());
    let answer = next.run(request).await;
    requests.note(asked, answer.status().as_u16(), began.elapsed());
    answer
}

/// A caller may make up methods; one name stands for all of those.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

impl Latency {
    fn observe(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let range = BOUNDS_US.iter().position(|bound| us <= *bound).unwrap_or(BOUNDS_US.len());
        self.0.counts[range].fetch_add(1, Ordering::Relaxed);
        self.0.sum_us.fetch_add(us, Ordering::Relaxed);
    }
}

impl TypedMetric for Latency {
    const TYPE: MetricType = MetricType::Histogram;
}

#[expect(clippy::float_arithmetic, reason = "seconds for people, not money")]
impl EncodeMetric for Latency {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counts = self.0.counts.iter().map(|count| count.load(Ordering::Relaxed));
        let bounds = BOUNDS_US.iter().map(|us| *us as f64 / US_PER_S).chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = self.0.sum_us.load(Ordering::Relaxed) as f64 / US_PER_S;
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use prometheus_client::encoding::text::encode;
    use tower::ServiceExt;

    use super::*;
    use crate::{Problem, framed};

    async fn shown(asked: &[(&str, &str)]) -> String {
        let requests = Requests::default();
        let routes = Router::new()
            .route("/seats/{seat}", get(async || "free"))
            .route("/refused", get(async || Problem::conflict("SEAT_TAKEN", "taken")))
            .route("/panics", get(async || panic!("at the disco") as ()));
        let routes = requests.of(framed(routes));
        for (method, path) in asked {
            let request = Request::builder().method(*method).uri(*path).body(Body::empty()).unwrap();
            routes.clone().oneshot(request).await.unwrap();
        }
        let (mut registry, mut text) = (Registry::default(), String::new());
        requests.register(&mut registry);
        encode(&mut text, &registry).unwrap();
        text
    }

    #[tokio::test]
    async fn requests_are_counted_by_template_method_and_status() {
        let asked = [("GET", "/seats/1A"), ("GET", "/seats/2B"), ("GET", "/refused"), ("GET", "/panics")];
        let text = shown(&asked).await;
        for line in [
            r#"http_requests_total{method="GET",route="/seats/{seat}",status="200"} 2"#,
            r#"http_requests_total{method="GET",route="/refused",status="409"} 1"#,
            r#"http_requests_total{method="GET",route="/panics",status="500"} 1"#,
            r#"http_request_duration_seconds_count{method="GET",route="/seats/{seat}"} 2"#,
            r#"le="+Inf",method="GET",route="/seats/{seat}"} 2"#,
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }

    /// However many paths and methods callers make up, there is one row for all.
    #[tokio::test]
    async fn what_callers_make_up_does_not_make_rows() {
        let text = shown(&[("BREW", "/a"), ("STEAM", "/b"), ("GRIND", "/c")]).await;
        assert!(
            text.contains(r#"http_requests_total{method="OTHER",route="none",status="404"} 3"#),
            "{text}"
        );
        assert!(!text.contains("BREW") && !text.contains("/a"));
    }

    #[test]
    fn a_latency_is_counted_in_its_range() {
        let latency = Latency::default();
        for us in [999, 1_000, 1_001, 20_000_000] {
            latency.observe(Duration::from_micros(us));
        }
        let counts: Vec<u64> = latency.0.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        assert_eq!((counts[0], counts[1], counts[12]), (2, 1, 1));
        assert_eq!(latency.0.sum_us.load(Ordering::Relaxed), 20_003_000);
    }
}
