//! Events -> rows -> answers.

use std::collections::HashMap;

use booking_domain::StreamId;
use booking_http::PositionToken;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json, to_value};

use super::disruption::DisruptionView;
use super::seats::SeatsView;
use super::view::{FlightStatus, FlightView};
use super::{FlightRow, Flights};
use crate::projection::{Row, digest};
use crate::samples::{BOOKING, FLIGHT, History, history, released, scheduled, seat, usd};

/// The one flight of the sample, after so many events.
fn after(events: usize) -> FlightRow {
    let mut rows = HashMap::new();
    digest::<Flights>(0, &history()[..events]).fold::<Flights>(&mut rows);
    assert_eq!(rows.len(), 1);
    rows.into_values().next().unwrap()
}

fn departure() -> DateTime<Utc> {
    "2026-12-01T02:00:00Z".parse().unwrap()
}

#[test]
fn a_flight_is_shown_with_its_cabins_and_what_is_free_in_them() {
    let row = after(9);
    let view = FlightView::new(&row.sheet, &row.map, departure() - TimeDelta::hours(1));
    assert_eq!(
        to_value(view).unwrap(),
        json!({
            "flight_id": FLIGHT,
            "flight_number": "aa100",
            "airline": "Acme Air",
            "origin": "JFK",
            "destination": "LAX",
            "departure": "2026-12-01T02:00:00Z",
            "arrival": "2026-12-01T08:00:00Z",
            "departure_local": "2026-11-30T21:00:00",
            "arrival_local": "2026-12-01T00:00:00",
            "origin_time_zone": "America/New_York",
            "destination_time_zone": "America/Los_Angeles",
            "status": "scheduled",
            "sales_open": true,
            "cabins": [
                {"class": "business", "rows": [1, 2], "letters": "AC DF", "price": usd(900), "seats_total": 8, "seats_free": 5},
                {"class": "economy", "count": 3, "overbooking_limit": 1, "price": usd(100), "seats_total": 3, "seats_free": 2},
            ],
            "version": 1,
        })
    );
}

#[test]
fn a_flight_departs_by_the_clock_unless_it_was_cancelled() {
    let (scheduled, cancelled) = (after(9).sheet, after(14).sheet);
    let second = TimeDelta::seconds(1);
    assert_eq!(FlightStatus::of(&scheduled, departure() - second), FlightStatus::Scheduled);
    assert_eq!(FlightStatus::of(&scheduled, departure()), FlightStatus::Departed);
    assert_eq!(FlightStatus::of(&cancelled, departure() + second), FlightStatus::Cancelled);
    assert_eq!((cancelled.sales_open, cancelled.version), (false, 3));
}

#[test]
fn lists_find_a_flight_by_the_calendar_of_its_origin_and_in_any_case() {
    let columns = after(14).columns;
    assert_eq!((columns.flight_number.as_str(), columns.status.as_str()), ("AA100", "cancelled"));
    assert_eq!(columns.departure_date.to_string(), "2026-11-30");
    assert_eq!(columns.departure_at, departure());
}

#[test]
fn a_seat_map_says_of_each_seat_whether_it_can_be_had() {
    let row = after(9);
    let shown = PositionToken { epoch: 1, position: 9 };
    let map = to_value(SeatsView::new(&row.sheet, &row.map, shown, true)).unwrap();
    let seats = map["seats"].as_array().unwrap();
    let numbers: Vec<_> = seats.iter().map(|seat| seat["seat_number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["1A", "1C", "1D", "1F", "2A", "2C", "2D", "2F"]);
    let seat = |number: &str, status: &str, reserved_at: Value, booking_id: Value| {
        json!({
            "seat_number": number, "class": "business", "status": status, "is_available": status == "available",
            "reserved_at": reserved_at, "price": usd(900), "booking_id": booking_id,
        })
    };
    let at = json!("2026-11-20T09:30:00.123Z");
    assert_eq!(seats[0], seat("1A", "taken", at.clone(), json!(BOOKING)));
    assert_eq!(seats[1], seat("1C", "blocked", Value::Null, Value::Null));
    assert_eq!(seats[2], seat("1D", "available", Value::Null, Value::Null));
    assert_eq!(seats[7], seat("2F", "taken", at, json!(BOOKING)));
    assert_eq!((&map["flight_id"], &map["position"]), (&json!(FLIGHT), &json!("1.9")));
    assert_eq!(
        map["pools"],
        json!([{
            "class": "economy", "capacity": 3, "overbooking_limit": 1, "claimed": 2, "left": 2, "price": usd(100),
        }])
    );
}

#[test]
fn customers_do_not_see_who_has_a_seat() {
    let row = after(9);
    let shown = PositionToken { epoch: 1, position: 9 };
    let map = to_value(SeatsView::new(&row.sheet, &row.map, shown, false)).unwrap();
    assert!(map["seats"].as_array().unwrap().iter().all(|seat| seat.get("booking_id").is_none()));
    assert_eq!(map["seats"][0]["status"], "taken");
}

#[test]
fn what_is_released_is_free_again_and_has_no_holder() {
    let row = after(14).settled();
    assert!(row.map.taken.has(0) && !row.map.taken.has(7));
    assert_eq!((row.map.holders.len(), row.table_rows()), (1, 3));
    assert_eq!((row.map.pools[0].claimed, row.map.pools[0].left()), (1, 3));
    assert_eq!((row.sheet_position, row.map_position, row.position()), (14, 13, 14));
}

#[test]
fn a_pool_beyond_its_limit_breaks_a_rule() {
    let mut row = after(9);
    assert!(row.broken_rules().is_empty());
    row.map.pools[0].claimed = 5;
    assert_eq!(row.broken_rules(), ["5 of 4 places of economy are claimed"]);
}

#[test]
fn a_stored_document_is_read_back_as_it_was() {
    let sheet = after(14).sheet;
    let document = serde_json::to_string(&sheet).unwrap();
    assert_eq!(serde_json::from_str::<super::FlightSheet>(&document).unwrap(), sheet);
}

/// Business without its second row, economy with one place and no more: one seat and a place are lost.
fn smaller() -> Value {
    json!({
        "event_type": "departure.seat_map_changed", "flight_id": FLIGHT, "changed_at": "2026-11-21T09:30:00Z",
        "cabins": [
            {"class": "business", "numbered": {"first_row": 1, "last_row": 1, "letters": "AC DF"}, "price": usd(900)},
            {"class": "economy", "counted": {"count": 1, "overbooking_limit": 0}, "price": usd(100)},
        ],
    })
}

/// The flight after nine events, and then these.
fn disturbed(news: &[(&StreamId, Value)]) -> FlightRow {
    let first = History::of(&history()[..9]);
    let events =
        news.iter().fold(first, |events, (stream, event)| events.and(stream, event.clone())).events();
    let mut rows = HashMap::new();
    digest::<Flights>(0, &events).fold::<Flights>(&mut rows);
    digest::<Flights>(0, &events).fold::<Flights>(&mut rows);
    rows.into_values().next().unwrap()
}

fn statuses(row: &FlightRow) -> Vec<(String, String)> {
    let shown = PositionToken { epoch: 1, position: 9 };
    let map = to_value(SeatsView::new(&row.sheet, &row.map, shown, true)).unwrap();
    let text = |seat: &Value, member: &str| seat[member].as_str().unwrap().to_owned();
    let seats = map["seats"].as_array().unwrap().iter().filter(|seat| seat["status"] != "available");
    seats.map(|seat| (text(seat, "seat_number"), text(seat, "status"))).collect()
}

#[test]
fn other_cabins_keep_what_is_known_of_their_seats_and_forget_nothing_of_the_others() {
    let flight = StreamId::Departure(FLIGHT);
    let seats = |seats: &[(&str, &str)]| -> Vec<(String, String)> {
        seats.iter().map(|(seat, status)| ((*seat).to_owned(), (*status).to_owned())).collect()
    };
    let row = disturbed(&[(&flight, smaller())]);
    assert_eq!(statuses(&row), seats(&[("1A", "taken"), ("1C", "blocked")]));
    assert_eq!((row.map.pools[0].claimed, row.map.pools[0].left()), (2, 0));
    assert!(row.broken_rules().is_empty(), "who was there before may be too many");

    let mut wide = scheduled();
    (wide["event_type"], wide["changed_at"]) =
        (json!("departure.seat_map_changed"), json!("2026-11-21T09:31:00Z"));
    let back = disturbed(&[(&flight, smaller()), (&flight, wide.clone())]);
    assert_eq!(statuses(&back), seats(&[("1A", "taken"), ("1C", "blocked"), ("2F", "taken")]));
    let released = disturbed(&[(&flight, smaller()), (&seat("2F"), released("2F")), (&flight, wide)]);
    assert_eq!(statuses(&released), seats(&[("1A", "taken"), ("1C", "blocked")]));
}

#[test]
fn progress_counts_what_was_settled_and_lists_who_is_left() {
    let flight = StreamId::Departure(FLIGHT);
    let batch = |left: u32| {
        json!({
            "event_type": "departure.bookings_settled", "flight_id": FLIGHT, "pass": "settling", "through": BOOKING,
            "looked_at": 2, "changed": 1, "left": left, "settled_at": "2026-11-21T09:32:00Z",
            "displaced": [{
                "booking_id": BOOKING, "booking_reference": "BK-20261120-7K3M9Q",
                "item_id": uuid::Uuid::from_u128(0xd), "seat_number": "2F",
            }],
        })
    };
    let row = disturbed(&[(&flight, smaller()), (&flight, batch(3)), (&flight, batch(0))]);
    let shown = PositionToken { epoch: 1, position: 12 };
    let view = to_value(DisruptionView::new(FLIGHT, row.sheet.disruption.unwrap(), shown)).unwrap();
    let numbers =
        ["affected", "settled", "changed", "left", "displaced_count"].map(|name| view[name].as_u64());
    assert_eq!(numbers, [Some(4), Some(4), Some(2), Some(0), Some(2)]);
    assert_eq!((&view["cause"], &view["done"]), (&json!("seat_map_changed"), &json!(true)));
    assert_eq!(view["displaced"][0]["seat_number"], json!("2F"));
}
