//! Placing bookings, and everything that is asked of them afterwards.

mod answer;
mod body;
mod cancel;
mod change_body;
mod changed;
mod confirm;
mod details;
mod fulfil;
mod holds;
mod items;
mod order;
mod passengers;
mod place;
mod sealing;
mod seats;
mod sheet;
mod staff;
mod status;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{delete, patch, post};

use crate::Parts;

pub use order::ITEMS_MAX;
pub use passengers::PASSENGERS_MAX;

/// The routes.
pub fn routes() -> Router<Parts> {
    Router::new()
        .route("/api/v1/bookings", post(place::place))
        .route(
            "/api/v1/bookings/{booking_id}",
            delete(cancel::delete).patch(details::patch).put(details::put),
        )
        .route("/api/v1/bookings/{booking_id}/status", patch(status::patch))
        .route("/api/v1/bookings/{booking_id}/cancel", post(cancel::cancel))
        .route("/api/v1/bookings/{booking_id}/confirm", post(confirm::confirm))
        .route("/api/v1/bookings/{booking_id}/decline", post(staff::decline))
        .route("/api/v1/bookings/{booking_id}/reinstate", post(staff::reinstate))
        .route("/api/v1/bookings/{booking_id}/archive", post(staff::archive))
        .route("/api/v1/bookings/{booking_id}/price-adjustments", post(staff::adjust))
        .route("/api/v1/bookings/{booking_id}/passengers/{passenger_id}", patch(details::passenger))
        .route("/api/v1/bookings/{booking_id}/reschedule", post(items::reschedule))
        .merge(of_items())
        .merge(of_holds())
}

fn of_items() -> Router<Parts> {
    Router::new()
        .route("/api/v1/bookings/{booking_id}/check-in", post(fulfil::check_in).delete(fulfil::undo_check_in))
        .route("/api/v1/bookings/{booking_id}/complete", post(fulfil::complete))
        .route("/api/v1/bookings/{booking_id}/no-show", post(fulfil::no_show).delete(fulfil::undo_no_show))
        .route("/api/v1/bookings/{booking_id}/items", post(items::add))
        .route("/api/v1/bookings/{booking_id}/items/{item_id}", delete(items::cancel))
        .route("/api/v1/bookings/{booking_id}/items/{item_id}/move", post(items::move_item))
        .route("/api/v1/bookings/{booking_id}/items/{item_id}/check-in", post(fulfil::check_in_item))
        .route("/api/v1/bookings/{booking_id}/items/{item_id}/complete", post(fulfil::complete_item))
        .route("/api/v1/bookings/{booking_id}/items/{item_id}/no-show", post(fulfil::no_show_item))
}

fn of_holds() -> Router<Parts> {
    Router::new()
        .route("/api/v1/holds", post(holds::hold))
        .route("/api/v1/holds/{booking_id}", patch(holds::extend).delete(holds::release))
}
