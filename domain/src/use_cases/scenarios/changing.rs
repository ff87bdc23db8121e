//! Bookings that are changed: moved, exchanged, extended, given up in part, and stood up again.

use super::*;
use crate::booking::samples::{DEPARTS, PAYMENT_WINDOW, hour, staff};
use crate::booking::{BookingRefusal, DetailsChange, Ending, ItemStatus, Step};
use crate::refusal::SaleRefusal;
use crate::values::{Actor, ItemId, PriceKind, PriceLine};

#[test]
fn moving_to_another_seat_frees_the_old_one_and_keeps_the_price() {
    let moving = move_to(Moved::One(item(1)), 100, Seats::Exactly(numbers(&["3A"])));
    sold().when(&moving).then_events(&["seat.released", "seat.claimed", "booking.item_moved"]);
    let moved = sold().after(&moving);
    assert_eq!((moved.holder(100, "2A"), moved.holder(100, "3A")), (None, Some(id(1))));
    assert_eq!(total(&moved), 40_000);
    moved.when(&moving).then_nothing();
}

#[test]
fn a_party_moves_up_by_one_seat_although_it_sits_there_itself() {
    let up = Seats::Exactly(numbers(&["2B", "2C"]));
    let moved = sold().after(&move_to(Moved::OfFlight(None), 100, up));
    let holders = ["2A", "2B", "2C"].map(|seat| moved.holder(100, seat).is_some());
    assert_eq!(holders, [false, true, true]);
}

#[test]
fn another_class_costs_the_difference() {
    let firm = sold().after(&confirm());
    let upgraded = firm.after(&move_to(Moved::One(item(1)), 100, Seats::Exactly(numbers(&["1A"]))));
    assert_eq!(total(&upgraded), 70_000);
    assert!(matches!(upgraded.booking(1), Booking::Created(_)), "it waits for the difference");
    let expire = UseCase::ExpireBooking(ExpireBooking { booking_id: id(1), now: hour(DEPARTS) });
    upgraded.when(&expire).then_refused(&BookingRefusal::NeverExpires.into());
    assert!(matches!(upgraded.after(&confirm()).booking(1), Booking::Confirmed(_)));
}

#[test]
fn rescheduling_moves_all_that_is_on_a_flight() {
    let moving = move_to(Moved::OfFlight(Some(id(100))), 200, Seats::Preferring(vec![]));
    let moved = sold().after(&moving);
    assert_eq!(moved.holder(100, "2A"), None);
    assert_eq!((moved.holder(200, "1A"), moved.holder(200, "1B")), (Some(id(1)), Some(id(1))));
    assert_eq!(total(&moved), 50_000, "the fares of the new flight");
    let other = move_to(Moved::OfFlight(Some(id(300))), 200, Seats::Preferring(vec![]));
    sold().when(&other).then_refused(&BookingRefusal::NoSuchItem.into());
}

#[test]
fn each_class_moves_into_its_own() {
    let mixed = selling().and(tenant(1), &[scheduled(400, cabins())]);
    let mixed = mixed.after(&place(1, &[exactly(100, &["1A", "2A"])]));
    let moved = mixed.after(&move_to(Moved::OfFlight(None), 400, Seats::Preferring(vec![])));
    assert_eq!((moved.holder(400, "1A"), moved.holder(400, "2A")), (Some(id(1)), Some(id(1))));
    assert_eq!(total(&moved), 70_000);
}

#[test]
fn a_move_that_cannot_be_leaves_everything_as_it_is() {
    let taken = sold().after(&place(2, &[exactly(100, &["3A"])]));
    let outcome = taken.when(&move_to(Moved::One(item(1)), 100, Seats::Exactly(numbers(&["3A"]))));
    assert!(matches!(outcome.refusal, Some(Refusal::Sale(SaleRefusal::SeatsTaken { .. }))));
    assert_eq!(outcome.drafted.events, []);
    let full = sold().after(&place(2, &[exactly(200, &["1A"])]));
    let outcome = full.when(&move_to(Moved::OfFlight(None), 200, Seats::Preferring(vec![])));
    assert!(matches!(outcome.refusal, Some(Refusal::Sale(SaleRefusal::FlightUnavailable(_)))));
    let euros = sold().when(&move_to(Moved::OfFlight(None), 300, Seats::Preferring(vec![])));
    euros.then_refused(&BookingRefusal::MixedCurrencies.into());
}

#[test]
fn two_items_exchange_their_seats() {
    let swap =
        |a, b| change(customer(1), BookingChange::SwapSeats { items: [item(a), item(b)], fresh: id(91) });
    sold().when(&swap(1, 2)).then_events(&[
        "seat.released",
        "seat.released",
        "seat.claimed",
        "seat.claimed",
        "booking.item_moved",
        "booking.item_moved",
    ]);
    let swapped = sold().after(&swap(1, 2));
    let seats = |given: &Given| {
        let booking = given.booking(1);
        booking.live_items().map(|item| item.claim.seat_number().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        (seats(&sold()), seats(&swapped)),
        (vec!["2A".into(), "2B".into()], vec!["2B".into(), "2A".into()])
    );
    sold().when(&swap(1, 1)).then_nothing();
    sold().when(&swap(1, 9)).then_refused(&BookingRefusal::NoSuchItem.into());
    let two = selling().after(&place(1, &[exactly(100, &["2A"]), exactly(200, &["1A"])]));
    two.when(&swap(1, 2)).then_refused(&SaleRefusal::NotOnOneFlight.into());
}

#[test]
fn an_item_is_added_for_a_newcomer_and_for_who_is_there() {
    let add = |wanted: Wanted, newcomers: Vec<crate::booking::Passenger>| {
        let fresh = (0..10).map(|n| id(8_000 + n)).collect();
        change(
            customer(1),
            BookingChange::AddItems(Box::new(AddItems { wanted: vec![wanted], newcomers, fresh })),
        )
    };
    let newcomer = Wanted { passengers: vec![id(7)], ..exactly(100, &["3A"]) };
    let added = add(newcomer.clone(), vec![passenger(7)]);
    sold().when(&added).then_events(&["seat.claimed", "booking.item_added"]);
    let more = sold().after(&added);
    assert_eq!((total(&more), more.booking(1).agreement().unwrap().passengers.len()), (60_000, 3));
    sold().when(&add(newcomer, vec![])).then_refused(&BookingRefusal::NoSuchPassenger.into());
    let back = sold().after(&add(any(200, 2), vec![]));
    assert_eq!(back.booking(1).live_items().count(), 4);
}

#[test]
fn one_of_several_items_is_given_up_and_the_last_one_ends_the_booking() {
    let give_up = |n| {
        let reason = "user_requested".to_owned();
        change(customer(1), BookingChange::CancelItem { item_id: item(n), reason })
    };
    sold().when(&give_up(1)).then_events(&["booking.item_cancelled", "seat.released"]);
    let half = sold().after(&give_up(1));
    assert_eq!((half.holder(100, "2A"), half.holder(100, "2B")), (None, Some(id(1))));
    half.when(&give_up(1)).then_nothing();
    half.when(&give_up(2)).then_events(&["booking.cancelled", "seat.released"]);
    assert!(matches!(half.after(&give_up(2)).booking(1), Booking::Ended(Ending::Cancelled, _)));
}

#[test]
fn declining_frees_the_units() {
    let decline =
        change(staff(), BookingChange::Decline { reason: "not_available".to_owned(), comments: None });
    sold().when(&decline).then_events(&["booking.declined", "seat.released", "seat.released"]);
    sold().after(&decline).when(&decline).then_nothing();
}

#[test]
fn what_was_cancelled_stands_again_in_the_same_seats() {
    let reinstate = || BookingChange::Reinstate { fresh: id(71) };
    let again = || change(staff(), reinstate());
    let cancel = UseCase::CancelBooking(CancelBooking {
        booking_id: id(1),
        by: customer(1),
        reason: "user_requested".to_owned(),
        comments: None,
        now: NOW,
    });
    let cancelled = sold().after(&confirm()).after(&cancel);
    cancelled.when(&again()).then_events(&["booking.reinstated", "seat.claimed", "seat.claimed"]);
    let stands = cancelled.clone().after(&again());
    assert!(matches!(stands.booking(1), Booking::Created(_)), "what came back is asked for again");
    assert_eq!(stands.holder(100, "2A"), Some(id(1)));
    stands.when(&again()).then_nothing();

    let resold = sold().after(&confirm()).after(&cancel).after(&place(2, &[exactly(100, &["2B"])]));
    let outcome = resold.when(&again());
    let Some(Refusal::Sale(SaleRefusal::SeatsTaken { taken, .. })) = outcome.refusal else {
        panic!("2B is gone")
    };
    assert_eq!(taken.iter().map(|one| one.seat_number.to_string()).collect::<Vec<_>>(), ["2B"]);
    let late = change_at(hour(DEPARTS), staff(), reinstate());
    let outcome = cancelled.when(&late);
    assert!(matches!(outcome.refusal, Some(Refusal::Sale(SaleRefusal::FlightUnavailable(_)))));
}

#[test]
fn each_leg_is_checked_in_by_itself_when_it_is_open() {
    let two = selling().after(&place(1, &[exactly(100, &["2A"]), exactly(200, &["1A"])])).after(&confirm());
    let check_in =
        |now, items| change_at(now, customer(1), BookingChange::Fulfil { items, step: Step::CheckIn });
    let open = hour(DEPARTS - 1);
    let every = check_in(open, Items::Every);
    two.when(&every).then_events(&["booking.item_checked_in"]);
    let statuses = |given: &Given| {
        let booking = given.booking(1);
        booking.agreement().unwrap().items.iter().map(|agreed| agreed.status).collect::<Vec<_>>()
    };
    assert_eq!(statuses(&two.after(&every)), [ItemStatus::CheckedIn, ItemStatus::Claimed]);

    let two = selling().after(&place(1, &[exactly(100, &["2A"]), exactly(200, &["1A"])])).after(&confirm());
    let named = check_in(open, Items::These(vec![item(1), item(2)]));
    let closed = BookingRefusal::CheckInClosed { opens_at: hour(240 - 24), closes_at: hour(240) };
    two.when(&named).then_refused(&closed.into());
    let early = BookingRefusal::CheckInClosed { opens_at: hour(DEPARTS - 24), closes_at: hour(DEPARTS) };
    two.when(&check_in(NOW, Items::Every)).then_refused(&early.into());
}

#[test]
fn a_booking_of_another_customer_is_not_there_to_change() {
    let details =
        || BookingChange::ChangeDetails(DetailsChange { notes: Some(None), ..DetailsChange::default() });
    let absent = BookingRefusal::NotFound.into();
    sold().when(&change(customer(2), details())).then_refused(&absent);
    sold().when(&change(customer(1), details())).then_events(&["booking.details_changed"]);
    sold().when(&change(staff(), details())).then_events(&["booking.details_changed"]);
    decide(&sold().world(), tenant(2), &change(staff(), details())).then_refused(&absent);
}

#[test]
fn a_discount_is_taken_off() {
    let price_line = PriceLine { kind: PriceKind::Discount, price: Money::of(-10_000, Currency::USD) };
    let adjust = change(staff(), BookingChange::AdjustPrice { price_line, reason: "goodwill".to_owned() });
    assert_eq!(total(&sold().after(&adjust)), 30_000);
}

#[test]
fn a_change_needs_the_flights_that_it_may_touch() {
    let world = sold().world();
    let needs = |case: &UseCase| case.needs(tenant(1), &world);
    let details = BookingChange::ChangeDetails(DetailsChange::default());
    assert_eq!(needs(&change(customer(1), details)), [Family::Tenant(tenant(1)), Family::Booking(id(1))]);
    let moving = needs(&move_to(Moved::OfFlight(None), 200, Seats::Preferring(vec![])));
    for flight in [100, 200] {
        assert!(moving.contains(&Family::Departure(id(flight))), "{moving:?}");
    }
}

/// Seats 2A and 2B of flight 100, placed by customer 1 for passengers 1 and 2.
fn sold() -> Given {
    selling().after(&place(1, &[exactly(100, &["2A", "2B"])]))
}

/// The items of booking 1: fresh ids come in pairs, an item's and a claim's.
fn item(n: u128) -> ItemId {
    id(1_000 + 2 * (n - 1))
}

fn total(given: &Given) -> i64 {
    given.booking(1).agreement().unwrap().total_price.minor
}

fn confirm() -> UseCase {
    UseCase::ConfirmBooking(ConfirmBooking { booking_id: id(1), by: staff(), now: NOW + PAYMENT_WINDOW / 2 })
}

fn move_to(items: Moved, flight: u128, seats: Seats) -> UseCase {
    let moving = MoveItems { items, to_flight: id(flight), class: None, seats, fresh: id(81) };
    change(customer(1), BookingChange::MoveItems(Box::new(moving)))
}

fn change(by: Actor, change: BookingChange) -> UseCase {
    change_at(NOW, by, change)
}

fn change_at(now: DateTime<Utc>, by: Actor, change: BookingChange) -> UseCase {
    UseCase::ChangeBooking(Box::new(ChangeBooking { booking_id: id(1), by, change, now }))
}
