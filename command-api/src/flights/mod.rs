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

use axum::http::StatusCode;
use booking_http::Permission::ManageFlights;
use booking_http::contract::{Operation, Routes};

use crate::Parts;
use crate::body::EmptyBody;
use body::{FlightBody, ImportBody, ReasonBody, RebookBody, SeatMapBody, TimesBody};
use document::FlightDocument;

/// What can be asked of flights.
pub fn routes() -> Routes<Parts> {
    let schedule = Operation::post("/api/v1/flights", "Puts a departure on the timetable").by(ManageFlights);
    let import = Operation::post("/api/v1/flights/import", "Schedules a timetable").by(ManageFlights);
    let cancel = Operation::post("/api/v1/flights/{flight_id}/cancel", "Takes it off").by(ManageFlights);
    let open = Operation::post("/api/v1/flights/{flight_id}/open", "Opens sales").by(ManageFlights);
    let close = Operation::post("/api/v1/flights/{flight_id}/close", "Closes sales").by(ManageFlights);
    Routes::new()
        .on(changing(schedule.taking::<FlightBody>()).creating::<FlightDocument>(), schedule::schedule)
        .on(
            import.taking::<ImportBody>().deed().answering::<import::Answer>(StatusCode::OK),
            import::import_flights,
        )
        .on(changing(cancel.perhaps_taking::<ReasonBody>()), manage::cancel)
        .on(changing(open.perhaps_taking::<EmptyBody>()), manage::open)
        .on(changing(close.perhaps_taking::<EmptyBody>()), manage::close)
        .and(of_disruption())
}

fn of_disruption() -> Routes<Parts> {
    let patch = Operation::patch("/api/v1/flights/{flight_id}", "Moves it to another time");
    let seat_map = Operation::put("/api/v1/flights/{flight_id}/seat-map", "Gives it other cabins");
    let depart = Operation::post("/api/v1/flights/{flight_id}/depart", "It has left");
    let rebook = Operation::post("/api/v1/flights/{flight_id}/rebook", "Has its bookings moved to another");
    let block = Operation::post(
        "/api/v1/flights/{flight_id}/seats/{seat_number}/block",
        "Takes a free seat off sale",
    );
    let unblock =
        Operation::post("/api/v1/flights/{flight_id}/seats/{seat_number}/unblock", "Puts it back on sale");
    Routes::new()
        .on(changing(patch.by(ManageFlights).taking::<TimesBody>()), disrupt::reschedule)
        .on(changing(seat_map.by(ManageFlights).taking::<SeatMapBody>()), disrupt::change_seat_map)
        .on(changing(depart.by(ManageFlights).perhaps_taking::<EmptyBody>()), disrupt::depart)
        .on(changing(rebook.by(ManageFlights).taking::<RebookBody>()), disrupt::rebook)
        .on(changing(block.by(ManageFlights).perhaps_taking::<EmptyBody>()), disrupt::block)
        .on(changing(unblock.by(ManageFlights).perhaps_taking::<EmptyBody>()), disrupt::unblock)
}

/// A command that is answered with the departure.
fn changing(operation: Operation) -> Operation {
    operation.command().answering::<FlightDocument>(StatusCode::OK)
}
