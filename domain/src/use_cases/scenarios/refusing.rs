//! Placing a booking: what stands in the way. A refusal stores nothing, and depends on what it looked at.

use super::*;
use crate::booking::BookingRefusal;
use crate::booking::samples::{hour, usd};
use crate::refusal::{RefusalKind, SaleRefusal, SeatOffer, TakenSeat};
use crate::tenant::TenantRefusal;

#[test]
fn a_flight_that_is_not_there_cannot_be_booked() {
    let absent = unavailable("there is no flight 00000000-0000-0000-0000-0000000003e7");
    let outcome = selling().when(&place(7, &[any(999, 1)])).then_refused(&absent);
    outcome.touching(&[touch_tenant(), touch_flight(999)]);
}

#[test]
fn a_flight_of_another_tenant_is_not_there() {
    let theirs = selling().and(tenant(2), &[scheduled(999, cabins())]);
    let absent = unavailable("there is no flight 00000000-0000-0000-0000-0000000003e7");
    theirs.when(&place(7, &[any(999, 1)])).then_refused(&absent);
    theirs.when(&place(7, &[exactly(999, &["2A"])])).then_refused(&absent);
}

#[test]
fn a_flight_that_was_cancelled_cannot_be_booked() {
    let cancelled = DepartureEvent::Cancelled { flight_id: id(100), reason: None, cancelled_at: NOW };
    let outcome = selling()
        .and(tenant(1), &[Event::Departure(cancelled)])
        .when(&place(7, &[any(100, 1)]))
        .then_refused(&unavailable("flight AA100 was cancelled"));
    outcome.touching(&[touch_tenant(), touch_flight(100)]);
}

#[test]
fn a_flight_that_is_not_on_sale_cannot_be_booked() {
    let closed = DepartureEvent::SalesClosed { flight_id: id(100), closed_at: NOW };
    let outcome = selling()
        .and(tenant(1), &[Event::Departure(closed)])
        .when(&place(7, &[any(100, 1)]))
        .then_refused(&unavailable("flight AA100 is not on sale"));
    outcome.touching(&[touch_tenant(), touch_flight(100)]);
}

#[test]
fn a_flight_can_be_booked_until_the_second_it_departs() {
    let at = |now| asking(PlaceBooking { now, ..ordering(7, &[exactly(100, &["2A"])]) });
    let departs = hour(departs(100));
    selling().when(&at(departs - chrono::TimeDelta::seconds(1))).then_seats(&["2A"]);
    selling().when(&at(departs)).then_refused(&unavailable("flight AA100 has departed"));
}

#[test]
fn a_flight_too_full_says_how_many_seats_are_left() {
    let sold = selling().after(&place(1, &[exactly(200, &["1A"])]));
    let full = selling().after(&place(1, &[exactly(200, &["1A", "1B"])]));
    let family = Touch::Family(Family::Departure(id(200)));
    let too_full = |text| unavailable(&format!("Flight AA200 has only {text} requested"));

    sold.when(&place(7, &[any(200, 2)]))
        .then_refused(&too_full("1 seat available but 2 passengers"))
        .touching(&[touch_tenant(), touch_flight(200), family.clone()]);
    sold.when(&place(7, &[preferring(200, &["1B"], 2)]))
        .then_refused(&too_full("1 seat available but 2 passengers"));
    full.when(&place(7, &[in_class(200, "economy", 1)]))
        .then_refused(&too_full("0 seats available but 1 passenger"))
        .touching(&[touch_tenant(), touch_flight(200), family]);
}

#[test]
fn a_flight_of_several_cabins_is_too_full_when_none_has_room_for_all() {
    let sold = selling().after(&place(1, &[any(100, 7)])).after(&place(2, &[in_class(100, "business", 1)]));
    let sold = sold.after(&place(3, &[in_class(100, "lounge", 2)]));
    let text = "Flight AA100 has only 1 seat available but 2 passengers requested";
    sold.when(&place(7, &[any(100, 2)])).then_refused(&unavailable(text));
    sold.when(&place(7, &[in_class(100, "lounge", 2)])).then_refused(&unavailable(text));
}

#[test]
fn a_seat_that_is_taken_is_refused_with_free_ones_instead() {
    let sold = selling().after(&place(1, &[exactly(100, &["2A"])]));
    let taken = vec![taken("2A")];
    let alternatives = offers(&["2C", "2D", "3A", "3B", "3C", "3D"]);
    sold.when(&place(7, &[exactly(100, &["2A", "2B"])]))
        .then_refused(&SaleRefusal::SeatsTaken { taken, alternatives }.into())
        .touching(&[touch_tenant(), touch_flight(100), touch_seat(100, "2A"), touch_seat(100, "2B")]);
}

#[test]
fn every_seat_that_stands_in_the_way_is_named() {
    let blocked = SeatEvent::Blocked { flight_id: id(100), seat_number: seat("2B"), blocked_at: NOW };
    let sold = selling().after(&place(1, &[exactly(100, &["2A"])])).and(tenant(1), &[Event::Seat(blocked)]);
    let is_blocked = TakenSeat { seat_number: seat("2B"), status: "blocked", since: None };
    let alternatives = offers(&["3A", "3B", "3C", "2D", "3D"]);
    sold.when(&place(7, &[exactly(100, &["2A", "2B", "2C"])]))
        .then_refused(&SaleRefusal::SeatsTaken { taken: vec![taken("2A"), is_blocked], alternatives }.into());
}

#[test]
fn a_full_cabin_has_no_alternatives() {
    let full = selling().after(&place(1, &[exactly(200, &["1A", "1B"])]));
    let refusal = SaleRefusal::SeatsTaken { taken: vec![taken("1B")], alternatives: vec![] };
    full.when(&place(7, &[exactly(200, &["1B"])])).then_refused(&refusal.into());
}

#[test]
fn a_seat_that_the_flight_has_not_is_refused() {
    let unknown = |text| no_such_seat(text).into();
    selling().when(&place(7, &[exactly(100, &["99Z"])])).then_refused(&unknown("99Z"));
    selling().when(&place(7, &[exactly(100, &["2A", "99Z"])])).then_refused(&unknown("99Z"));
    selling().when(&place(7, &[preferring(100, &["99Z"], 1)])).then_refused(&unknown("99Z"));
    selling().when(&place(7, &[preferring(100, &["2A", "99Z"], 1)])).then_refused(&unknown("99Z"));
}

#[test]
fn a_class_that_the_flight_has_not_is_refused() {
    let refusal = SaleRefusal::NoSuchClass { flight_number: "AA100".to_owned(), class: class("first") };
    selling().when(&place(7, &[in_class(100, "first", 1)])).then_refused(&refusal.into());
}

#[test]
fn a_seat_of_another_class_is_refused() {
    let wrong = Wanted { class: Some(class("business")), ..exactly(100, &["2A"]) };
    selling().when(&place(7, &[wrong])).then_refused(&no_such_seat("2A").into());
}

#[test]
fn there_is_one_seat_for_each_passenger() {
    let named =
        |seats: &[&str], passengers| Wanted { seats: Seats::Exactly(numbers(seats)), ..any(100, passengers) };
    for (seats, passengers, counted) in
        [(vec!["2A"], 2, 1), (vec!["2A", "2B"], 1, 2), (vec![], 1, 0), (vec!["2A", "2A"], 2, 1)]
    {
        let refusal = SaleRefusal::SeatCount { seats: counted, passengers };
        selling().when(&place(7, &[named(&seats, passengers)])).then_refused(&refusal.into());
    }
}

#[test]
fn a_price_other_than_expected_is_refused() {
    for expected in [usd(19_999), usd(20_001), Money::of(20_000, Currency::EUR)] {
        let ordered =
            PlaceBooking { expected_total: Some(expected), ..ordering(7, &[exactly(100, &["2A"])]) };
        let refusal = SaleRefusal::PriceChanged { expected, now: usd(20_000) };
        selling().when(&asking(ordered)).then_refused(&refusal.into()).touching(&[
            touch_tenant(),
            touch_flight(100),
            touch_seat(100, "2A"),
        ]);
    }
}

#[test]
fn two_currencies_make_no_booking() {
    let case = place(7, &[any(100, 1), any(300, 1)]);
    selling().when(&case).then_refused(&SaleRefusal::MixedCurrencies.into());
}

#[test]
fn a_sum_beyond_counting_makes_no_booking() {
    let dear = selling().and(tenant(1), &[scheduled(500, rows(1, 1, "AB", i64::MAX, Currency::USD))]);
    dear.when(&place(7, &[any(500, 2)])).then_refused(&SaleRefusal::SumTooLarge.into());
}

#[test]
fn an_order_for_nothing_is_refused() {
    selling().when(&place(7, &[])).then_refused(&BookingRefusal::NothingOrdered.into());
    selling().when(&place(7, &[any(100, 0)])).then_refused(&BookingRefusal::NothingOrdered.into());
}

#[test]
fn a_tenant_that_may_not_sell_sells_nothing() {
    let case = place(7, &[any(100, 1)]);
    let pending = given(&[registered(1), scheduled(100, cabins())]);
    let absent = given(&[scheduled(100, cabins())]);
    pending.when(&case).then_refused(&TenantRefusal::NotActive.into()).touching(&[touch_tenant()]);
    absent.when(&case).then_refused(&TenantRefusal::NotFound.into()).touching(&[touch_tenant()]);
}

#[test]
fn a_refused_second_flight_leaves_nothing_of_the_first() {
    let text = "there is no flight 00000000-0000-0000-0000-0000000003e7";
    let outcome =
        selling().when(&place(7, &[exactly(100, &["2A"]), any(999, 1)])).then_refused(&unavailable(text));
    outcome.touching(&[touch_tenant(), touch_flight(100), touch_seat(100, "2A"), touch_flight(999)]);
}

#[test]
fn a_seat_hoped_for_by_one_request_is_taken_for_the_next() {
    let (first, second) = (place(1, &[exactly(100, &["2A"])]), place(2, &[exactly(100, &["2A"])]));
    let alternatives = offers(&["2B", "2C", "2D", "3A", "3B", "3C"]);
    let refusal: Refusal = SaleRefusal::SeatsTaken { taken: vec![taken("2A")], alternatives }.into();

    let mut world = selling().world();
    world.hope(1, &decide(&world, tenant(1), &first).drafted.events);
    decide(&world, tenant(1), &second).then_refused(&refusal);
    world.despair();
    decide(&world, tenant(1), &second).then_seats(&["2A"]);

    let world = selling().world();
    let mut draft = Draft::new(&world, tenant(1));
    assert_eq!(first.decide(&mut draft), Ok(()));
    assert_eq!(second.decide(&mut draft), Err(refusal));
}

#[test]
fn codes_tell_programs_what_kind_of_no_it_is() {
    let (flight_number, price) = ("AA100".to_owned(), usd(1));
    let taken = SaleRefusal::SeatsTaken { taken: vec![taken("2A"), taken("2B")], alternatives: vec![] };
    assert_eq!(taken.to_string(), "seat 2A, 2B is taken");
    for (refusal, code, kind) in [
        (SaleRefusal::FlightUnavailable(String::new()), "FLIGHT_UNAVAILABLE", RefusalKind::Conflict),
        (taken, "SEAT_TAKEN", RefusalKind::Conflict),
        (SaleRefusal::PriceChanged { expected: price, now: price }, "PRICE_CHANGED", RefusalKind::Conflict),
        (no_such_seat("2A"), "SEAT_UNKNOWN", RefusalKind::Wrong),
        (
            SaleRefusal::NoSuchClass { flight_number, class: class("first") },
            "CLASS_UNKNOWN",
            RefusalKind::Wrong,
        ),
        (SaleRefusal::SeatCount { seats: 1, passengers: 2 }, "SEAT_COUNT_MISMATCH", RefusalKind::Wrong),
        (SaleRefusal::MixedCurrencies, "MIXED_CURRENCIES", RefusalKind::Wrong),
        (SaleRefusal::SumTooLarge, "SUM_TOO_LARGE", RefusalKind::Wrong),
    ] {
        let refusal = Refusal::from(refusal);
        assert_eq!((refusal.code(), refusal.kind()), (code, kind));
    }
}

fn unavailable(text: &str) -> Refusal {
    SaleRefusal::FlightUnavailable(text.to_owned()).into()
}

fn no_such_seat(text: &str) -> SaleRefusal {
    SaleRefusal::NoSuchSeat { flight_number: "AA100".to_owned(), seat_number: seat(text) }
}

fn taken(text: &str) -> TakenSeat {
    TakenSeat { seat_number: seat(text), status: "taken", since: Some(NOW) }
}

fn offers(seats: &[&str]) -> Vec<SeatOffer> {
    let offer =
        |text: &&str| SeatOffer { seat_number: seat(text), class: class("economy"), price: usd(20_000) };
    seats.iter().map(offer).collect()
}
