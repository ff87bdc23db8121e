//! Check-in, completion, no-show, and their undoing: each item by itself.

use super::*;
use crate::booking::{Fulfilment, ItemStatus, Step, Windows};

#[test]
fn checking_in() {
    let opens = hour(DEPARTS - 24);
    let closed = Refusal::CheckInClosed { opens_at: opens, closes_at: hour(DEPARTS) };
    given(&[]).when(take(Step::CheckIn, opens)).then_refused(&Refusal::NotFound);
    given(&[created(order())]).when(take(Step::CheckIn, opens)).then_refused(&Refusal::NotConfirmed);
    firm(&[]).when(take(Step::CheckIn, opens)).then(&[checked_in(opens)]);
    firm(&[]).when(take(Step::CheckIn, opens - SECOND)).then_refused(&closed);
    firm(&[]).when(take(Step::CheckIn, hour(DEPARTS))).then_refused(&closed);
    firm(&[checked_in(opens)]).when(take(Step::CheckIn, opens)).then_nothing();
    firm(&[completed()]).when(take(Step::CheckIn, opens)).then_refused(&is("completed"));
    firm(&[unpaid()]).when(take(Step::CheckIn, opens)).then_refused(&Refusal::Ended { ending: "cancelled" });
    firm(&[]).when(of_item(9, Step::CheckIn, opens)).then_refused(&Refusal::NoSuchItem);
}

#[test]
fn staff_check_in_until_the_end() {
    let late = hour(DEPARTS + 2);
    let by_staff =
        |now| Command::Fulfil { item_id: id(1), step: Step::CheckIn, windows: WINDOWS, by: staff(), now };
    let event = Event::ItemCheckedIn(Fulfilment { by: staff(), ..fulfilment(late) });
    firm(&[]).when(by_staff(late)).then(&[event]);
    let closed = Refusal::CheckInClosed { opens_at: hour(DEPARTS - 24), closes_at: hour(DEPARTS + 3) };
    firm(&[]).when(by_staff(hour(DEPARTS + 3))).then_refused(&closed);
}

#[test]
fn undoing_a_check_in() {
    firm(&[checked_in(NOW)]).when(take(Step::UndoCheckIn, NOW)).then(&[check_in_reverted()]);
    firm(&[]).when(take(Step::UndoCheckIn, NOW)).then_nothing();
    firm(&[no_show()]).when(take(Step::UndoCheckIn, NOW)).then_refused(&is("no_show"));
}

#[test]
fn completing() {
    let (start, early) = (hour(DEPARTS), Refusal::NotStarted { starts_at: hour(DEPARTS) });
    firm(&[]).when(take(Step::Complete, start)).then(&[completed()]);
    firm(&[checked_in(NOW)]).when(take(Step::Complete, start)).then(&[completed()]);
    firm(&[]).when(take(Step::Complete, start - SECOND)).then_refused(&early);
    firm(&[completed()]).when(take(Step::Complete, start)).then_nothing();
    firm(&[no_show()]).when(take(Step::Complete, start)).then_refused(&is("no_show"));
}

#[test]
fn missing_someone() {
    let late = hour(DEPARTS) + TimeDelta::minutes(15);
    firm(&[]).when(take(Step::MarkNoShow, late)).then(&[no_show()]);
    firm(&[checked_in(NOW)]).when(take(Step::MarkNoShow, late)).then(&[no_show()]);
    let early = Refusal::NotStarted { starts_at: late };
    firm(&[]).when(take(Step::MarkNoShow, late - SECOND)).then_refused(&early);
    firm(&[no_show()]).when(take(Step::MarkNoShow, late)).then_nothing();
    firm(&[completed()]).when(take(Step::MarkNoShow, late)).then_refused(&is("completed"));
}

#[test]
fn undoing_a_no_show() {
    firm(&[no_show()]).when(take(Step::UndoNoShow, NOW)).then(&[no_show_reverted()]);
    firm(&[]).when(take(Step::UndoNoShow, NOW)).then_nothing();
    firm(&[checked_in(NOW)]).when(take(Step::UndoNoShow, NOW)).then_refused(&is("checked_in"));
}

#[test]
fn states_of_an_item() {
    use ItemStatus::{CheckedIn, Claimed, Completed, NoShow};
    for (events, status) in [
        (vec![], Claimed),
        (vec![checked_in(NOW)], CheckedIn),
        (vec![checked_in(NOW), check_in_reverted()], Claimed),
        (vec![checked_in(NOW), completed()], Completed),
        (vec![no_show()], NoShow),
        (vec![no_show(), no_show_reverted()], Claimed),
    ] {
        let mut agreement = paid();
        agreement.items[0].status = status;
        firm(&events).then_state(&Booking::Confirmed(Arc::new(agreement)));
    }
    given(&[completed()]).then_state(&Booking::Absent);
}

#[test]
fn what_has_taken_place_can_be_put_away_and_not_cancelled() {
    let over =
        [completed(), Event::ItemMarkedNoShow(Fulfilment { item_id: id(2), ..fulfilment(hour(DEPARTS)) })];
    let archived = Event::Archived { of: Subject::of(&order()), archived_by: staff(), archived_at: NOW };
    firm(&over).when(Command::Archive { by: staff(), now: NOW }).then(&[archived]);
    firm(&over[..1]).when(Command::Archive { by: staff(), now: NOW }).then_refused(&Refusal::NotOver);
    firm(&over).when(cancel(staff(), NOW)).then_refused(&Refusal::CannotCancel { ending: "taken place" });
}

#[test]
fn what_was_used_is_not_paid_back() {
    for (by, back) in [(staff(), 29_999), (Actor::SYSTEM, 29_999)] {
        firm(&[completed()]).when(cancel(by, NOW)).then(&[cancelled(by, NOW, back)]);
    }
}

/// One of each kind.
pub fn every() -> Vec<Event> {
    vec![checked_in(NOW), check_in_reverted(), completed(), no_show(), no_show_reverted()]
}

const WINDOWS: Windows = Windows { check_in_opens_minutes: 1_440, no_show_grace_minutes: 15 };

/// A confirmed booking, and what happened then.
fn firm(then: &[Event]) -> Given<Booking> {
    given(&[&[created(order()), confirmed()], then].concat())
}

fn take(step: Step, now: DateTime<Utc>) -> Command {
    of_item(1, step, now)
}

fn of_item(n: u128, step: Step, now: DateTime<Utc>) -> Command {
    Command::Fulfil { item_id: id(n), step, windows: WINDOWS, by: customer(1), now }
}

fn is(status: &'static str) -> Refusal {
    Refusal::ItemIs { status }
}

fn fulfilment(at: DateTime<Utc>) -> Fulfilment {
    Fulfilment { of: Subject::of(&order()), item_id: id(1), by: customer(1), at }
}

fn checked_in(at: DateTime<Utc>) -> Event {
    Event::ItemCheckedIn(fulfilment(at))
}

fn check_in_reverted() -> Event {
    Event::CheckInReverted(fulfilment(NOW))
}

fn completed() -> Event {
    Event::ItemCompleted(fulfilment(hour(DEPARTS)))
}

fn no_show() -> Event {
    Event::ItemMarkedNoShow(fulfilment(hour(DEPARTS) + TimeDelta::minutes(15)))
}

fn no_show_reverted() -> Event {
    Event::NoShowReverted(fulfilment(NOW))
}
