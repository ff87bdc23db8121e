//! Holds: placed, extended, let go, run out, and bounded for each customer.

use chrono::TimeDelta;

use super::*;
use crate::booking::{BookingRefusal, Ending};
use crate::customer::CustomerRefusal;
use crate::refusal::SaleRefusal;
use crate::values::Actor;

#[test]
fn holding_claims_the_units_and_counts_the_hold() {
    selling().when(&hold(1, &wanted())).then_events(&[
        "seat.claimed",
        "pool.claimed",
        "booking.held",
        "customer.hold_opened",
    ]);
    let held = selling().after(&hold(1, &wanted()));
    assert_eq!(held.holder(100, "2A"), Some(id(1)));
    let Booking::Held(hold) = held.booking(1) else { panic!("it is held") };
    assert_eq!(hold.agreement.passengers, []);
    assert!(hold.agreement.live().all(|agreed| agreed.item.passenger_id.is_none()));
    assert_eq!((hold.until, hold.agreement.total_price), (until(), Money::of(50_000, Currency::USD)));
}

#[test]
fn what_is_held_cannot_be_had_by_others() {
    let outcome =
        selling().after(&hold(1, &[exactly(100, &["2A"])])).when(&place(2, &[exactly(100, &["2A"])]));
    assert!(matches!(outcome.refusal, Some(Refusal::Sale(SaleRefusal::SeatsTaken { .. }))));
}

#[test]
fn a_hold_is_placed_at_its_price_and_is_counted_no_more() {
    let held = selling().after(&hold(1, &wanted()));
    held.when(&place_held(1, 2, NOW)).then_events(&["booking.created", "customer.hold_closed"]);
    let placed = held.after(&place_held(1, 2, NOW));
    let Booking::Created(agreement) = placed.booking(1) else { panic!("it awaits its payment") };
    assert_eq!(agreement.passengers, [id(1), id(2)]);
    let travellers: Vec<_> = agreement.live().map(|agreed| agreed.item.passenger_id).collect();
    assert_eq!(travellers, [Some(id(1)), Some(id(2))]);
    assert_eq!(placed.holder(100, "2A"), Some(id(1)));
    placed.when(&place_held(1, 2, NOW)).then_refused(&BookingRefusal::HoldWasPlaced.into());
}

#[test]
fn a_hold_that_ran_out_or_fits_not_is_not_placed() {
    let held = selling().after(&hold(1, &wanted()));
    let ran_out = BookingRefusal::HoldRanOut { until: until() };
    held.when(&place_held(1, 2, until())).then_refused(&ran_out.into());
    let too_many = SaleRefusal::SeatCount { seats: 1, passengers: 2 };
    let twice = selling().after(&hold(1, &[exactly(100, &["2A"])]));
    twice.when(&place_held(1, 2, NOW)).then_refused(&too_many.into());
    selling().when(&place_held(1, 1, NOW)).then_refused(&BookingRefusal::NotFound.into());
    let PlaceHeld { booking_id, passengers, .. } = placing(1, 2, NOW);
    let other = PlaceHeld { by: customer(2), booking_id, passengers, ..placing(1, 2, NOW) };
    held.when(&UseCase::PlaceHeld(Box::new(other))).then_refused(&BookingRefusal::NotFound.into());
    let dearer = PlaceHeld { expected_total: Some(Money::of(1, Currency::USD)), ..placing(1, 2, NOW) };
    let outcome = held.when(&UseCase::PlaceHeld(Box::new(dearer)));
    assert!(matches!(outcome.refusal, Some(Refusal::Sale(SaleRefusal::PriceChanged { .. }))));
}

#[test]
fn letting_a_hold_go_frees_its_units() {
    let held = selling().after(&hold(1, &wanted()));
    held.when(&change(1, customer(1), BookingChange::ReleaseHold)).then_events(&[
        "booking.hold_released",
        "seat.released",
        "pool.released",
        "customer.hold_closed",
    ]);
    let released = held.after(&change(1, customer(1), BookingChange::ReleaseHold));
    assert_eq!(released.holder(100, "2A"), None);
    released.when(&change(1, customer(1), BookingChange::ReleaseHold)).then_nothing();
}

#[test]
fn a_hold_runs_out() {
    let expire = |now| UseCase::ExpireBooking(ExpireBooking { booking_id: id(1), now });
    let held = selling().after(&hold(1, &wanted()));
    held.when(&expire(until())).then_events(&[
        "booking.expired",
        "seat.released",
        "pool.released",
        "customer.hold_closed",
    ]);
    let over = held.after(&expire(until()));
    assert!(matches!(over.booking(1), Booking::Ended(Ending::Expired, _)));
    over.when(&expire(until())).then_nothing();
}

#[test]
fn a_hold_is_extended_once_by_as_long_as_it_lasted() {
    let held = selling().after(&hold(1, &wanted())).after(&change(1, customer(1), BookingChange::ExtendHold));
    let Booking::Held(hold) = held.booking(1) else { panic!("it is held") };
    assert_eq!((hold.until, hold.extensions), (until() + TimeDelta::minutes(10), 1));
    let often = BookingRefusal::HoldExtendedOften { max: 1 };
    held.when(&change(1, customer(1), BookingChange::ExtendHold)).then_refused(&often.into());
}

#[test]
fn a_customer_has_three_holds_at_most() {
    let seats = ["2A", "2B", "3A", "3B"];
    let mut holding = selling();
    for (n, seat) in (1..).zip(&seats[..3]) {
        holding = holding.after(&hold_of(n, &[exactly(100, &[seat])]));
    }
    let full = CustomerRefusal::TooManyHolds { open: 3 };
    holding.when(&hold_of(4, &[exactly(100, &["3B"])])).then_refused(&full.into());
    let one_less = holding.after(&change(1, customer(1), BookingChange::ReleaseHold));
    assert_eq!(one_less.when(&hold_of(4, &[exactly(100, &["3B"])])).refusal, None);
}

#[test]
fn a_hold_needs_its_customer_and_what_it_holds() {
    let families = hold(1, &wanted()).needs(tenant(1), &selling().world());
    assert!(families.contains(&Family::Customer(tenant(1), customer_of(1))));
    let held = selling().after(&hold(1, &wanted())).world();
    for case in [place_held(1, 1, NOW), change(1, customer(1), BookingChange::ReleaseHold)] {
        let families = case.needs(tenant(1), &held);
        assert!(families.contains(&Family::Customer(tenant(1), customer_of(1))), "{families:?}");
        assert!(families.contains(&Family::Departure(id(100))), "{families:?}");
    }
}

/// Seat 2A and a place in the lounge of flight 100.
fn wanted() -> [Wanted; 2] {
    [exactly(100, &["2A"]), in_class(100, "lounge", 1)]
}

fn until() -> DateTime<Utc> {
    NOW + TimeDelta::minutes(10)
}

/// Hold `n` of customer `n`.
pub(super) fn hold(n: u128, wanted: &[Wanted]) -> UseCase {
    UseCase::HoldBooking(Box::new(holding(n, wanted)))
}

fn holding(n: u128, wanted: &[Wanted]) -> HoldBooking {
    let PlaceBooking { booking_id, references, user_id, customer_id, by, wanted, fresh, now, .. } =
        ordering(n, wanted);
    let expected_total = None;
    HoldBooking { booking_id, references, user_id, customer_id, by, wanted, expected_total, fresh, now }
}

/// Hold `n` of customer 1.
fn hold_of(n: u128, wanted: &[Wanted]) -> UseCase {
    UseCase::HoldBooking(Box::new(HoldBooking {
        customer_id: customer_of(1),
        by: customer(1),
        ..holding(n, wanted)
    }))
}

fn placing(n: u128, passengers: u128, now: DateTime<Utc>) -> PlaceHeld {
    PlaceHeld {
        booking_id: id(n),
        by: customer(n),
        passengers: (1..=passengers).map(passenger).collect(),
        special_requests: None,
        notes: None,
        expected_total: None,
        now,
    }
}

pub(super) fn place_held(n: u128, passengers: u128, now: DateTime<Utc>) -> UseCase {
    UseCase::PlaceHeld(Box::new(placing(n, passengers, now)))
}

fn change(n: u128, by: Actor, change: BookingChange) -> UseCase {
    UseCase::ChangeBooking(Box::new(ChangeBooking { booking_id: id(n), by, change, now: NOW }))
}
