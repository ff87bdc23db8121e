//! Every command in every state: one row each, read as given / when / then.

use chrono::DateTime;
use uuid::Uuid;

use super::{Pool, PoolClaim, PoolCommand as Command, PoolEvent as Event, PoolRefusal as Refusal};
use crate::decide::Decide;
use crate::scenario::{self, Given};
use crate::seat::ReleaseCause;
use crate::values::{Class, DepartureId};

#[test]
fn setting_the_capacity() {
    given(&[]).when(set(2, 1)).then(&[changed(2, 1)]);
    given(&[changed(2, 1)]).when(set(2, 1)).then_nothing();
    given(&[changed(2, 1), claimed(1)]).when(set(0, 0)).then(&[changed(0, 0)]);
}

#[test]
fn claiming() {
    given(&[]).when(claim(&[1])).then_refused(&Refusal::Full { left: 0, asked: 1 });
    given(&[changed(2, 0)]).when(claim(&[1, 2])).then(&[claimed(1), claimed(2)]);
    given(&[changed(2, 0)]).when(claim(&[1, 2, 3])).then_refused(&Refusal::Full { left: 2, asked: 3 });
    given(&[changed(2, 1), claimed(1), claimed(2)]).when(claim(&[3])).then(&[claimed(3)]);
    given(&[changed(1, 0), claimed(1)]).when(claim(&[1])).then_nothing();
    given(&[changed(1, 0), claimed(1)]).when(claim(&[2])).then_refused(&Refusal::Full { left: 0, asked: 1 });
    given(&[changed(1, 0), claimed(1), released(1)]).when(claim(&[2])).then(&[claimed(2)]);
}

#[test]
fn releasing() {
    given(&[]).when(release(1)).then_nothing();
    given(&[changed(1, 0), claimed(1)]).when(release(1)).then(&[released(1)]);
    given(&[changed(1, 0), claimed(1)]).when(release(2)).then_nothing();
    given(&[changed(1, 0), claimed(1), released(1)]).when(release(1)).then_nothing();
}

#[test]
fn states() {
    let pool = |events: &[Event]| {
        let mut pool = Pool::default();
        events.iter().for_each(|event| pool.evolve(event));
        (pool.left(), pool.claimed(), pool.limit())
    };
    assert_eq!(pool(&[changed(2, 1)]), (3, 0, 3));
    assert_eq!(pool(&[changed(2, 1), claimed(1)]), (2, 1, 3));
    assert_eq!(pool(&[changed(2, 1), claimed(1), claimed(1)]), (2, 1, 3));
    assert_eq!(pool(&[changed(2, 1), claimed(1), released(1), released(1)]), (3, 0, 3));
    assert_eq!(pool(&[changed(2, 0), claimed(1), claimed(2), changed(1, 0)]), (0, 2, 1));
}

#[test]
fn names_match_what_is_stored() {
    for event in [changed(1, 0), claimed(1), released(1)] {
        assert_eq!(serde_json::to_value(&event).unwrap()["event_type"], event.name());
    }
}

/// The one test through `cqrs-es` itself; the rest stay synchronous.
#[test]
fn handle_writes_what_decide_says() {
    cqrs_es::test::TestFramework::<Pool>::with(())
        .given(vec![changed(1, 0)])
        .when(claim(&[1]))
        .then_expect_events(vec![claimed(1)]);
}

fn given(events: &[Event]) -> Given<Pool> {
    scenario::given(events)
}

const NOW: DateTime<chrono::Utc> = DateTime::UNIX_EPOCH;

fn flight() -> DepartureId {
    Uuid::from_u128(7).into()
}

fn class() -> Class {
    Class::new("economy").unwrap()
}

fn set(capacity: u32, overbooking_limit: u32) -> Command {
    Command::SetCapacity { flight_id: flight(), class: class(), capacity, overbooking_limit, now: NOW }
}

fn claim(claims: &[u128]) -> Command {
    let wish = |n: &u128| PoolClaim {
        claim_id: Uuid::from_u128(*n).into(),
        item_id: Uuid::from_u128(*n).into(),
        units: 1,
    };
    Command::Claim {
        flight_id: flight(),
        class: class(),
        booking_id: Uuid::from_u128(9).into(),
        claims: claims.iter().map(wish).collect(),
        now: NOW,
    }
}

fn release(n: u128) -> Command {
    let (claim_id, cause) = (Uuid::from_u128(n).into(), ReleaseCause::Cancelled);
    Command::Release { flight_id: flight(), class: class(), claim_id, cause, now: NOW }
}

fn changed(capacity: u32, overbooking_limit: u32) -> Event {
    Event::CapacityChanged {
        flight_id: flight(),
        class: class(),
        capacity,
        overbooking_limit,
        changed_at: NOW,
    }
}

fn claimed(n: u128) -> Event {
    Event::Claimed {
        flight_id: flight(),
        class: class(),
        claim_id: Uuid::from_u128(n).into(),
        booking_id: Uuid::from_u128(9).into(),
        item_id: Uuid::from_u128(n).into(),
        units: 1,
        claimed_at: NOW,
    }
}

fn released(n: u128) -> Event {
    Event::Released {
        flight_id: flight(),
        class: class(),
        claim_id: Uuid::from_u128(n).into(),
        booking_id: Uuid::from_u128(9).into(),
        units: 1,
        cause: ReleaseCause::Cancelled,
        released_at: NOW,
    }
}
