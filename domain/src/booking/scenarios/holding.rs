//! Holds, what staff decline, and what stands again.

use std::sync::Arc;

use super::*;
use crate::booking::{Claim, Hold, ItemClaim};
use crate::values::ClaimId;

#[test]
fn holding() {
    let nothing = Order { items: vec![], ..held_order() };
    given(&[]).when(hold(held_order())).then(&[held()]);
    given(&[]).when(hold(nothing)).then_refused(&Refusal::NothingOrdered);
    for history in [vec![held()], vec![created(order())], vec![created(order()), unpaid()]] {
        given(&history).when(hold(held_order())).then_refused(&Refusal::AlreadyPlaced);
    }
}

#[test]
fn extending_a_hold() {
    let longer = until() + MINUTE;
    let ended = Refusal::Ended { ending: "expired" };
    given(&[]).when(extend(longer, NOW)).then_refused(&Refusal::NotFound);
    given(&[held()]).when(extend(longer, NOW)).then(&[extended(longer)]);
    given(&[held()]).when(extend(until(), NOW)).then_nothing();
    given(&[held()]).when(extend(longer, until())).then_refused(&Refusal::HoldRanOut { until: until() });
    given(&[held(), extended(longer)])
        .when(extend(longer + MINUTE, until()))
        .then_refused(&Refusal::HoldExtendedOften { max: 1 });
    given(&[held(), created(order())]).when(extend(longer, NOW)).then_refused(&Refusal::HoldWasPlaced);
    given(&[held(), released()]).when(extend(longer, NOW)).then_refused(&ended);
}

#[test]
fn letting_a_hold_go() {
    let cancelled = Refusal::Ended { ending: "cancelled" };
    given(&[]).when(release()).then_refused(&Refusal::NotFound);
    given(&[held()]).when(release()).then(&[released()]);
    given(&[held(), released()]).when(release()).then_nothing();
    given(&[held(), created(order())]).when(release()).then_refused(&Refusal::HoldWasPlaced);
    given(&[held(), created(order()), unpaid()]).when(release()).then_refused(&cancelled);
    given(&[held(), created(order()), expired()]).when(release()).then_refused(&Refusal::HoldWasPlaced);
}

#[test]
fn placing_what_is_held() {
    let ran_out = Refusal::HoldRanOut { until: until() };
    given(&[held()]).when(place(order())).then(&[created(order())]);
    given(&[held()]).when(place_at(until() - SECOND)).then(&[created_at(until() - SECOND)]);
    given(&[held()]).when(place_at(until())).then_refused(&ran_out);
    given(&[held(), extended(until() + MINUTE)]).when(place_at(until())).then(&[created_at(until())]);
    given(&[held(), released()]).when(place(order())).then_refused(&Refusal::AlreadyPlaced);
}

#[test]
fn what_is_only_held_is_no_booking_yet() {
    let only_held = Refusal::OnlyHeld;
    given(&[held()]).when(confirm(NOW)).then_refused(&only_held);
    given(&[held()]).when(cancel(staff(), NOW)).then_refused(&only_held);
    given(&[held()]).when(decline()).then_refused(&only_held);
    given(&[held()]).when(reinstate()).then_refused(&only_held);
    given(&[held()]).when(archive()).then_refused(&Refusal::NotOver);
}

#[test]
fn a_hold_expires() {
    let open = Refusal::PaymentWindowOpen { due_at: until() };
    let expired = Event::Expired { of: Subject::of(&order()), expired_at: until() };
    given(&[held()]).when(expire(until() - SECOND)).then_refused(&open);
    given(&[held()]).when(expire(until())).then(&[expired]);
    given(&[held(), created(order())])
        .when(expire(until()))
        .then_refused(&Refusal::PaymentWindowOpen { due_at: due() });
    given(&[held(), released()]).when(expire(until())).then_nothing();
}

#[test]
fn declining() {
    let cancelled = Refusal::Ended { ending: "cancelled" };
    given(&[]).when(decline()).then_refused(&Refusal::NotFound);
    given(&[created(order())]).when(decline()).then(&[declined(0)]);
    given(&[created(order()), declined(0)]).when(decline()).then_nothing();
    given(&[created(order()), confirmed()]).when(decline()).then_refused(&Refusal::AlreadyConfirmed);
    given(&[created(order()), unpaid()]).when(decline()).then_refused(&cancelled);
    let declined = given(&[created(order()), declined(0)]);
    declined.when(cancel(staff(), NOW)).then_refused(&Refusal::CannotCancel { ending: "been declined" });
}

#[test]
fn reinstating() {
    let expired_hold = [held(), released()];
    let declined = [created(order()), declined(0)];
    given(&[]).when(reinstate()).then_refused(&Refusal::NotFound);
    given(&[created(order())]).when(reinstate()).then_nothing();
    given(&[created(order()), confirmed()]).when(reinstate()).then_nothing();
    given(&[created(order()), unpaid()]).when(reinstate()).then(&[reinstated(Some(Awaiting::Payment))]);
    given(&[created(order()), expired()]).when(reinstate()).then(&[reinstated(Some(Awaiting::Payment))]);
    given(&[created(order()), confirmed(), unpaid()]).when(reinstate()).then(&[reinstated(None)]);
    given(&expired_hold).when(reinstate()).then_refused(&Refusal::Ended { ending: "expired" });
    given(&declined).when(reinstate()).then_refused(&Refusal::Ended { ending: "declined" });
}

#[test]
fn what_is_reinstated_stands_in_its_new_claims() {
    let mut again = agreement();
    again.items.iter_mut().zip(claims()).for_each(|(agreed, new)| agreed.item.claim = new.claim);
    let awaiting = Some(Awaiting::Payment);
    let due = Some(reinstatement_due());
    let created_again = Agreement { awaiting, payment_due_at: due, ..again.clone() };
    given(&[created(order()), unpaid(), reinstated(awaiting)])
        .then_state(&Booking::Created(Arc::new(created_again)));
    let was_firm = true;
    let firm = Agreement { awaiting: None, payment_due_at: None, paid: usd(59_998), was_firm, ..again };
    given(&[created(order()), confirmed(), unpaid(), reinstated(None)])
        .then_state(&Booking::Confirmed(Arc::new(firm)));
    given(&[reinstated(None)]).then_state(&Booking::Absent);
}

#[test]
fn what_came_back_is_asked_for_again() {
    let given_back = cancelled(customer(1), NOW, 59_998);
    let again = given(&[created(order()), confirmed(), given_back]);
    again.when(reinstate()).then(&[reinstated(Some(Awaiting::Payment))]);
}

#[test]
fn archiving() {
    given(&[]).when(archive()).then_refused(&Refusal::NotFound);
    given(&[created(order())]).when(archive()).then_refused(&Refusal::NotOver);
    given(&[created(order()), confirmed()]).when(archive()).then_refused(&Refusal::NotOver);
    given(&[created(order()), unpaid()]).when(archive()).then(&[archived()]);
    given(&[created(order()), expired()]).when(archive()).then(&[archived()]);
    given(&[created(order()), unpaid(), archived()]).when(archive()).then_nothing();
    let put_away = Arc::new(Agreement { archived: true, ..agreement() });
    given(&[created(order()), unpaid(), archived()]).then_state(&Booking::Ended(Ending::Cancelled, put_away));
}

#[test]
fn states_of_a_hold() {
    let hold = |until, extensions| {
        Booking::Held(Arc::new(Hold { agreement: Agreement::of(&held_order()), until, extensions }))
    };
    let longer = until() + MINUTE;
    given(&[held()]).then_state(&hold(until(), 0));
    given(&[held(), extended(longer)]).then_state(&hold(longer, 1));
    given(&[extended(longer)]).then_state(&Booking::Absent);
    let agreement = Arc::new(Agreement::of(&held_order()));
    given(&[held(), released()]).then_state(&Booking::Ended(Ending::Expired, agreement));
    given(&[held(), created(order())]).then_state(&Booking::Created(Arc::new(super::agreement())));
}

/// One of each kind.
pub fn every() -> Vec<Event> {
    let (again, firm) = (reinstated(Some(Awaiting::Payment)), reinstated(None));
    vec![held(), extended(until()), released(), declined(5), again, firm, archived()]
}

const MINUTE: TimeDelta = TimeDelta::minutes(1);

fn until() -> DateTime<Utc> {
    NOW + TimeDelta::minutes(10)
}

fn reinstatement_due() -> DateTime<Utc> {
    NOW + TimeDelta::hours(1)
}

/// Nobody is named yet, nothing is owed.
fn held_order() -> Order {
    let mut order = Order { passengers: vec![], awaiting: None, payment_due_at: None, ..order() };
    order.items.iter_mut().for_each(|item| item.passenger_id = None);
    order
}

fn hold(order: Order) -> Command {
    Command::Hold { order: Box::new(order), until: until(), by: customer(1), now: NOW }
}

fn extend(until: DateTime<Utc>, now: DateTime<Utc>) -> Command {
    Command::ExtendHold { until, extensions_max: 1, by: customer(1), now }
}

fn release() -> Command {
    Command::ReleaseHold { by: customer(1), now: NOW }
}

fn place_at(now: DateTime<Utc>) -> Command {
    Command::Place { order: Box::new(order()), by: customer(1), now }
}

fn decline() -> Command {
    Command::Decline { by: staff(), reason: "not_available".to_owned(), comments: None, now: NOW }
}

fn reinstate() -> Command {
    Command::Reinstate { claims: claims(), payment_due_at: reinstatement_due(), by: staff(), now: NOW }
}

fn archive() -> Command {
    Command::Archive { by: staff(), now: NOW }
}

fn claims() -> Vec<ItemClaim> {
    let anew = |claim: &Claim, n| claim.under(crate::booking::samples::id::<ClaimId>(n));
    let items = order().items.into_iter().zip(50..);
    items.map(|(item, n)| ItemClaim { item_id: item.item_id, claim: anew(&item.claim, n) }).collect()
}

fn held() -> Event {
    let order = Box::new(held_order());
    Event::Held { order, hold_expires_at: until(), held_by: customer(1), held_at: NOW }
}

fn extended(until: DateTime<Utc>) -> Event {
    let of = Subject::of(&order());
    Event::HoldExtended { of, hold_expires_at: until, extended_by: customer(1), extended_at: NOW }
}

fn released() -> Event {
    Event::HoldReleased { of: Subject::of(&order()), released_by: customer(1), released_at: NOW }
}

fn created_at(created_at: DateTime<Utc>) -> Event {
    Event::Created { order: Box::new(order()), created_by: customer(1), created_at }
}

fn declined(refund: i64) -> Event {
    Event::Declined {
        of: Subject::of(&order()),
        decline_reason: "not_available".to_owned(),
        comments: None,
        refund: RefundQuote::of(usd(refund)),
        declined_by: staff(),
        declined_at: NOW,
    }
}

fn reinstated(awaiting: Option<Awaiting>) -> Event {
    Event::Reinstated {
        of: Subject::of(&order()),
        claims: claims(),
        awaiting,
        payment_due_at: awaiting.map(|_| reinstatement_due()),
        reinstated_by: staff(),
        reinstated_at: NOW,
    }
}

fn archived() -> Event {
    Event::Archived { of: Subject::of(&order()), archived_by: staff(), archived_at: NOW }
}
