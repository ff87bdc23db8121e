//! Departures that are cancelled, moved, or get other seats, and what becomes of those who booked them.

use super::*;
use crate::booking::samples::{hour, staff};
use crate::booking::{Ending, ItemStatus, Step};
use crate::refusal::SaleRefusal;
use crate::values::{ActorKind, PriceKind, PriceLine};

#[test]
fn a_cancelled_flight_cancels_each_booking_by_the_engine_and_all_comes_back() {
    let cancelled = sold(3).after(&confirm(1)).after(&cancel());
    cancelled.when(&settle(100, 2)).then_events(&[
        "booking.cancelled",
        "seat.released",
        "booking.cancelled",
        "seat.released",
        "departure.bookings_settled",
    ]);
    let settled = cancelled.after(&settle(100, 2)).after(&settle(100, 2));
    settled.when(&settle(100, 2)).then_nothing();
    for n in 1..=3 {
        assert!(matches!(settled.booking(n), Booking::Ended(Ending::Cancelled, _)));
    }
    let refund = |placed: &Placed| {
        let Event::Booking(BookingEvent::Cancelled { refund, cancelled_by, cancellation_reason, .. }) =
            &placed.event
        else {
            return None;
        };
        let why = (cancelled_by.kind, cancellation_reason.as_str());
        assert_eq!(why, (ActorKind::System, "flight_cancelled"));
        Some(refund.estimated_refund_amount.minor)
    };
    let refunds = settled.history.iter().filter_map(refund);
    assert_eq!(refunds.collect::<Vec<_>>(), [20_000, 0, 0], "only the first was paid");
    assert_eq!(numbers_of(&settled), [(2, 2, 1), (1, 1, 0)]);
}

#[test]
fn what_else_a_booking_has_stays() {
    let both = selling().after(&place(1, &[any(100, 1), any(200, 1)])).after(&confirm(1));
    let settled = both.after(&cancel()).after(&settle(100, 9));
    let Booking::Confirmed(agreement) = settled.booking(1) else { panic!("it stands") };
    assert_eq!(
        agreement.items.iter().map(|one| one.status).collect::<Vec<_>>(),
        [ItemStatus::Cancelled, ItemStatus::Claimed]
    );
    assert_eq!((agreement.total_price.minor, agreement.paid.minor), (25_000, 25_000));
    assert_eq!((settled.holder(100, "2A"), settled.holder(200, "1A")), (None, Some(id(1))));
}

#[test]
fn what_was_let_off_does_not_keep_an_item_on_a_cancelled_flight() {
    let price_line = PriceLine { kind: PriceKind::Discount, price: Money::of(-40_000, Currency::USD) };
    let reason = "goodwill".to_owned();
    let adjust = BookingChange::AdjustPrice { price_line, reason };
    let adjust = ChangeBooking { booking_id: id(1), by: staff(), change: adjust, now: NOW };
    let both = selling().after(&place(1, &[any(100, 1), any(200, 1)]));
    let both = both.after(&UseCase::ChangeBooking(Box::new(adjust))).after(&place(2, &[any(100, 1)]));
    let settled = both.after(&cancel()).after(&settle(100, 9));
    let Booking::Confirmed(agreement) = settled.booking(1) else { panic!("nothing is owed any more") };
    assert_eq!((agreement.live().count(), agreement.total_price.minor), (1, 0));
    assert_eq!((settled.holder(100, "2A"), settled.holder(200, "1A")), (None, Some(id(1))));
    assert!(matches!(settled.booking(2), Booking::Ended(..)));
    assert_eq!(displaced(&settled), []);
}

#[test]
fn a_hold_on_a_cancelled_flight_is_let_go_on_all_its_flights() {
    let held = selling().after(&holding::hold(1, &[any(100, 1), any(200, 1)]));
    let settled = held.after(&cancel()).after(&settle(100, 9));
    assert!(matches!(settled.booking(1), Booking::Ended(Ending::Expired, _)));
    assert_eq!((settled.holder(100, "2A"), settled.holder(200, "1A")), (None, None));
}

#[test]
fn a_flight_that_is_moved_takes_its_bookings_along() {
    let moved = sold(2).after(&confirm(1)).after(&reschedule());
    moved.when(&settle(100, 9)).then_events(&[
        "booking.item_moved",
        "booking.item_moved",
        "departure.bookings_settled",
    ]);
    let settled = moved.clone().after(&settle(100, 9));
    settled.when(&settle(100, 9)).then_nothing();
    for n in 1..=2 {
        let booking = settled.booking(n);
        let agreement = booking.agreement().unwrap();
        assert_eq!(agreement.earliest_start(), Some(hour(100)));
        assert_eq!(agreement.total_price.minor, 20_000);
    }
    assert!(matches!(settled.booking(1), Booking::Confirmed(_)));
    assert_eq!(settled.holder(100, "2A"), Some(id(1)));
    let late = moved.after(&place(3, &[any(100, 1)])).when(&settle(100, 9));
    assert_eq!(late.stored().len(), 3, "who booked after the change is right already");
}

#[test]
fn a_hold_is_placed_at_the_time_that_its_flight_has_by_then() {
    let held = selling().after(&holding::hold(1, &[any(100, 1)])).after(&reschedule());
    held.when(&settle(100, 9)).then_events(&["departure.bookings_settled"]);
    let placed = held.after(&settle(100, 9)).after(&holding::place_held(1, 1, NOW));
    assert_eq!(placed.booking(1).agreement().unwrap().earliest_start(), Some(hour(100)));
}

#[test]
fn whoever_sits_where_no_seat_is_any_more_gets_one_as_good_at_the_same_price() {
    let party = selling().after(&place(1, &[exactly(100, &["3A", "3B"])])).after(&confirm(1));
    let party = party.after(&place(2, &[exactly(100, &["2A"])]));
    let smaller = party.after(&change_cabins(economy_of_row_2()));
    smaller.when(&settle(100, 9)).then_events(&[
        "seat.released",
        "seat.claimed",
        "booking.item_moved",
        "seat.released",
        "seat.claimed",
        "booking.item_moved",
        "departure.bookings_settled",
    ]);
    let settled = smaller.after(&settle(100, 9));
    let seats = ["2A", "2B", "2C", "2D", "3A", "3B"].map(|seat| settled.holder(100, seat).is_some());
    assert_eq!(seats, [true, false, true, true, false, false], "the party stays together");
    assert_eq!(settled.booking(1).agreement().unwrap().total_price.minor, 40_000);
    assert_eq!(displaced(&settled), []);
}

#[test]
fn a_higher_class_when_the_own_is_full_and_a_list_when_all_are() {
    let sold = selling().after(&place(1, &[exactly(100, &["2A", "2B", "2C", "2D"])]));
    let sold = [(2, "3A"), (3, "3B"), (4, "3C"), (5, "3D")]
        .iter()
        .fold(sold, |sold, (n, seat)| sold.after(&place(*n, &[exactly(100, &[seat])])));
    let settled =
        sold.after(&change_cabins(economy_of_row_2())).after(&settle(100, 3)).after(&settle(100, 3));
    settled.when(&settle(100, 3)).then_nothing();
    assert_eq!((settled.holder(100, "1A"), settled.holder(100, "1B")), (Some(id(2)), Some(id(3))));
    assert_eq!(displaced(&settled), [(id(4), Some(seat("3C"))), (id(5), Some(seat("3D")))]);
    assert_eq!(settled.holder(100, "3C"), Some(id(4)), "it stays until a person sees to it");
    let taken = settled.when(&place(6, &[exactly(100, &["3A"])]));
    assert!(matches!(taken.refusal, Some(Refusal::Sale(SaleRefusal::NoSuchSeat { .. }))));
}

#[test]
fn nobody_is_moved_to_a_cheaper_class() {
    let sold = selling().after(&place(1, &[exactly(100, &["1A"])]));
    let settled =
        sold.after(&change_cabins(rows(2, 3, "AB CD", 20_000, Currency::USD))).after(&settle(100, 9));
    assert_eq!(displaced(&settled), [(id(1), Some(seat("1A")))]);
}

#[test]
fn of_a_pool_that_shrank_the_newest_are_seated_elsewhere_or_listed() {
    let sold = (1..=3).fold(selling(), |sold, n| sold.after(&place(n, &[in_class(100, "lounge", 1)])));
    let smaller = sold.after(&change_cabins(lounge_of(1)));
    let settled = smaller.after(&settle(100, 9));
    assert_eq!((settled.holder(100, "1A"), settled.holder(100, "1B")), (Some(id(2)), Some(id(3))));
    let gone = settled.after(&change_cabins(rows(1, 1, "AB", 20_000, Currency::USD))).after(&settle(100, 9));
    assert_eq!(displaced(&gone).len(), 3, "nothing is as good as what they paid for");
}

#[test]
fn bookings_are_moved_to_another_flight_at_the_same_price() {
    let sold = sold(3).after(&confirm(1));
    let some = sold.clone().after(&rebook(200, Some(vec![id(1), id(3)])));
    let settled = some.after(&settle(100, 1)).after(&settle(100, 1));
    settled.when(&settle(100, 1)).then_nothing();
    assert_eq!((settled.holder(200, "1A"), settled.holder(200, "1B")), (Some(id(1)), Some(id(3))));
    assert_eq!(settled.holder(100, "2B"), Some(id(2)));
    assert_eq!(settled.booking(1).agreement().unwrap().total_price.minor, 20_000);
    assert!(matches!(settled.booking(1), Booking::Confirmed(_)));
    let full = settled.after(&rebook(200, None)).after(&settle(100, 9));
    assert_eq!(displaced(&full), [(id(2), Some(seat("2B")))]);
    let unknown =
        SaleRefusal::FlightUnavailable("there is no flight 00000000-0000-0000-0000-000000000190".to_owned());
    sold.when(&rebook(400, None)).then_refused(&unknown.into());
}

#[test]
fn who_has_checked_in_keeps_it_on_the_same_flight_and_not_on_another() {
    let step = BookingChange::Fulfil { items: Items::Every, step: Step::CheckIn };
    let check_in =
        ChangeBooking { booking_id: id(1), by: staff(), change: step, now: hour(departs(100) - 2) };
    let here = sold(1).after(&confirm(1)).after(&UseCase::ChangeBooking(Box::new(check_in)));
    let status = |given: &Given| given.booking(1).agreement().unwrap().items[0].status;
    let later = here.clone().after(&reschedule()).after(&settle(100, 9));
    assert_eq!(status(&later), ItemStatus::CheckedIn);
    let reseated = here.clone().after(&change_cabins(rows(3, 3, "AB", 20_000, Currency::USD)));
    let reseated = reseated.after(&settle(100, 9));
    assert_eq!((status(&reseated), reseated.holder(100, "3A")), (ItemStatus::CheckedIn, Some(id(1))));
    let elsewhere = here.after(&rebook(200, None)).after(&settle(100, 9));
    assert_eq!((status(&elsewhere), elsewhere.holder(200, "1A")), (ItemStatus::Claimed, Some(id(1))));
}

#[test]
fn settling_needs_the_bookings_of_its_batch_alone() {
    let world = sold(3).after(&cancel()).world();
    let (flight, booking) = (Family::Departure(id(100)), |n| Family::Booking(id(n)));
    assert_eq!(settle(100, 2).needs(tenant(1), &world), [flight, booking(1), booking(2)]);
    assert_eq!(settle(100, 2).needs(tenant(2), &world), [flight]);
    decide(&world, tenant(2), &settle(100, 2)).then_nothing();
    assert_eq!(settle(200, 2).needs(tenant(1), &world), [Family::Departure(id(200))]);
    sold(1).when(&settle(100, 9)).then_nothing();
}

#[test]
fn a_sale_and_a_batch_depend_on_the_flight() {
    for outcome in [sold(1).when(&place(2, &[any(100, 1)])), sold(1).after(&cancel()).when(&settle(100, 9))] {
        assert!(outcome.drafted.touched.contains(&touch_flight(100)));
    }
}

#[test]
fn a_seat_is_taken_out_of_sale_and_put_back() {
    let set = |seat_number: &str, is_blocked| {
        UseCase::SetSeat(SetSeat { flight_id: id(100), seat_number: seat(seat_number), is_blocked, now: NOW })
    };
    selling().when(&set("2A", false)).then_nothing();
    let blocked = selling().after(&set("2A", true));
    blocked.when(&set("2A", true)).then_nothing();
    blocked.when(&place(1, &[any(100, 1)])).then_seats(&["2B"]);
    blocked.after(&set("2A", false)).when(&place(1, &[any(100, 1)])).then_seats(&["2A"]);
    let unknown = SaleRefusal::NoSuchSeat { flight_number: "AA100".to_owned(), seat_number: seat("9Z") };
    selling().when(&set("9Z", true)).then_refused(&unknown.into());
    let taken = crate::seat::SeatRefusal::Taken { at: NOW };
    sold(1).when(&set("2A", true)).then_refused(&taken.into());
}

/// So many bookings of one seat each, 2A, 2B … of flight 100.
fn sold(bookings: u128) -> Given {
    (1..=bookings).fold(selling(), |given, n| given.after(&place(n, &[in_class(100, "economy", 1)])))
}

fn confirm(n: u128) -> UseCase {
    UseCase::ConfirmBooking(ConfirmBooking { booking_id: id(n), by: staff(), now: NOW })
}

fn cancel() -> UseCase {
    UseCase::CancelDeparture(CancelDeparture { flight_id: id(100), reason: None, now: NOW })
}

fn settle(flight: u128, bookings_max: usize) -> UseCase {
    UseCase::SettleDeparture(SettleDeparture { flight_id: id(flight), bookings_max, now: NOW })
}

/// To hour 100, as long as it was.
fn reschedule() -> UseCase {
    let departure = Some(NewTime::At(hour(100)));
    UseCase::RescheduleDeparture(Box::new(RescheduleDeparture {
        flight_id: id(100),
        departure,
        arrival: None,
        now: NOW,
    }))
}

fn change_cabins(cabins: Cabins) -> UseCase {
    UseCase::ChangeSeatMap(Box::new(ChangeSeatMap { flight_id: id(100), cabins, now: NOW }))
}

fn rebook(to: u128, bookings: Option<Vec<BookingId>>) -> UseCase {
    let (flight_id, to_flight_id, by) = (id(100), id(to), staff());
    UseCase::RequestRebooking(Box::new(RequestRebooking { flight_id, to_flight_id, bookings, by, now: NOW }))
}

/// As it was, without row 3 and the lounge.
fn economy_of_row_2() -> Cabins {
    let usd = |minor| Money::of(minor, Currency::USD);
    Cabins::new(vec![
        Cabin { class: class("business"), seating: numbered(1, 1, "AB"), price: usd(50_000) },
        Cabin { class: class("economy"), seating: numbered(2, 2, "AB CD"), price: usd(20_000) },
    ])
    .unwrap()
}

fn lounge_of(count: u32) -> Cabins {
    let lounge = Seating::Counted(Places { count, overbooking_limit: 0 });
    let others = Vec::from(cabins()).into_iter().filter(|cabin| cabin.class != class("lounge"));
    let price = Money::of(30_000, Currency::USD);
    Cabins::new(others.chain([Cabin { class: class("lounge"), seating: lounge, price }]).collect()).unwrap()
}

fn batches(given: &Given) -> Vec<crate::departure::SettledBatch> {
    let batch = |placed: &Placed| {
        let Event::Departure(DepartureEvent::BookingsSettled { batch, .. }) = &placed.event else {
            return None;
        };
        Some(batch.clone())
    };
    given.history.iter().filter_map(batch).collect()
}

/// Looked at, changed, left.
fn numbers_of(given: &Given) -> Vec<(u32, u32, u32)> {
    batches(given).iter().map(|batch| (batch.looked_at, batch.changed, batch.left)).collect()
}

fn displaced(given: &Given) -> Vec<(BookingId, Option<crate::values::SeatNumber>)> {
    batches(given)
        .iter()
        .flat_map(|batch| &batch.displaced)
        .map(|one| (one.booking_id, one.seat_number))
        .collect()
}
