//! The keys of a business's programs, without the keys themselves.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use booking_http::{Caller, NoFilters, Permission, Problem, Query};
use serde_json::{Value, json};

use crate::api::{Api, QueryFailure};

pub(crate) fn routes() -> Router<Api> {
    Router::new().route("/api/v1/api-keys", get(all))
}

/// All that can be used: there are not so many that they would come in pages.
async fn all(
    State(api): State<Api>,
    caller: Caller,
    Query(NoFilters {}): Query<NoFilters>,
) -> Result<Json<Value>, Problem> {
    caller.must(Permission::ManageKeys)?;
    let keys = api.api_keys().all(caller.tenant).await.map_err(QueryFailure::from)?;
    Ok(Json(json!({"data": keys})))
}
