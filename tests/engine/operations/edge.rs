//! How a process meets browsers, proxies, and an environment that is wrong.

use reqwest::header::{HeaderMap, LOCATION, STRICT_TRANSPORT_SECURITY};
use reqwest::redirect::Policy;

use crate::support::roles::{Engine, RoleProcess};

const APP: &str = "https://app.example.com";
/// Long enough, and known to everybody.
const EXAMPLE: &str =
    "your-super-secret-jwt-key-change-in-production-your-super-secret-jwt-key-change-in-production";

/// Status and headers of an answer, without following where it leads.
async fn asked(role: &RoleProcess, headers: &[(&'static str, &'static str)]) -> (u16, HeaderMap) {
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let mut request = client.get(format!("{}/health/live", role.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn production_does_not_start_on_what_is_weak_wrong_or_missing_and_says_all_of_it() {
    let engine = Engine::start().await;
    let wrong = [
        ("BOOKING_ENV", "production"),
        ("JWT_SECRET", EXAMPLE),
        ("MASTER_KEY", ""),
        ("PORT", "http"),
        ("CORS_ORIGINS", "*"),
        ("TRUSTED_PROXIES", "everybody"),
        ("LOG_FORMAT", "xml"),
    ];

    let said = engine.run_with(&wrong, &["command-api"]).await.ended_with(2);

    for (name, _) in &wrong[1..] {
        assert!(said.stderr.contains(name), "{name} in {said:?}");
    }
    assert_eq!(said.stderr.lines().count(), wrong.len() - 1, "{said:?}");
    let said = engine.run_with(&[("NATS_URL", "")], &["relay"]).await.ended_with(2);
    assert!(said.stderr.contains("NATS_URL is not set"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_and_proxies_are_met_as_the_environment_says() {
    let engine = Engine::start().await;
    let development = engine.query_api().await;
    let told = [("BOOKING_ENV", "production"), ("CORS_ORIGINS", APP), ("TRUSTED_PROXIES", "127.0.0.0/8")];
    let mut production = engine.unready_role(&["query-api"], &told);
    production.await_ready().await;
    let allowed = |headers: &HeaderMap| {
        headers.get("access-control-allow-origin").map(|origin| origin.to_str().unwrap().to_owned())
    };

    let (_, anywhere) = asked(&development, &[("origin", "https://elsewhere.example")]).await;
    assert_eq!(allowed(&anywhere).as_deref(), Some("*"));
    let (_, app) = asked(&production, &[("origin", APP)]).await;
    assert_eq!(allowed(&app).as_deref(), Some(APP));
    let (_, elsewhere) = asked(&production, &[("origin", "https://elsewhere.example")]).await;
    assert_eq!(allowed(&elsewhere), None);

    let by_http = [("x-forwarded-proto", "http"), ("host", "booking.example")];
    let (status, headers) = asked(&production, &by_http).await;
    assert_eq!((status, &headers[LOCATION]), (308, &"https://booking.example/health/live".parse().unwrap()));
    let (status, headers) = asked(&production, &[("x-forwarded-proto", "https")]).await;
    assert!(status == 200 && headers.contains_key(STRICT_TRANSPORT_SECURITY), "{headers:?}");
    let (status, headers) = asked(&development, &by_http).await;
    assert!(status == 200 && !headers.contains_key(STRICT_TRANSPORT_SECURITY), "{headers:?}");
}
