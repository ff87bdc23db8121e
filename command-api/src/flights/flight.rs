//! A departure whose every field is sound.

use booking_domain::departure::Flight;
use booking_domain::values::{Cabins, DepartureId};
use booking_http::Problem;

use super::body::FlightBody;
use super::cabins::cabins;
use super::times::{time, zone};
use crate::check::{At, Checks, Wrong, texts};

/// What is put on the timetable.
#[derive(Debug, PartialEq, Eq)]
pub struct NewFlight {
    pub flight: Flight,
    pub cabins: Cabins,
    pub sales_open: bool,
}

/// Reads a departure that gets this id.
///
/// # Errors
/// 422 with every field that is wrong.
pub fn flight(body: FlightBody, flight_id: DepartureId) -> Result<NewFlight, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let flight_number = checks.required(at.field("flight_number"), body.flight_number, flight_number);
    let airline = checks.required(at.field("airline"), body.airline, texts::name);
    let origin = checks.required(at.field("origin"), body.origin, place);
    let destination = checks.required(at.field("destination"), body.destination, place);
    let origin_zone = at.field("origin_time_zone");
    let there = at.field("destination_time_zone");
    let leaves_in = zone(&mut checks, origin_zone, body.origin_time_zone, origin.as_deref());
    let arrives_in = zone(&mut checks, there, body.destination_time_zone, destination.as_deref());
    let departure = time(&mut checks, at.field("departure"), body.departure, leaves_in);
    let arrival = time(&mut checks, at.field("arrival"), body.arrival, arrives_in);
    let cabins = cabins(&mut checks, at.field("cabins"), body.cabins);
    if departure.zip(arrival).is_some_and(|(departure, arrival)| arrival.at <= departure.at) {
        checks.complain(at.field("arrival"), "INVALID_VALUE", "a flight must arrive after it departs");
    }
    let complete = || {
        let flight = Flight {
            flight_id,
            flight_number: flight_number?,
            airline: airline?,
            origin: origin?,
            destination: destination?,
            departure: departure?,
            arrival: arrival?,
        };
        Some(NewFlight { flight, cabins: cabins?, sales_open: body.sales_open.unwrap_or(true) })
    };
    checks.finish(complete())
}

/// Such as `AA100`, in capitals.
fn flight_number(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !(2..=10).contains(&text.len()) || !text.bytes().all(fits) {
        return Err("a flight number has 2 to 10 letters, digits or hyphens, such as AA100".into());
    }
    Ok(text.to_ascii_uppercase())
}

/// Such as `JFK`, in capitals.
fn place(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    if !(2..=8).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("a place has a code of 2 to 8 letters and digits, such as JFK".into());
    }
    Ok(text.to_ascii_uppercase())
}
