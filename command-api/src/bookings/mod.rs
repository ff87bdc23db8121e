//! Placing, confirming and cancelling bookings.

mod answer;
mod body;
mod cancel;
mod confirm;
mod order;
mod passengers;
mod place;
mod sealing;
mod seats;
mod sheet;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{delete, post};

use crate::Parts;

pub use order::ITEMS_MAX;
pub use passengers::PASSENGERS_MAX;

/// The routes.
pub fn routes() -> Router<Parts> {
    Router::new()
        .route("/api/v1/bookings", post(place::place))
        .route("/api/v1/bookings/{booking_id}", delete(cancel::delete))
        .route("/api/v1/bookings/{booking_id}/cancel", post(cancel::cancel))
        .route("/api/v1/bookings/{booking_id}/confirm", post(confirm::confirm))
}
