//! The users of a business: made, changed, given roles, deactivated.

mod body;
mod change;
mod check;
mod create;
mod deactivate;
mod make;
mod roles;
mod submit;

use axum::Router;
use axum::routing::{patch, post, put};

use crate::Parts;

pub use make::{MadeUser, MakeUserFailure, WantedUser, make_user};

/// The routes.
pub fn routes() -> Router<Parts> {
    Router::new()
        .route("/api/v1/users", post(create::create))
        .route("/api/v1/users/{user_id}", patch(change::change).delete(deactivate::deactivate))
        .route("/api/v1/users/{user_id}/roles", put(roles::set))
}
