//! The keys of a business's programs, without the keys themselves.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use booking_http::contract::{Operation, Routes};
use booking_http::{ApiKey, Caller, NoFilters, Permission, Problem, Query};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{Api, QueryFailure};

pub(crate) fn routes() -> Routes<Api> {
    let all = Operation::get("/api/v1/api-keys", "The keys of the business that can be used");
    Routes::new().on(all.by(Permission::ManageKeys).answering::<Keys>(StatusCode::OK), self::all)
}

/// All that can be used.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeys)]
struct Keys {
    data: Vec<ApiKey>,
}

/// All that can be used: there are not so many that they would come in pages.
async fn all(
    State(api): State<Api>,
    caller: Caller,
    Query(NoFilters {}): Query<NoFilters>,
) -> Result<Json<Keys>, Problem> {
    caller.must(Permission::ManageKeys)?;
    let keys = api.api_keys().all(caller.tenant).await.map_err(QueryFailure::from)?;
    Ok(Json(Keys { data: keys }))
}
