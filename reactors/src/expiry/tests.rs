use booking_domain::StreamId;
use booking_domain::seat::SeatRefusal;
use booking_journal::Recorded;
use chrono::TimeDelta;

use super::*;
use crate::action::{Cause, TimerKey};
use crate::reactor::Reactor;
use crate::samples::{
    TENANT, booking, cancelled, confirmed, created, created_for_nothing, due_at, expired, of_a_seat,
};

fn payment() -> String {
    format!("payment/{}", booking())
}

fn react_to(recorded: &Recorded) -> Vec<Action> {
    Reactor::Expiry.react(&recorded.event().unwrap())
}

#[test]
fn what_is_asked_for_about_each_event() {
    let set = Action::SetTimer { key: payment(), subject_id: booking(), due_at: due_at() };
    let drop = Action::DropTimer { key: payment() };
    for (event, actions) in [
        (created(), vec![set]),
        (created_for_nothing(), vec![]),
        (confirmed(), vec![drop.clone()]),
        (cancelled(), vec![drop.clone()]),
        (expired(), vec![drop]),
    ] {
        let once = react_to(&event);
        assert_eq!(once, actions, "{}", event.event_type);
        assert_eq!(react_to(&event), once, "reacting twice asks for the same");
    }
}

#[test]
fn only_bookings_concern_it() {
    let follows = |event: Recorded| {
        Reactor::Expiry.follows(&StreamId::parse(&event.aggregate_type, &event.aggregate_id).unwrap())
    };
    assert!(follows(created()));
    assert!(!follows(of_a_seat()));
}

#[test]
fn a_timer_asks_for_the_expiry_as_of_now() {
    let timer = Timer {
        key: TimerKey { tenant: TENANT, key: payment() },
        subject_id: booking(),
        due_at: due_at(),
        cause: Cause { event_id: created().event_id, correlation_id: None },
    };
    for now in [due_at(), due_at() + TimeDelta::days(365)] {
        let expire = ExpireBooking { booking_id: booking().into(), now };
        assert_eq!(wake(&timer, now), Deed::Send(UseCase::ExpireBooking(expire)));
    }
}

#[test]
fn what_each_refusal_means() {
    let later = due_at() + TimeDelta::minutes(5);
    for (refusal, verdict) in [
        (BookingRefusal::PaymentWindowOpen { due_at: later }, Verdict::Later(later)),
        (BookingRefusal::NotFound, Verdict::Over),
        (BookingRefusal::NeverExpires, Verdict::Over),
        (BookingRefusal::Ended { ending: "cancelled" }, Verdict::Over),
        (BookingRefusal::NothingOrdered, Verdict::Odd),
    ] {
        assert_eq!(judge(&refusal.clone().into()), verdict, "{refusal}");
    }
    assert_eq!(judge(&SeatRefusal::Blocked.into()), Verdict::Odd);
}
