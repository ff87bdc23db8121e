//! What went wrong when NATS was asked.

use std::error::Error;

/// NATS could not do something now. Whether the server did it all the same is unknown; every deed of this
/// crate is safe to repeat.
#[derive(Debug, thiserror::Error)]
#[error("could not {deed}")]
pub struct NatsFailure {
    deed: &'static str,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

impl NatsFailure {
    /// For `map_err`: `deed` completes "could not …".
    pub(crate) fn to<E: Into<Box<dyn Error + Send + Sync>>>(deed: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self { deed, source: source.into() }
    }
}
