//! Every command in every state: one row each, read as given / when / then.

use super::{Customer, CustomerCommand as Command, CustomerEvent as Event, CustomerRefusal as Refusal};
use crate::booking::samples::{NOW, id};
use crate::scenario::{self, Given};

#[test]
fn opening_a_hold() {
    let full = Refusal::TooManyHolds { open: 2 };
    given(&[]).when(open(1)).then(&[opened(1)]);
    given(&[opened(1)]).when(open(1)).then_nothing();
    given(&[opened(1)]).when(open(2)).then(&[opened(2)]);
    given(&[opened(1), opened(2)]).when(open(3)).then_refused(&full);
    given(&[opened(1), opened(2)]).when(open(2)).then_nothing();
    given(&[opened(1), opened(2), closed(1)]).when(open(3)).then(&[opened(3)]);
}

#[test]
fn closing_a_hold() {
    given(&[]).when(close(1)).then_nothing();
    given(&[opened(1)]).when(close(1)).then(&[closed(1)]);
    given(&[opened(1)]).when(close(2)).then_nothing();
    given(&[opened(1), closed(1)]).when(close(1)).then_nothing();
}

#[test]
fn states() {
    let holding = |holds: &[u128]| Customer { holds: holds.iter().map(|n| id(*n)).collect() };
    given(&[]).then_state(&holding(&[]));
    given(&[opened(1), opened(1)]).then_state(&holding(&[1]));
    given(&[opened(1), opened(2), closed(1)]).then_state(&holding(&[2]));
    given(&[closed(1)]).then_state(&holding(&[]));
}

#[test]
fn names_match_what_is_stored() {
    for event in [opened(1), closed(1)] {
        let stored = serde_json::to_value(&event).unwrap();
        assert_eq!(stored["event_type"], event.name());
        assert_eq!(serde_json::from_value::<Event>(stored).unwrap(), event);
    }
}

fn given(events: &[Event]) -> Given<Customer> {
    scenario::given(events)
}

fn open(booking: u128) -> Command {
    Command::OpenHold { customer_id: id(9), booking_id: id(booking), max: 2, now: NOW }
}

fn close(booking: u128) -> Command {
    Command::CloseHold { customer_id: id(9), booking_id: id(booking), now: NOW }
}

fn opened(booking: u128) -> Event {
    Event::HoldOpened { customer_id: id(9), booking_id: id(booking), opened_at: NOW }
}

fn closed(booking: u128) -> Event {
    Event::HoldClosed { customer_id: id(9), booking_id: id(booking), closed_at: NOW }
}
