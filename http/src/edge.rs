//! What stands between callers and the framed routes: browsers of other origins, and proxies.
//!
//! ```text
//! https      behind a proxy that says http: redirected; that says https: HSTS
//!   cors     preflights are answered here, and every other answer says who may read it
//!     framed
//! ```

mod origins;
mod proxies;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{HOST, LOCATION, STRICT_TRANSPORT_SECURITY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::Problem;
pub use origins::{NoOrigin, Origins};
pub use proxies::{NoNetwork, Proxies};

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Two years, for every business's subdomain, too.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Longest Host that is repeated in a redirect, in bytes.
const HOST_BYTES_MAX: usize = 255;

/// Whom the routes are open to, beside those who call directly. The default is nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    /// Whose pages may call from a browser.
    pub origins: Origins,
    /// Who is believed about how the caller came.
    pub proxies: Proxies,
    /// Whether a caller who came to a proxy by http is sent to https.
    pub https_only: bool,
}

impl Edge {
    /// The routes within this edge. [`serve`](crate::serve()) does it by itself.
    pub fn around(&self, router: Router) -> Router {
        let router = match self.origins.layer() {
            Some(cors) => router.layer(cors),
            None => router,
        };
        if !self.https_only || self.proxies.are_none() {
            return router;
        }
        router.layer(from_fn_with_state(self.proxies.clone(), by_https))
    }
}

async fn by_https(State(proxies): State<Proxies>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip());
    if !peer.is_some_and(|peer| proxies.contain(peer)) {
        return next.run(request).await;
    }
    match request.headers().get(FORWARDED_PROTO).map(HeaderValue::as_bytes) {
        Some(proto) if proto.eq_ignore_ascii_case(b"http") => redirected(request.headers(), request.uri()),
        Some(proto) if proto.eq_ignore_ascii_case(b"https") => {
            let mut answer = next.run(request).await;
            answer.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HSTS);
            answer
        }
        Some(_) | None => next.run(request).await,
    }
}

/// The same address by https, with the same method and body (308).
fn redirected(headers: &HeaderMap, uri: &Uri) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let location = host.and_then(|host| HeaderValue::try_from(format!("https://{host}{path}")).ok());
    match location {
        Some(location) => (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response(),
        None => Problem::of_status(StatusCode::BAD_REQUEST).into_response(),
    }
}

/// Whether it is a name or an address, perhaps with a port, and nothing that leads elsewhere.
fn is_host(host: &str) -> bool {
    let is_of_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    !host.is_empty() && host.len() <= HOST_BYTES_MAX && host.bytes().all(is_of_host)
}

#[cfg(test)]
mod tests;
