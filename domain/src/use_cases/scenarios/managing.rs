//! What happens to a booking after it was placed.

use super::*;
use crate::booking::samples::{DEPARTS, PAYMENT_WINDOW, hour, staff, usd};
use crate::booking::{BookingRefusal, RefundQuote, RefundStatus, Subject};
use crate::seat::ReleaseCause;
use crate::values::Actor;

/// A customer may cancel until here.
const LIMIT: i64 = DEPARTS - 24;

#[test]
fn confirming_makes_a_booking_firm() {
    let stored = placed(2, confirmed());
    sold().when(&confirm(1, NOW)).then(&[stored]).touching(&[touch_booking()]);
    sold().after(&confirm(1, NOW)).when(&confirm(1, NOW)).then_nothing();
    sold().when(&confirm(9, NOW)).then_refused(&BookingRefusal::NotFound.into());
    let late = BookingRefusal::PaymentWindowPassed { due_at: due() };
    sold().when(&confirm(1, due())).then_refused(&late.into());
}

#[test]
fn cancelling_frees_the_seats_and_the_places() {
    let cancelled = placed(3, cancelled(customer(1)));
    let outcome = sold().after(&confirm(1, NOW)).when(&cancel(customer(1), NOW)).then(&[
        cancelled,
        placed(2, released_seat(ReleaseCause::Cancelled, NOW)),
        placed(3, released_place(ReleaseCause::Cancelled, NOW)),
    ]);
    outcome.touching(&touches());
}

#[test]
fn places_freed_together_are_freed_one_after_the_other() {
    let sold = selling().after(&place(1, &[in_class(100, "lounge", 3)]));
    let outcome = sold.when(&cancel(customer(1), NOW));
    let stored = outcome.drafted.events.iter().map(|placed| (placed.event.name(), placed.sequence));
    let release = |sequence| ("pool.released", sequence);
    assert_eq!(stored.collect::<Vec<_>>(), [("booking.cancelled", 2), release(5), release(6), release(7)]);
}

#[test]
fn a_booking_of_another_customer_is_not_there_to_cancel() {
    let absent = BookingRefusal::NotFound.into();
    sold().when(&cancel(customer(2), NOW)).then_refused(&absent).touching(&[touch_booking()]);
    let cancelled = sold().after(&cancel(customer(1), NOW));
    cancelled.when(&cancel(customer(2), NOW)).then_refused(&absent);

    let walk_in = PlaceBooking { user_id: None, customer_id: id(9), by: staff(), ..ordering(1, &wanted()) };
    let sold = selling().after(&asking(walk_in));
    sold.when(&cancel(customer(1), NOW)).then_refused(&absent);
}

#[test]
fn a_customer_may_cancel_what_staff_placed_for_them() {
    let placed = PlaceBooking { user_id: None, by: staff(), ..ordering(1, &wanted()) };
    let sold = selling().after(&asking(placed));
    assert_eq!(sold.when(&cancel(customer(1), NOW)).drafted.events[0].event.name(), "booking.cancelled");
}

#[test]
fn a_booking_of_another_tenant_is_not_there() {
    let world = sold().world();
    for case in [confirm(1, NOW), cancel(customer(1), NOW), cancel(staff(), NOW), expire(due())] {
        decide(&world, tenant(2), &case).then_refused(&BookingRefusal::NotFound.into());
        assert_eq!(case.needs(tenant(2), &world), [Family::Booking(id(1))]);
    }
}

#[test]
fn after_the_cut_off_staff_may_cancel_and_the_customer_may_not() {
    let late = BookingRefusal::TooLateToCancel { minutes: 1_440 };
    let past = hour(LIMIT) + chrono::TimeDelta::seconds(1);
    let firm = sold().after(&confirm(1, NOW));
    firm.when(&cancel(customer(1), past)).then_refused(&late.into()).touching(&[touch_booking()]);
    for by in [staff(), Actor::SYSTEM] {
        let outcome = firm.when(&cancel(by, past));
        let stored: Vec<_> = outcome.drafted.events.iter().map(|placed| placed.event.name()).collect();
        assert_eq!(stored, ["booking.cancelled", "seat.released", "pool.released"]);
    }
    assert_eq!(firm.when(&cancel(customer(1), hour(LIMIT))).drafted.events.len(), 3);
}

#[test]
fn cancelling_again_is_nothing_to_do() {
    let cancelled = sold().after(&cancel(customer(1), NOW));
    cancelled.when(&cancel(customer(1), NOW)).then_nothing();
    cancelled.when(&cancel(staff(), hour(DEPARTS))).then_nothing();
    // The seat is another's by now, and stays so.
    let resold = cancelled.after(&place(2, &wanted()));
    resold.when(&cancel(customer(1), NOW)).then_nothing();
}

#[test]
fn an_unpaid_booking_expires_and_frees_what_it_held() {
    let open = BookingRefusal::PaymentWindowOpen { due_at: due() };
    let outcome = sold().when(&expire(due())).then(&[
        placed(2, expired()),
        placed(2, released_seat(ReleaseCause::Expired, due())),
        placed(3, released_place(ReleaseCause::Expired, due())),
    ]);
    outcome.touching(&touches());
    sold().when(&expire(NOW)).then_refused(&open.into()).touching(&[touch_booking()]);
}

#[test]
fn a_timer_that_comes_late_does_nothing() {
    sold().after(&expire(due())).when(&expire(due())).then_nothing();
    sold().after(&confirm(1, NOW)).when(&expire(due())).then_nothing();
    sold().after(&cancel(customer(1), NOW)).when(&expire(due())).then_nothing();
}

#[test]
fn an_expired_booking_cannot_be_cancelled_or_confirmed() {
    let expired = sold().after(&expire(due()));
    let ended = BookingRefusal::Ended { ending: "expired" };
    expired
        .when(&cancel(customer(1), NOW))
        .then_refused(&BookingRefusal::CannotCancel { ending: "expired" }.into());
    expired.when(&confirm(1, NOW)).then_refused(&ended.into());
}

#[test]
fn ending_a_booking_needs_the_flights_it_holds_something_on() {
    let both = [Family::Departure(id(100)), Family::Departure(id(200)), Family::Booking(id(1))];
    let sold = selling().after(&place(1, &[any(100, 2), any(200, 1)]));
    let ended = selling().after(&place(1, &wanted())).after(&cancel(customer(1), NOW));
    for case in [cancel(customer(1), NOW), expire(due())] {
        assert_eq!(case.needs(tenant(1), &selling().world()), [Family::Booking(id(1))]);
        assert_eq!(case.needs(tenant(1), &sold.world()), both);
        assert_eq!(case.needs(tenant(1), &ended.world()), [Family::Booking(id(1))]);
    }
}

/// Seat 2A and a place in the lounge of flight 100, placed by customer 1.
fn sold() -> Given {
    selling().after(&place(1, &wanted()))
}

fn wanted() -> [Wanted; 2] {
    [exactly(100, &["2A"]), in_class(100, "lounge", 1)]
}

fn due() -> DateTime<Utc> {
    NOW + PAYMENT_WINDOW
}

fn confirm(booking: u128, now: DateTime<Utc>) -> UseCase {
    UseCase::ConfirmBooking(ConfirmBooking { booking_id: id(booking), by: staff(), now })
}

fn cancel(by: Actor, now: DateTime<Utc>) -> UseCase {
    let reason = "user_requested".to_owned();
    UseCase::CancelBooking(CancelBooking { booking_id: id(1), by, reason, comments: None, now })
}

fn expire(now: DateTime<Utc>) -> UseCase {
    UseCase::ExpireBooking(ExpireBooking { booking_id: id(1), now })
}

fn subject() -> Subject {
    let (booking_id, booking_reference) = (id(1), reference(1));
    Subject { booking_id, booking_reference, user_id: Some(id(1)), customer_id: customer_of(1) }
}

fn confirmed() -> Event {
    let (of, confirmed_by) = (subject(), staff());
    Event::Booking(BookingEvent::Confirmed { of, confirmed_by, confirmation_timestamp: NOW })
}

fn cancelled(by: Actor) -> Event {
    // The seat at 200 and the place at 300 were paid; all of it comes back so early.
    let refund = RefundQuote { refund_status: RefundStatus::Initiated, estimated_refund_amount: usd(50_000) };
    Event::Booking(BookingEvent::Cancelled {
        of: subject(),
        cancellation_reason: "user_requested".to_owned(),
        comments: None,
        refund,
        cancelled_by: by,
        cancelled_at: NOW,
    })
}

fn expired() -> Event {
    Event::Booking(BookingEvent::Expired { of: subject(), expired_at: due() })
}

fn released_seat(cause: ReleaseCause, released_at: DateTime<Utc>) -> Event {
    Event::Seat(SeatEvent::Released {
        flight_id: id(100),
        seat_number: seat("2A"),
        claim_id: id(1_001),
        booking_id: id(1),
        cause,
        released_at,
    })
}

fn released_place(cause: ReleaseCause, released_at: DateTime<Utc>) -> Event {
    Event::Pool(PoolEvent::Released {
        flight_id: id(100),
        class: class("lounge"),
        claim_id: id(1_003),
        booking_id: id(1),
        units: 1,
        cause,
        released_at,
    })
}

fn touch_booking() -> Touch {
    Touch::Stream(StreamId::Booking(id(1)))
}

fn touches() -> [Touch; 3] {
    let pool = Touch::Stream(StreamId::Pool(id(100), class("lounge")));
    [touch_booking(), touch_seat(100, "2A"), pool]
}
