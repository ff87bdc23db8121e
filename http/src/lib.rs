//! What every HTTP face shares. It knows no aggregate, and of tables only that of API keys: a room brings its routes and
//! its refusals, this one brings the manners.
//!
//! ```text
//! serve   socket, graceful stop
//!   edge    CORS, HTTPS behind a proxy
//!   frame   trace, 15 s limit, panics, problem form, security headers, request log
//!     extractors   Caller, Body, Query, ListQuery, PathId, IdempotencyKey, MinPosition, IfMatch
//!       handler      -> JSON, Listing, PositionToken, ETag - or a Problem
//! ```

mod api_keys;
mod body;
mod caller;
mod clock;
mod complaint;
pub mod contract;
mod edge;
mod etag;
mod frame;
pub mod health;
mod idempotency;
pub mod instant;
mod may;
mod paging;
mod path;
mod position;
mod problem;
mod query;
mod requests;
mod scopes;
mod serve;
mod standing;
mod tokens;
mod trace;

#[cfg(test)]
mod asking;

pub use api_keys::{
    ApiKey, ApiKeys, ApiKeysFailure, FoundKey, KEY_PREFIX, KEYS_MAX, NewApiKey, key_hash, key_of,
};
pub use body::{Body, OptionalBody};
pub use booking_domain::values::{Role, Roles, UnknownRole};
pub use caller::{By, Caller};
pub use clock::Clock;
pub use edge::{Edge, NoNetwork, NoOrigin, Origins, Proxies};
pub use etag::{ETag, IfMatch};
pub use frame::{ANSWER_WITHIN, BODY_BYTES_MAX, framed};
pub use idempotency::{IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED, IdempotencyKey};
pub use may::{Line, Permission, WHO_MAY};
pub use paging::{
    LIMIT_DEFAULT, LIMIT_MAX, ListQuery, Listing, NoFilters, PAGE_MAX, Pagination, Paging, Sort,
};
pub use path::PathId;
pub use position::{BOOKING_MIN_POSITION, BOOKING_POSITION, MinPosition, NotAPosition, PositionToken};
pub use problem::{FieldError, Problem};
pub use query::Query;
pub use requests::Requests;
pub use scopes::{Scope, Scopes, UnknownScope};
pub use serve::{STOP_WITHIN, serve};
pub use standing::{Callers, LookUp, LookUpFailure, LookedUp, STANDING_CACHED_S, Standing};
pub use tokens::{SECRETS_TOKEN_LIFE_MAX, TOKEN_LIFE, TokenRefusal, Tokens, WeakSecret};
pub use trace::RequestTrace;
