//! Placing a booking: what is chosen, claimed and created.

use chrono::TimeDelta;

use super::*;
use crate::booking::samples::{PAYMENT_WINDOW, hour, usd};
use crate::booking::{Awaiting, Claim, Item, Passenger, PassengerKind};
use crate::values::{PriceKind, PriceLine, RefundTier, Span, Terms};
use crate::world::{NameKind, NewName};

#[test]
fn placing_claims_the_seats_and_creates_the_booking_in_one_commit() {
    let case = place(7, &[exactly(100, &["2A", "3D"])]);
    let outcome = selling().when(&case).then(&[
        placed(1, claimed(7, "2A", 7_000)),
        placed(1, claimed(7, "3D", 7_002)),
        placed(1, created(two_seats())),
    ]);
    let owner = StreamId::Booking(id(7));
    assert_eq!(outcome.drafted.names, [NewName { name: named(7), owner: owner.clone() }]);
    outcome.touching(&[
        touch_tenant(),
        touch_flight(100),
        touch_seat(100, "2A"),
        touch_seat(100, "3D"),
        Touch::Stream(owner),
    ]);
}

#[test]
fn exactly_the_seats_named_are_given_in_the_order_of_the_passengers() {
    selling().when(&place(7, &[exactly(100, &["3D", "2A"])])).then_seats(&["3D", "2A"]);
    selling().when(&place(7, &[exactly(100, &["1A", "2A"])])).then_seats(&["1A", "2A"]);
}

#[test]
fn a_wish_is_granted_as_far_as_it_is_free() {
    let taken = selling().after(&place(1, &[exactly(100, &["2B"])]));
    taken.when(&place(7, &[preferring(100, &["2A", "3C"], 2)])).then_seats(&["2A", "3C"]);
    taken.when(&place(7, &[preferring(100, &["2B", "3C"], 2)])).then_seats(&["3C", "2A"]);
    taken.when(&place(7, &[preferring(100, &["2B"], 2)])).then_seats(&["2C", "2D"]);
    taken.when(&place(7, &[preferring(100, &["2A", "3A", "3B"], 2)])).then_seats(&["2A", "3A"]);
}

#[test]
fn a_seat_wished_for_twice_is_given_once() {
    selling().when(&place(7, &[preferring(100, &["3A", "3A"], 2)])).then_seats(&["3A", "2A"]);
}

#[test]
fn the_cabin_of_the_first_wish_is_kept() {
    let taken = selling().after(&place(1, &[exactly(100, &["1A"])]));
    taken.when(&place(7, &[preferring(100, &["1A"], 1)])).then_seats(&["1B"]);
    taken.when(&place(7, &[preferring(100, &["1B", "2A"], 1)])).then_seats(&["1B"]);
}

#[test]
fn any_seats_are_the_best_together_in_the_cheapest_cabin_with_room_for_all() {
    let taken = selling().after(&place(1, &[exactly(100, &["2B"])]));
    selling().when(&place(7, &[any(100, 2)])).then_seats(&["2A", "2B"]);
    taken.when(&place(7, &[any(100, 2)])).then_seats(&["2C", "2D"]);
    taken.when(&place(7, &[any(100, 4)])).then_seats(&["3A", "3B", "3C", "3D"]);

    let full = taken.after(&place(2, &[any(100, 7)]));
    let order = full.when(&place(7, &[any(100, 3)])).order();
    assert_eq!((order.seats, order.total_price), (vec![], usd(90_000)));
}

#[test]
fn a_class_is_kept_to() {
    selling().when(&place(7, &[in_class(100, "business", 1)])).then_seats(&["1A"]);
    let business = Wanted { class: Some(class("business")), ..exactly(100, &["1B"]) };
    selling().when(&place(7, &[business])).then_seats(&["1B"]);
}

#[test]
fn places_of_a_pool_are_claimed_one_for_each_passenger() {
    let wanted = in_class(100, "lounge", 2);
    let outcome = selling().when(&place(7, &[wanted]));
    let claims = [placed(2, claimed_place(7, 7_000)), placed(3, claimed_place(7, 7_002))];
    assert_eq!(outcome.drafted.events[..2], claims);

    let order = outcome.order();
    assert_eq!((order.seats.len(), order.items.len(), order.total_price), (0, 2, usd(60_000)));
    let units: Vec<Claim> = order.items.into_iter().map(|item| item.claim).collect();
    assert_eq!(units, [lounge_claim(7_001), lounge_claim(7_003)]);
}

#[test]
fn a_pool_is_sold_up_to_its_overbooking_limit() {
    let sold = selling().after(&place(1, &[in_class(100, "lounge", 2)]));
    assert_eq!(sold.when(&place(7, &[in_class(100, "lounge", 1)])).order().total_price, usd(30_000));
}

#[test]
fn one_booking_holds_seats_on_two_flights() {
    let order = selling().when(&place(7, &[exactly(100, &["2A"]), any(200, 1)])).order();
    assert_eq!(order.seats, [seat("2A"), seat("1A")]);
    assert_eq!(order.flight_id, Some(id(100)));
    assert_eq!(order.flights, [flight(100, departs(100)), flight(200, departs(200))]);
    assert_eq!(order.total_price, usd(45_000));
    let passengers: Vec<_> = order.items.iter().map(|item| item.passenger_id).collect();
    assert_eq!(passengers, [Some(id(1)), Some(id(1))]);
}

#[test]
fn a_flight_wanted_twice_gives_different_units_and_stands_once() {
    let case = place(7, &[any(100, 2), any(100, 2), in_class(100, "lounge", 1), in_class(100, "lounge", 2)]);
    let outcome = selling().when(&case);
    let order = outcome.order();
    assert_eq!(order.seats, numbers(&["2A", "2B", "2C", "2D"]));
    assert_eq!(order.flights, [flight(100, departs(100))]);
    let pool = StreamId::Pool(id(100), class("lounge"));
    let places = outcome.drafted.events.iter().filter(|placed| placed.stream == pool);
    assert_eq!(places.map(|placed| placed.sequence).collect::<Vec<_>>(), [2, 3, 4]);
}

#[test]
fn an_infant_travels_without_an_item() {
    let mut ordered = ordering(7, &[exactly(100, &["2A"])]);
    let infant = Passenger { kind: PassengerKind::Infant, ..passenger(2) };
    ordered.passengers.push(infant.clone());
    let order = selling().when(&asking(ordered)).order();
    assert_eq!(order.passengers, [passenger(1), infant]);
    assert_eq!((order.items.len(), order.total_price), (1, usd(20_000)));
}

#[test]
fn an_expected_total_that_is_still_right_is_no_obstacle() {
    let wanted = [exactly(100, &["2A", "2B"])];
    let ordered = PlaceBooking { expected_total: Some(usd(40_000)), ..ordering(7, &wanted) };
    selling().when(&asking(ordered)).then_seats(&["2A", "2B"]);
}

#[test]
fn a_booking_for_nothing_is_confirmed_at_once() {
    let free = selling().and(tenant(1), &[scheduled(500, rows(1, 1, "AB", 0, Currency::USD))]);
    let outcome = free.when(&place(7, &[exactly(500, &["1A"])]));
    let order = outcome.order();
    assert_eq!((order.awaiting, order.payment_due_at, order.total_price), (None, None, usd(0)));
    let stored: Vec<_> = outcome.drafted.events.iter().map(|placed| placed.event.name()).collect();
    assert_eq!(stored, ["seat.claimed", "booking.created", "booking.confirmed"]);
    assert_eq!(outcome.drafted.events[2].sequence, 2);
}

#[test]
fn a_reference_known_to_be_anothers_is_skipped() {
    let case = place(7, &[exactly(100, &["2A"])]);
    let (mine, other) = (StreamId::Booking(id(7)), StreamId::Booking(id(8)));
    let reference_of = |given: Given| given.when(&case).order().booking_reference;

    assert_eq!(reference_of(selling().named(named(7), &other)), reference(1_000));
    assert_eq!(reference_of(selling().named(named(7), &mine)), reference(7));
    let foreign = Name { tenant: Some(tenant(2)), ..named(7) };
    assert_eq!(reference_of(selling().named(foreign, &other)), reference(7));
    let all = selling().named(named(7), &other).named(named(1_000), &other);
    assert_eq!(reference_of(all), reference(1_000), "the last is tried all the same");

    let names = selling().named(named(7), &other).when(&case).drafted.names;
    assert_eq!(names, [NewName { name: named(1_000), owner: mine }]);
}

#[test]
fn a_seat_that_was_given_back_is_sold_again() {
    let cancel = CancelBooking {
        booking_id: id(1),
        by: customer(1),
        reason: "user_requested".to_owned(),
        comments: None,
        now: NOW,
    };
    let given_back =
        selling().after(&place(1, &[exactly(100, &["2A"])])).after(&UseCase::CancelBooking(cancel));
    given_back.when(&place(7, &[exactly(100, &["2A"])])).then_seats(&["2A"]);
}

fn named(n: u32) -> Name {
    let value = reference(n).to_string();
    Name { tenant: Some(tenant(1)), kind: NameKind::BookingReference, value }
}

/// What [`placing_claims_the_seats_and_creates_the_booking_in_one_commit`] creates.
fn two_seats() -> Order {
    Order {
        booking_id: id(7),
        booking_reference: reference(7),
        user_id: Some(id(7)),
        customer_id: customer_of(7),
        flight_id: Some(id(100)),
        flights: vec![flight(100, departs(100))],
        items: vec![item(1, "2A", 7_000), item(2, "3D", 7_002)],
        passengers: vec![passenger(1), passenger(2)],
        seats: numbers(&["2A", "3D"]),
        total_price: usd(40_000),
        currency: Currency::USD,
        special_requests: None,
        notes: None,
        awaiting: Some(Awaiting::Payment),
        payment_due_at: Some(NOW + PAYMENT_WINDOW),
    }
}

fn item(passenger: u128, seat_number: &str, fresh: u128) -> Item {
    let (claim_id, flight_id, seat_number) = (id(fresh + 1), id(100), seat(seat_number));
    let until_cutoff = RefundTier { until_minutes_before: 1_440, percent: 100 };
    Item {
        item_id: id(fresh),
        claim: Claim::Seat { claim_id, flight_id, class: class("economy"), seat_number, span: span() },
        passenger_id: Some(id(passenger)),
        price_lines: vec![PriceLine { kind: PriceKind::Fare, price: usd(20_000) }],
        terms: Terms { cancel_cutoff_minutes: 1_440, refund_tiers: vec![until_cutoff] },
    }
}

fn lounge_claim(claim_id: u128) -> Claim {
    let (claim_id, class) = (id(claim_id), class("lounge"));
    Claim::Pool { claim_id, flight_id: id(100), class, units: 1, span: span() }
}

fn span() -> Span {
    Span::new(hour(departs(100)), hour(departs(100)) + TimeDelta::hours(3)).unwrap()
}

fn claimed(booking: u128, seat_number: &str, fresh: u128) -> Event {
    Event::Seat(SeatEvent::Claimed {
        flight_id: id(100),
        seat_number: seat(seat_number),
        class: class("economy"),
        claim_id: id(fresh + 1),
        booking_id: id(booking),
        item_id: id(fresh),
        claimed_at: NOW,
    })
}

fn claimed_place(booking: u128, fresh: u128) -> Event {
    Event::Pool(PoolEvent::Claimed {
        flight_id: id(100),
        class: class("lounge"),
        claim_id: id(fresh + 1),
        booking_id: id(booking),
        item_id: id(fresh),
        units: 1,
        claimed_at: NOW,
    })
}

fn created(order: Order) -> Event {
    Event::Booking(BookingEvent::Created { order: Box::new(order), created_by: customer(7), created_at: NOW })
}
