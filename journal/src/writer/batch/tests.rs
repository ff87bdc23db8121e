use booking_domain::seat::SeatEvent;
use booking_domain::use_cases::ExpireBooking;
use booking_domain::values::{Actor, ActorKind, BookingId, DepartureId, TenantId};
use booking_domain::world::{Drafted, Placed};
use booking_domain::{Event, UseCase};
use chrono::DateTime;
use uuid::Uuid;

use super::*;
use crate::CommandKey;

const FLIGHT: DepartureId = DepartureId::new(Uuid::from_u128(7));

fn seat(number: &str) -> StreamId {
    StreamId::Seat(FLIGHT, number.parse().unwrap())
}

/// A request that changes a stream and touches these.
fn decided(changes: Option<StreamId>, touched: Vec<Touch>) -> Decided {
    let (tenant, id) = (TenantId::new(Uuid::from_u128(1)), Uuid::from_u128(2));
    let now = DateTime::UNIX_EPOCH;
    let case = UseCase::ExpireBooking(ExpireBooking { booking_id: BookingId::new(id), now });
    let request = Request {
        tenant,
        actor: Actor { kind: ActorKind::System, id },
        case,
        key: CommandKey::once(id),
        keys: vec![],
        trace: crate::Trace::default(),
        occurred_at: now,
        quiet: false,
        versions: None,
        intent: crate::Intent::Store,
    };
    let event = |stream| {
        let event =
            SeatEvent::Unblocked { flight_id: FLIGHT, seat_number: "1A".parse().unwrap(), unblocked_at: now };
        Placed { stream, tenant, sequence: 1, event: Event::Seat(event) }
    };
    let drafted = Drafted { events: changes.into_iter().map(event).collect(), touched, names: vec![] };
    Decided { ticket: Ticket { request, answer: oneshot::channel().0, tries: 1 }, drafted, refusal: None }
}

fn groups(requests: Vec<Decided>) -> Vec<i32> {
    let mut batch = Batch::new(1);
    requests.into_iter().for_each(|one| batch.push(one));
    batch.groups()
}

#[test]
fn requests_that_have_nothing_in_common_stand_alone() {
    let claims = |number| decided(Some(seat(number)), vec![Touch::Stream(seat(number))]);
    assert_eq!(groups(vec![claims("1A"), claims("1B"), claims("1C")]), [0, 1, 2]);
}

#[test]
fn who_touches_what_another_changes_shares_its_group() {
    let claims = |number| decided(Some(seat(number)), vec![Touch::Stream(seat(number))]);
    let looks = decided(None, vec![Touch::Stream(seat("1A"))]);
    assert_eq!(groups(vec![claims("1A"), claims("1B"), looks, claims("1A")]), [0, 1, 0, 0]);
}

/// Refused because all seats were about to be taken: if any of those who take them is left out, that was wrong.
#[test]
fn a_refusal_for_want_of_seats_depends_on_everyone_who_takes_one() {
    let claims = |number| decided(Some(seat(number)), vec![Touch::Stream(seat(number))]);
    let refused = decided(None, vec![Touch::Family(seat("1A").family())]);
    assert_eq!(groups(vec![claims("1A"), claims("1B"), refused]), [0, 0, 0]);
}
