//! Departures: putting them on the timetable, taking them off, opening and closing sales, importing.

mod body;
mod cabins;
mod document;
mod flight;
mod import;
mod manage;
mod rows;
mod schedule;
#[cfg(test)]
mod tests;
mod times;
mod zones;

use axum::Router;
use axum::routing::post;

use crate::Parts;

/// The routes.
pub fn routes() -> Router<Parts> {
    Router::new()
        .route("/api/v1/flights", post(schedule::schedule))
        .route("/api/v1/flights/import", post(import::import_flights))
        .route("/api/v1/flights/{flight_id}/cancel", post(manage::cancel))
        .route("/api/v1/flights/{flight_id}/open", post(manage::open))
        .route("/api/v1/flights/{flight_id}/close", post(manage::close))
}
