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
fn erasing() {
    let travels = Refusal::StillTravels { open: 1 };
    given(&[]).when(erase(&[])).then(&[erased(&[])]);
    given(&[]).when(erase(&[1, 2])).then(&[erased(&[1, 2])]);
    given(&[opened(1)]).when(erase(&[])).then_refused(&travels);
    given(&[opened(1), closed(1)]).when(erase(&[])).then(&[erased(&[])]);
    given(&[erased(&[1])]).when(erase(&[1])).then_nothing();
    given(&[erased(&[1])]).when(erase(&[])).then_nothing();
    given(&[erased(&[1])]).when(erase(&[1, 2])).then(&[erased(&[2])]);
}

#[test]
fn who_is_erased_holds_nothing_more() {
    given(&[erased(&[])]).when(open(1)).then_refused(&Refusal::Erased);
    given(&[erased(&[])]).when(close(1)).then_nothing();
    given(&[opened(1), erased(&[])]).when(open(1)).then_nothing();
    given(&[opened(1), erased(&[])]).when(close(1)).then(&[closed(1)]);
}

#[test]
fn states() {
    let holding = |holds: &[u128]| Customer { holds: holds.iter().map(|n| id(*n)).collect(), erased: None };
    let forgotten = |passengers: &[u128]| Customer {
        erased: Some(passengers.iter().map(|n| id(*n)).collect()),
        ..Customer::default()
    };
    given(&[erased(&[])]).then_state(&forgotten(&[]));
    given(&[erased(&[1]), erased(&[2])]).then_state(&forgotten(&[1, 2]));
    given(&[]).then_state(&holding(&[]));
    given(&[opened(1), opened(1)]).then_state(&holding(&[1]));
    given(&[opened(1), opened(2), closed(1)]).then_state(&holding(&[2]));
    given(&[closed(1)]).then_state(&holding(&[]));
}

#[test]
fn names_match_what_is_stored() {
    for event in [opened(1), closed(1), erased(&[1])] {
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

fn erase(passengers: &[u128]) -> Command {
    let passenger_ids = passengers.iter().map(|n| id(*n)).collect();
    Command::Erase { customer_id: id(9), passenger_ids, now: NOW }
}

fn erased(passengers: &[u128]) -> Event {
    let passenger_ids = passengers.iter().map(|n| id(*n)).collect();
    Event::Erased { customer_id: id(9), passenger_ids, erased_at: NOW }
}

fn opened(booking: u128) -> Event {
    Event::HoldOpened { customer_id: id(9), booking_id: id(booking), opened_at: NOW }
}

fn closed(booking: u128) -> Event {
    Event::HoldClosed { customer_id: id(9), booking_id: id(booking), closed_at: NOW }
}
