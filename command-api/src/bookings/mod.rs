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

use axum::http::StatusCode;
use booking_http::Permission::{Book, RunBookings, ServeCustomers};
use booking_http::contract::{Operation, Routes};

use crate::Parts;
use crate::body::EmptyBody;
use answer::Answered;
use body::{CancelBody, OrderBody, PassengerBody};
use change_body::{
    AddBody, AdjustmentBody, CancelItemBody, DeclineBody, DetailsBody, HoldBody, MoveBody, RescheduleBody,
    StatusBody, StepBody,
};

pub use order::ITEMS_MAX;
pub use passengers::PASSENGERS_MAX;
pub(crate) use sheet::folded;

/// What can be asked of bookings.
pub fn routes() -> Routes<Parts> {
    let new = Operation::post("/api/v1/bookings", "Places a booking").by(Book).taking::<OrderBody>();
    let patch = Operation::patch(
        "/api/v1/bookings/{booking_id}",
        "Changes what people wrote about it; null takes away",
    );
    let put = Operation::put("/api/v1/bookings/{booking_id}", "The same; what is absent is taken away");
    let delete = Operation::delete("/api/v1/bookings/{booking_id}", "Gives it up");
    let cancel = Operation::post("/api/v1/bookings/{booking_id}/cancel", "Gives it up");
    let status = Operation::patch("/api/v1/bookings/{booking_id}/status", "Whatever leads to this status");
    let passenger = Operation::patch(
        "/api/v1/bookings/{booking_id}/passengers/{passenger_id}",
        "Changes a passenger's particulars, before it is confirmed",
    );
    let reschedule =
        Operation::post("/api/v1/bookings/{booking_id}/reschedule", "All units of one departure to another");
    Routes::new()
        .on(changing(new).creating::<Answered<'static>>(), place::place)
        .on(changing(patch.by(Book).taking::<DetailsBody>()), details::patch)
        .on(changing(put.by(Book).taking::<DetailsBody>()), details::put)
        .on(changing(delete.by(Book).perhaps_taking::<CancelBody>()), cancel::delete)
        .on(changing(cancel.by(Book).perhaps_taking::<CancelBody>()), cancel::cancel)
        .on(changing(status.by(Book).taking::<StatusBody>()), status::patch)
        .on(changing(passenger.by(Book).taking::<PassengerBody>()), details::passenger)
        .on(changing(reschedule.by(Book).taking::<RescheduleBody>()), items::reschedule)
        .and(of_staff())
        .and(of_steps())
        .and(of_items())
        .and(of_holds())
}

/// A command that is answered with the booking.
fn changing(operation: Operation) -> Operation {
    operation.command().answering::<Answered<'static>>(StatusCode::OK)
}

fn of_staff() -> Routes<Parts> {
    let confirm =
        Operation::post("/api/v1/bookings/{booking_id}/confirm", "Makes it firm: paid, or approved");
    let decline =
        Operation::post("/api/v1/bookings/{booking_id}/decline", "Says no to what is not confirmed");
    let reinstate = Operation::post(
        "/api/v1/bookings/{booking_id}/reinstate",
        "What has ended stands again in the same units",
    );
    let archive =
        Operation::post("/api/v1/bookings/{booking_id}/archive", "What is over goes from the lists");
    let adjust = Operation::post(
        "/api/v1/bookings/{booking_id}/price-adjustments",
        "A discount takes the price off, a fee or a tax adds it",
    );
    Routes::new()
        .on(changing(confirm.by(ServeCustomers).perhaps_taking::<EmptyBody>()), confirm::confirm)
        .on(changing(decline.by(ServeCustomers).perhaps_taking::<DeclineBody>()), staff::decline)
        .on(changing(reinstate.by(RunBookings).perhaps_taking::<EmptyBody>()), staff::reinstate)
        .on(changing(archive.by(RunBookings).perhaps_taking::<EmptyBody>()), staff::archive)
        .on(changing(adjust.by(RunBookings).taking::<AdjustmentBody>()), staff::adjust)
}

fn of_steps() -> Routes<Parts> {
    let check_in =
        Operation::post("/api/v1/bookings/{booking_id}/check-in", "Checks items in, or all that can be");
    let undo_check_in = Operation::delete("/api/v1/bookings/{booking_id}/check-in", "Undoes it");
    let complete = Operation::post("/api/v1/bookings/{booking_id}/complete", "It took place");
    let no_show = Operation::post("/api/v1/bookings/{booking_id}/no-show", "Nobody came");
    let undo_no_show = Operation::delete("/api/v1/bookings/{booking_id}/no-show", "Undoes it");
    Routes::new()
        .on(changing(check_in.by(Book).perhaps_taking::<StepBody>()), fulfil::check_in)
        .on(changing(undo_check_in.by(ServeCustomers).perhaps_taking::<StepBody>()), fulfil::undo_check_in)
        .on(changing(complete.by(ServeCustomers).perhaps_taking::<StepBody>()), fulfil::complete)
        .on(changing(no_show.by(ServeCustomers).perhaps_taking::<StepBody>()), fulfil::no_show)
        .on(changing(undo_no_show.by(ServeCustomers).perhaps_taking::<StepBody>()), fulfil::undo_no_show)
}

fn of_items() -> Routes<Parts> {
    let add = Operation::post("/api/v1/bookings/{booking_id}/items", "Adds units");
    let cancel = Operation::delete("/api/v1/bookings/{booking_id}/items/{item_id}", "Gives one unit up");
    let moving = Operation::post(
        "/api/v1/bookings/{booking_id}/items/{item_id}/move",
        "To another unit, or an exchange",
    );
    let check_in =
        Operation::post("/api/v1/bookings/{booking_id}/items/{item_id}/check-in", "Checks one item in");
    let complete = Operation::post("/api/v1/bookings/{booking_id}/items/{item_id}/complete", "It took place");
    let no_show = Operation::post("/api/v1/bookings/{booking_id}/items/{item_id}/no-show", "Nobody came");
    Routes::new()
        .on(changing(add.by(Book).taking::<AddBody>()), items::add)
        .on(changing(cancel.by(Book).perhaps_taking::<CancelItemBody>()), items::cancel)
        .on(changing(moving.by(Book).taking::<MoveBody>()), items::move_item)
        .on(changing(check_in.by(Book).perhaps_taking::<EmptyBody>()), fulfil::check_in_item)
        .on(changing(complete.by(ServeCustomers).perhaps_taking::<EmptyBody>()), fulfil::complete_item)
        .on(changing(no_show.by(ServeCustomers).perhaps_taking::<EmptyBody>()), fulfil::no_show_item)
}

fn of_holds() -> Routes<Parts> {
    let hold = Operation::post("/api/v1/holds", "Keeps units for ten minutes").by(Book).taking::<HoldBody>();
    let extend = Operation::patch("/api/v1/holds/{booking_id}", "Ten minutes more, once");
    let release = Operation::delete("/api/v1/holds/{booking_id}", "Lets it go");
    Routes::new()
        .on(changing(hold).creating::<Answered<'static>>(), holds::hold)
        .on(changing(extend.by(Book).perhaps_taking::<EmptyBody>()), holds::extend)
        .on(changing(release.by(Book).perhaps_taking::<EmptyBody>()), holds::release)
}
