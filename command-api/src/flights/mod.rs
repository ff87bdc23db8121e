//! Departures: putting them on the timetable, changing them, taking them off, opening and closing sales, importing.

mod affected;
mod body;
mod cabins;
mod disrupt;
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
use axum::routing::{patch, post, put};

use crate::Parts;

/// The routes.
pub fn routes() -> Router<Parts> {
    Router::new()
        .route("/api/v1/flights", post(schedule::schedule))
        .route("/api/v1/flights/import", post(import::import_flights))
        .route("/api/v1/flights/{flight_id}", patch(disrupt::reschedule))
        .route("/api/v1/flights/{flight_id}/seat-map", put(disrupt::change_seat_map))
        .route("/api/v1/flights/{flight_id}/depart", post(disrupt::depart))
        .route("/api/v1/flights/{flight_id}/rebook", post(disrupt::rebook))
        .route("/api/v1/flights/{flight_id}/seats/{seat_number}/block", post(disrupt::block))
        .route("/api/v1/flights/{flight_id}/seats/{seat_number}/unblock", post(disrupt::unblock))
        .route("/api/v1/flights/{flight_id}/cancel", post(manage::cancel))
        .route("/api/v1/flights/{flight_id}/open", post(manage::open))
        .route("/api/v1/flights/{flight_id}/close", post(manage::close))
}
