use booking_domain::StreamId;
use booking_domain::departure::DepartureRefusal;
use booking_journal::Recorded;

use super::*;
use crate::action::{Cause, TimerKey};
use crate::reactor::Reactor;
use crate::samples::{TENANT, created, of_a_departure, of_a_seat};

fn flight() -> DepartureId {
    "7eeb6bb8-ac5e-56d3-8c96-ee89b6346965".parse().unwrap()
}

fn at() -> DateTime<Utc> {
    "2026-11-20T12:48:38.682Z".parse().unwrap()
}

fn react_to(recorded: &Recorded) -> Vec<Action> {
    Reactor::Disruption.react(&recorded.event().unwrap())
}

#[test]
fn what_is_asked_for_about_each_event() {
    let settle =
        Action::SetTimer { key: format!("settle/{}", flight()), subject_id: flight().uuid(), due_at: at() };
    for (event, actions) in [
        ("scheduled", vec![]),
        ("cancelled", vec![settle.clone()]),
        ("rescheduled", vec![settle.clone()]),
        ("seat_map_changed", vec![settle.clone()]),
        ("rebooking_requested", vec![settle]),
        ("bookings_settled", vec![]),
        ("departed", vec![]),
        ("sales_opened", vec![]),
        ("sales_closed", vec![]),
    ] {
        let event = of_a_departure(event);
        let once = react_to(&event);
        assert_eq!(once, actions, "{}", event.event_type);
        assert_eq!(react_to(&event), once, "reacting twice asks for the same");
    }
}

#[test]
fn only_departures_concern_it() {
    let follows = |event: Recorded| {
        Reactor::Disruption.follows(&StreamId::parse(&event.aggregate_type, &event.aggregate_id).unwrap())
    };
    assert!(follows(of_a_departure("cancelled")));
    assert!(!follows(of_a_seat()) && !follows(created()));
}

#[test]
fn a_timer_asks_for_the_next_bookings_as_of_now() {
    let timer = Timer {
        key: TimerKey { tenant: TENANT, key: key(flight()) },
        subject_id: flight().uuid(),
        due_at: at(),
        cause: Cause { event_id: created().event_id, correlation_id: None },
    };
    let settle = SettleDeparture { flight_id: flight(), bookings_max: BOOKINGS_MAX, now: at() };
    assert_eq!(wake(&timer, at()), Deed::Send(UseCase::SettleDeparture(settle)));
}

#[test]
fn it_goes_on_until_nothing_is_left_and_expects_no_refusal() {
    assert!(Reactor::Disruption.goes_on(1, false), "something was stored: there may be more");
    assert!(Reactor::Disruption.goes_on(0, true), "a repeat says nothing about what is left");
    assert!(!Reactor::Disruption.goes_on(0, false));
    assert!(!Reactor::Expiry.goes_on(1, false) && !Reactor::Expiry.goes_on(0, true));
    assert_eq!(judge(&DepartureRefusal::NotFound.into()), Verdict::Odd);
}
