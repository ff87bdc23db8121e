//! Routes for owners and the platform.

use axum::Router;
use axum::routing::get;

use super::{checkpoints, events, trail, verify};
use crate::api::Api;

pub(crate) fn routes() -> Router<Api> {
    Router::new()
        .route("/api/v1/events", get(events::events))
        .route("/api/v1/admin/audit", get(trail::trail))
        .route("/api/v1/audit/verify", get(verify::verify))
        .route("/api/v1/audit/checkpoints", get(checkpoints::checkpoints))
}
