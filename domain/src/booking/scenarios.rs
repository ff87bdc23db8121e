//! Every command in every state: one row each, read as given / when / then.

mod changing;
mod fulfilling;
mod holding;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::samples::{
    DEPARTS, NOW, PAYMENT_WINDOW, customer, hour, id, order, order_for_nothing, place_item, sealed, staff,
    usd,
};
use super::{
    Agreement, Awaiting, Booking, BookingCommand as Command, BookingEvent as Event,
    BookingRefusal as Refusal, Ending, Order, RefundQuote, RefundStatus, Subject,
};
use crate::scenario::{self, Given};
use crate::values::Actor;

/// Exactly the cut-off before the start: a customer may still cancel.
const LIMIT: i64 = DEPARTS - 24;

const SECOND: TimeDelta = TimeDelta::seconds(1);

#[test]
fn placing() {
    let nothing = Order { items: vec![], ..order() };
    given(&[]).when(place(order())).then(&[created(order())]);
    given(&[]).when(place(nothing)).then_refused(&Refusal::NothingOrdered);
    given(&[created(order())]).when(place(order())).then_refused(&Refusal::AlreadyPlaced);
    given(&[created(order()), confirmed()]).when(place(order())).then_refused(&Refusal::AlreadyPlaced);
    given(&[created(order()), unpaid()]).when(place(order())).then_refused(&Refusal::AlreadyPlaced);
    given(&[created(order()), expired()]).when(place(order())).then_refused(&Refusal::AlreadyPlaced);
}

#[test]
fn a_booking_that_awaits_nothing_is_confirmed_at_once() {
    let order = order_for_nothing();
    given(&[]).when(place(order.clone())).then(&[created(order), confirmed()]);
}

#[test]
fn confirming() {
    let late = Refusal::PaymentWindowPassed { due_at: due() };
    let cancelled = Refusal::Ended { ending: "cancelled" };
    let ran_out = Refusal::Ended { ending: "expired" };
    given(&[]).when(confirm(NOW)).then_refused(&Refusal::NotFound);
    given(&[created(order())]).when(confirm(NOW)).then(&[confirmed()]);
    given(&[created(order())]).when(confirm(due() - SECOND)).then(&[confirmed_at(due() - SECOND)]);
    given(&[created(order())]).when(confirm(due())).then_refused(&late);
    given(&[created(to_approve())]).when(confirm(due())).then(&[confirmed_at(due())]);
    given(&[created(order()), confirmed()]).when(confirm(due())).then_nothing();
    given(&[created(order()), unpaid()]).when(confirm(NOW)).then_refused(&cancelled);
    given(&[created(order()), expired()]).when(confirm(NOW)).then_refused(&ran_out);
}

#[test]
fn cancelling() {
    for by in [customer(1), staff(), Actor::SYSTEM] {
        let unpaid = cancelled(by, NOW, 0);
        given(&[]).when(cancel(by, NOW)).then_refused(&Refusal::NotFound);
        given(&[created(order())]).when(cancel(by, NOW)).then(&[unpaid]);
        given(&[created(order()), confirmed()]).when(cancel(by, NOW)).then(&[cancelled(by, NOW, 59_998)]);
        given(&[created(order()), expired()])
            .when(cancel(by, NOW))
            .then_refused(&Refusal::CannotCancel { ending: "expired" });
    }
}

#[test]
fn cancelling_again_is_nothing_to_do_for_whoever_asks() {
    for by in [customer(1), staff(), Actor::SYSTEM] {
        given(&[created(order()), unpaid()]).when(cancel(by, NOW)).then_nothing();
        given(&[created(order()), confirmed(), unpaid()]).when(cancel(by, hour(DEPARTS))).then_nothing();
    }
}

#[test]
fn a_customer_may_cancel_until_the_cut_off_and_not_a_second_longer() {
    let late = Refusal::TooLateToCancel { minutes: 1_440 };
    let past = hour(LIMIT) + SECOND;
    let mine = customer(1);
    given(&[created(order())]).when(cancel(mine, hour(LIMIT))).then(&[cancelled(mine, hour(LIMIT), 0)]);
    given(&[created(order())]).when(cancel(mine, past)).then_refused(&late);
    given(&[created(order()), confirmed()]).when(cancel(mine, past)).then_refused(&late);
    given(&[created(order()), confirmed()]).when(cancel(staff(), past)).then(&[cancelled(staff(), past, 0)]);
}

#[test]
fn the_strictest_cut_off_counts_from_the_earliest_start() {
    let mut order = order();
    order.items.push(place_item(3, DEPARTS - 10));
    order.items[2].terms.cancel_cutoff_minutes = 60 * 60;
    let late = Refusal::TooLateToCancel { minutes: 3_600 };
    given(&[created(order.clone())]).when(cancel(customer(1), hour(2))).then(&[cancelled(
        customer(1),
        hour(2),
        0,
    )]);
    for too_late in [hour(2) + SECOND, hour(DEPARTS)] {
        given(&[created(order.clone())]).when(cancel(customer(1), too_late)).then_refused(&late);
    }
}

#[test]
fn refunds_follow_the_tiers_and_the_engine_gives_all_back() {
    let all = DEPARTS - 48;
    // Each item is rounded down by itself.
    for (by, at, refund) in [
        (customer(1), hour(all), 59_998),
        (customer(1), hour(all) + SECOND, 29_998),
        (customer(1), hour(LIMIT), 29_998),
        (staff(), hour(LIMIT), 29_998),
        (staff(), hour(LIMIT) + SECOND, 0),
        (staff(), hour(DEPARTS + 1), 0),
        (Actor::SYSTEM, hour(LIMIT) + SECOND, 59_998),
        (Actor::SYSTEM, hour(DEPARTS + 1), 59_998),
    ] {
        given(&[created(order()), confirmed()]).when(cancel(by, at)).then(&[cancelled(by, at, refund)]);
        given(&[created(order())]).when(cancel(Actor::SYSTEM, at)).then(&[cancelled(Actor::SYSTEM, at, 0)]);
    }
}

#[test]
fn expiring() {
    let open = Refusal::PaymentWindowOpen { due_at: due() };
    given(&[]).when(expire(due())).then_refused(&Refusal::NotFound);
    given(&[created(order())]).when(expire(due() - SECOND)).then_refused(&open);
    given(&[created(order())]).when(expire(due())).then(&[expired()]);
    given(&[created(to_approve())]).when(expire(due())).then_refused(&Refusal::NeverExpires);
    given(&[created(order()), confirmed()]).when(expire(due())).then_nothing();
    given(&[created(order()), unpaid()]).when(expire(due())).then_nothing();
    given(&[created(order()), expired()]).when(expire(due())).then_nothing();
}

#[test]
fn states() {
    let agreed = || Arc::new(agreement());
    let firm = || Arc::new(paid());
    given(&[]).then_state(&Booking::Absent);
    given(&[confirmed()]).then_state(&Booking::Absent);
    given(&[unpaid()]).then_state(&Booking::Absent);
    given(&[created(order())]).then_state(&Booking::Created(agreed()));
    given(&[created(order()), created(order())]).then_state(&Booking::Created(agreed()));
    given(&[created(order()), confirmed()]).then_state(&Booking::Confirmed(firm()));
    given(&[created(order()), confirmed(), confirmed()]).then_state(&Booking::Confirmed(firm()));
    given(&[created(order()), unpaid()]).then_state(&Booking::Ended(Ending::Cancelled, agreed()));
    given(&[created(order()), unpaid(), unpaid()]).then_state(&Booking::Ended(Ending::Cancelled, agreed()));
    given(&[created(order()), confirmed(), unpaid()]).then_state(&Booking::Ended(Ending::Cancelled, firm()));
    given(&[created(order()), expired(), expired()]).then_state(&Booking::Ended(Ending::Expired, agreed()));
    given(&[created(order()), expired(), confirmed()]).then_state(&Booking::Ended(Ending::Expired, agreed()));
}

#[test]
fn only_a_live_booking_has_live_items() {
    let agreed = Arc::new(agreement());
    let live = |booking: Booking| booking.live_items().cloned().collect::<Vec<_>>();
    assert_eq!(live(Booking::Absent), []);
    assert_eq!(live(Booking::Created(agreed.clone())), order().items);
    assert_eq!(live(Booking::Confirmed(agreed.clone())), order().items);
    for ending in [Ending::Cancelled, Ending::Declined, Ending::Expired] {
        assert_eq!(live(Booking::Ended(ending, agreed.clone())), []);
    }
}

#[test]
fn names_match_what_is_stored() {
    for event in every() {
        assert_eq!(serde_json::to_value(&event).unwrap()["event_type"], event.name());
    }
}

#[test]
fn what_is_stored_is_read_back() {
    let mut order = order();
    order.items.push(place_item(3, DEPARTS));
    order.notes = Some(sealed("notes"));
    let walk_in = Order { user_id: None, flight_id: None, flights: vec![], ..order.clone() };
    for event in every().into_iter().chain([created(order), created(walk_in)]) {
        let stored = serde_json::to_string(&event).unwrap();
        assert_eq!(Event::from_json(&stored).unwrap(), event, "{stored}");
    }
}

/// The one test through `cqrs-es` itself; the rest stay synchronous.
#[test]
fn handle_writes_what_decide_says() {
    cqrs_es::test::TestFramework::<Booking>::with(())
        .given_no_previous_events()
        .when(place(order_for_nothing()))
        .then_expect_events(vec![created(order_for_nothing()), confirmed()]);
}

fn given(events: &[Event]) -> Given<Booking> {
    scenario::given(events)
}

fn due() -> DateTime<Utc> {
    NOW + PAYMENT_WINDOW
}

/// Waits for staff, however long it takes.
fn to_approve() -> Order {
    Order { awaiting: Some(Awaiting::Approval), payment_due_at: None, ..order() }
}

fn agreement() -> Agreement {
    Agreement::of(&order())
}

/// The same, firm.
fn paid() -> Agreement {
    let total = agreement().total_price;
    let was_firm = true;
    Agreement { awaiting: None, payment_due_at: None, paid: total, was_firm, ..agreement() }
}

/// One of each kind.
fn every() -> Vec<Event> {
    let agreed = [created(order()), confirmed(), unpaid(), expired()];
    agreed.into_iter().chain(holding::every()).chain(changing::every()).chain(fulfilling::every()).collect()
}

fn place(order: Order) -> Command {
    Command::Place { order: Box::new(order), by: customer(1), now: NOW }
}

fn confirm(now: DateTime<Utc>) -> Command {
    Command::Confirm { by: customer(1), now }
}

fn cancel(by: Actor, now: DateTime<Utc>) -> Command {
    Command::Cancel { by, reason: "user_requested".to_owned(), comments: Some(sealed("ill")), now }
}

fn expire(now: DateTime<Utc>) -> Command {
    Command::Expire { now }
}

fn created(order: Order) -> Event {
    Event::Created { order: Box::new(order), created_by: customer(1), created_at: NOW }
}

fn confirmed() -> Event {
    confirmed_at(NOW)
}

fn confirmed_at(now: DateTime<Utc>) -> Event {
    let of = Subject::of(&order());
    Event::Confirmed { of, confirmed_by: customer(1), confirmation_timestamp: now }
}

/// Cancelled before it was paid.
fn unpaid() -> Event {
    cancelled(customer(1), NOW, 0)
}

fn cancelled(by: Actor, now: DateTime<Utc>, refund: i64) -> Event {
    let refund_status = if refund == 0 { RefundStatus::NotDue } else { RefundStatus::Initiated };
    Event::Cancelled {
        of: Subject::of(&order()),
        cancellation_reason: "user_requested".to_owned(),
        comments: Some(sealed("ill")),
        refund: RefundQuote { refund_status, estimated_refund_amount: usd(refund) },
        cancelled_by: by,
        cancelled_at: now,
    }
}

fn expired() -> Event {
    Event::Expired { of: Subject::of(&order()), expired_at: due() }
}
