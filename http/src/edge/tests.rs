use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use tower::ServiceExt;

use super::*;
use crate::framed;

const APP: &str = "https://app.example.com";
const PROXY: &str = "10.1.2.3:4000";

/// Asks routes within an edge; `peer` is who holds the connection.
async fn asked(edge: &Edge, method: &str, peer: &str, headers: &[(&str, &str)]) -> Response {
    let mut request =
        Request::builder().method(method).uri("/seats?page=2").header("host", "booking.example:8443");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let peer: SocketAddr = peer.parse().unwrap();
    let request = request.extension(ConnectInfo(peer)).body(Body::empty()).unwrap();
    let routes = Router::new().route("/seats", get(async || "free"));
    edge.around(framed(routes)).oneshot(request).await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

fn of(origins: Origins) -> Edge {
    Edge { origins, ..Edge::default() }
}

fn behind(proxies: &str) -> Edge {
    Edge { proxies: Proxies::named(proxies).unwrap(), https_only: true, ..Edge::default() }
}

#[tokio::test]
async fn a_page_of_a_named_origin_may_call_and_no_other_page() {
    let edge = of(Origins::named(&format!("{APP}, http://localhost:3000")).unwrap());
    for (origin, allowed) in [(APP, Some(APP)), ("https://evil.example", None), ("null", None)] {
        let answer = asked(&edge, "GET", PROXY, &[("origin", origin)]).await;
        assert_eq!(answer.status(), 200, "the browser keeps the answer from the page");
        assert_eq!(header(&answer, "access-control-allow-origin"), allowed, "{origin}");
        assert_eq!(header(&answer, "access-control-allow-credentials"), None);
    }
}

#[tokio::test]
async fn a_preflight_says_what_may_be_sent_and_read() {
    let preflight = [("origin", APP), ("access-control-request-method", "DELETE")];

    let answer = asked(&of(Origins::Any), "OPTIONS", PROXY, &preflight).await;

    assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (200, Some("*")));
    assert!(header(&answer, "access-control-allow-methods").unwrap().contains("DELETE"));
    let allowed = header(&answer, "access-control-allow-headers").unwrap();
    for name in ["authorization", "idempotency-key", "booking-min-position", "if-match"] {
        assert!(allowed.contains(name), "{name} in {allowed}");
    }
}

#[tokio::test]
async fn without_origins_browsers_are_told_nothing() {
    let answer = asked(&Edge::default(), "GET", PROXY, &[("origin", APP)]).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), None);
}

#[test]
fn origins_are_named_and_nothing_more() {
    let named = |text| Origins::named(text).is_ok();
    assert!(named("https://app.example.com") && named("HTTP://localhost:3000/"));
    for wrong in [
        "*",
        "app.example.com",
        "https://app.example.com/path",
        "ftp://a.example",
        "https://u@a.example",
        ",",
    ] {
        assert!(!named(wrong), "{wrong}");
    }
}

#[tokio::test]
async fn who_came_to_the_proxy_by_http_is_sent_to_https() {
    let answer = asked(&behind("10.0.0.0/8"), "POST", PROXY, &[("x-forwarded-proto", "http")]).await;
    assert_eq!(answer.status(), 308);
    assert_eq!(header(&answer, "location"), Some("https://booking.example:8443/seats?page=2"));
}

#[tokio::test]
async fn who_came_by_https_is_told_to_stay_there() {
    let answer = asked(&behind("10.1.2.3, ::1"), "GET", PROXY, &[("x-forwarded-proto", "https")]).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "strict-transport-security"), Some("max-age=63072000; includeSubDomains"));
}

#[tokio::test]
async fn nobody_else_is_believed_about_how_a_caller_came() {
    let open = Edge { https_only: false, ..behind("10.0.0.0/8") };
    for (edge, peer) in [(behind("10.0.0.0/8"), "192.0.2.1:4000"), (Edge::default(), PROXY), (open, PROXY)] {
        for proto in ["http", "https"] {
            let answer = asked(&edge, "GET", peer, &[("x-forwarded-proto", proto)]).await;
            assert_eq!(answer.status(), 200, "{peer} {proto}");
            assert_eq!(header(&answer, "strict-transport-security"), None);
        }
    }
}

#[test]
fn an_ipv4_proxy_is_known_by_either_form_of_its_address() {
    let proxies = Proxies::named("10.0.0.0/8").unwrap();
    assert!(proxies.contain("::ffff:10.9.9.9".parse().unwrap()));
    assert!(!proxies.contain("::10.9.9.9".parse().unwrap()));
    assert!(Proxies::named("proxy.example").is_err());
}

#[test]
fn a_redirect_leads_to_the_host_that_was_asked_and_nowhere_else() {
    for (host, is_one) in
        [("booking.example", true), ("[::1]:80", true), ("a@b", false), ("a/b", false), ("", false)]
    {
        assert_eq!(is_host(host), is_one, "{host}");
    }
}
