//! Whose pages may call from a browser (CORS).

use std::time::Duration;

use axum::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH, LOCATION, RETRY_AFTER,
};
use axum::http::{HeaderName, HeaderValue, Method, Uri};
use tower_http::cors::{Any, CorsLayer};

use crate::{BOOKING_MIN_POSITION, BOOKING_POSITION, IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED};

/// How long a browser may remember what it was allowed, in seconds.
const REMEMBERED_S: u64 = 600;

/// Most origins that can be named.
const ORIGINS_MAX: usize = 100;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Origins whose pages may call. No answer lets a browser send cookies along: tokens travel in a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origins {
    /// Only pages of the same origin.
    #[default]
    None,
    /// Every page.
    Any,
    /// Pages of these.
    Named(Vec<HeaderValue>),
}

/// A text that names no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoOrigin {
    /// An origin has a scheme, a host, perhaps a port, and nothing else.
    #[error("`{0}` is no origin such as https://app.example.com")]
    Other(String),
    /// More than can be compared with each request.
    #[error("there are more than {ORIGINS_MAX} origins")]
    TooMany,
}

impl Origins {
    /// Reads origins that are separated by commas.
    ///
    /// # Errors
    /// [`NoOrigin`] for `*` and everything else that is none.
    pub fn named(text: &str) -> Result<Self, NoOrigin> {
        let origins: Vec<HeaderValue> = text.split(',').map(origin).collect::<Result<_, _>>()?;
        if ORIGINS_MAX < origins.len() { Err(NoOrigin::TooMany) } else { Ok(Self::Named(origins)) }
    }

    /// What answers preflights and marks answers; `None` when browsers are told nothing.
    pub(super) fn layer(&self) -> Option<CorsLayer> {
        let cors = CorsLayer::new()
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers([
                ACCEPT_LANGUAGE,
                AUTHORIZATION,
                CONTENT_TYPE,
                IF_MATCH,
                IDEMPOTENCY_KEY,
                BOOKING_MIN_POSITION,
                TRACEPARENT,
            ])
            .expose_headers([ETAG, LOCATION, RETRY_AFTER, BOOKING_POSITION, IDEMPOTENT_REPLAYED])
            .max_age(Duration::from_secs(REMEMBERED_S));
        match self {
            Self::None => None,
            Self::Any => Some(cors.allow_origin(Any)),
            Self::Named(origins) => Some(cors.allow_origin(origins.clone())),
        }
    }
}

/// As a browser sends it, so that it can be compared byte for byte: lower case, and without a path.
fn origin(text: &str) -> Result<HeaderValue, NoOrigin> {
    let text = text.trim();
    let wrong = || NoOrigin::Other(text.to_owned());
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(wrong());
    };
    let origin = format!("{}://{authority}", uri.scheme_str().unwrap_or_default()).to_ascii_lowercase();
    let is_bare =
        text.trim_end_matches('/').eq_ignore_ascii_case(&origin) && !authority.as_str().contains('@');
    if is_bare { HeaderValue::try_from(origin).map_err(|_| wrong()) } else { Err(wrong()) }
}
