//! Every command in every state: one row each, read as given / when / then.

use chrono::DateTime;
use uuid::Uuid;

use super::{ReleaseCause, Seat, SeatCommand as Command, SeatEvent as Event, SeatRefusal as Refusal};
use crate::scenario::{self, Given};
use crate::values::{ClaimId, Class};

#[test]
fn claiming() {
    given(&[]).when(claim(1)).then(&[claimed(1)]);
    given(&[claimed(1)]).when(claim(1)).then_nothing();
    given(&[claimed(1)]).when(claim(2)).then_refused(&taken());
    given(&[claimed(1), released(1)]).when(claim(2)).then(&[claimed(2)]);
    given(&[blocked()]).when(claim(1)).then_refused(&Refusal::Blocked);
}

#[test]
fn releasing() {
    given(&[]).when(release(1)).then_nothing();
    given(&[claimed(1)]).when(release(1)).then(&[released(1)]);
    given(&[claimed(2)]).when(release(1)).then_nothing();
    given(&[claimed(1), released(1)]).when(release(1)).then_nothing();
    given(&[blocked()]).when(release(1)).then_nothing();
}

#[test]
fn blocking() {
    given(&[]).when(block()).then(&[blocked()]);
    given(&[claimed(1)]).when(block()).then_refused(&taken());
    given(&[blocked()]).when(block()).then_nothing();
}

#[test]
fn unblocking() {
    given(&[]).when(unblock()).then_nothing();
    given(&[claimed(1)]).when(unblock()).then_nothing();
    given(&[blocked()]).when(unblock()).then(&[unblocked()]);
}

#[test]
fn states() {
    let mut seat = Seat::Free;
    crate::decide::Decide::evolve(&mut seat, &claimed(1));
    assert!(!seat.is_free());
    given(&[claimed(1)]).then_state(&seat);
    given(&[claimed(1), claimed(1)]).then_state(&seat);
    given(&[claimed(1), released(1)]).then_state(&Seat::Free);
    given(&[blocked(), unblocked()]).then_state(&Seat::Free);
}

#[test]
fn names_match_what_is_stored() {
    for event in [claimed(1), released(1), blocked(), unblocked()] {
        assert_eq!(serde_json::to_value(&event).unwrap()["event_type"], event.name());
    }
}

/// The one test through `cqrs-es` itself; the rest stay synchronous.
#[test]
fn handle_writes_what_decide_says() {
    cqrs_es::test::TestFramework::<Seat>::with(())
        .given_no_previous_events()
        .when(claim(1))
        .then_expect_events(vec![claimed(1)]);
}

fn given(events: &[Event]) -> Given<Seat> {
    scenario::given(events)
}

const NOW: DateTime<chrono::Utc> = DateTime::UNIX_EPOCH;

fn claim(n: u128) -> Command {
    Command::Claim {
        flight_id: Uuid::from_u128(7).into(),
        seat_number: "12A".parse().unwrap(),
        class: Class::new("economy").unwrap(),
        claim_id: ClaimId::new(Uuid::from_u128(n)),
        booking_id: Uuid::from_u128(n).into(),
        item_id: Uuid::from_u128(n).into(),
        now: NOW,
    }
}

fn release(n: u128) -> Command {
    Command::Release { claim_id: Uuid::from_u128(n).into(), cause: ReleaseCause::Cancelled, now: NOW }
}

fn block() -> Command {
    Command::Block { flight_id: Uuid::from_u128(7).into(), seat_number: "12A".parse().unwrap(), now: NOW }
}

fn unblock() -> Command {
    Command::Unblock { now: NOW }
}

fn claimed(n: u128) -> Event {
    Event::Claimed {
        flight_id: Uuid::from_u128(7).into(),
        seat_number: "12A".parse().unwrap(),
        class: Class::new("economy").unwrap(),
        claim_id: Uuid::from_u128(n).into(),
        booking_id: Uuid::from_u128(n).into(),
        item_id: Uuid::from_u128(n).into(),
        claimed_at: NOW,
    }
}

fn released(n: u128) -> Event {
    Event::Released {
        flight_id: Uuid::from_u128(7).into(),
        seat_number: "12A".parse().unwrap(),
        claim_id: Uuid::from_u128(n).into(),
        booking_id: Uuid::from_u128(n).into(),
        cause: ReleaseCause::Cancelled,
        released_at: NOW,
    }
}

fn blocked() -> Event {
    Event::Blocked {
        flight_id: Uuid::from_u128(7).into(),
        seat_number: "12A".parse().unwrap(),
        blocked_at: NOW,
    }
}

fn unblocked() -> Event {
    Event::Unblocked {
        flight_id: Uuid::from_u128(7).into(),
        seat_number: "12A".parse().unwrap(),
        unblocked_at: NOW,
    }
}

fn taken() -> Refusal {
    Refusal::Taken { at: NOW }
}
