//! What holds for every projection.

use super::*;
use crate::booking::Bookings;
use crate::flight::Flights;
use crate::samples::{
    BOOKING, FLIGHT, History, TENANT, claimed, confirmed, created, history, scheduled, seat,
};
use booking_domain::StreamId;
use serde_json::json;

type Rows<P> = HashMap<Key, <P as Projection>::Row>;

/// Like a table without a checkpoint: whatever is delivered is applied.
fn deliver<P: Projection>(rows: &mut Rows<P>, events: &[Recorded]) -> Option<Poison> {
    let mut digest = digest::<P>(0, events);
    digest.fold::<P>(rows);
    digest.poison
}

fn delivered<P: Projection>(events: &[Recorded]) -> Rows<P> {
    let mut rows = HashMap::new();
    assert!(deliver::<P>(&mut rows, events).is_none());
    rows
}

fn comes_out_the_same_in_any_redelivery<P: Projection>() {
    let events = history();
    let once = delivered::<P>(&events);
    assert!(!once.is_empty());
    for from in 0..=events.len() {
        let mut in_two = delivered::<P>(&events[..from]);
        assert!(deliver::<P>(&mut in_two, &events[from..]).is_none());
        assert_eq!(in_two, once, "split at {from}");
        for until in from..=events.len() {
            let mut again = delivered::<P>(&events);
            assert!(deliver::<P>(&mut again, &events[from..until]).is_none());
            assert_eq!(again, once, "{from}..{until} delivered again");
        }
    }
}

#[test]
fn bookings_come_out_the_same_in_any_redelivery() {
    comes_out_the_same_in_any_redelivery::<Bookings>();
}

#[test]
fn flights_come_out_the_same_in_any_redelivery() {
    comes_out_the_same_in_any_redelivery::<Flights>();
}

#[test]
fn a_batch_knows_its_rows_and_which_of_them_it_begins() {
    let events = history();
    let rows = |events: &[Recorded]| digest::<Flights>(0, events).rows::<Flights>();
    let flight = Key { tenant: TENANT, id: FLIGHT.uuid() };
    assert_eq!(rows(&events), HashMap::from([(flight, true)]));
    assert_eq!(rows(&events[2..]), HashMap::from([(flight, false)]));
    assert_eq!(rows(&events[3..4]), HashMap::new(), "a booking is none of its business");
    let booking = Key { tenant: TENANT, id: BOOKING.uuid() };
    let confirmed = digest::<Bookings>(7, &events[7..8]);
    assert_eq!(confirmed.rows::<Bookings>(), HashMap::from([(booking, false)]));
}

#[test]
fn an_event_of_no_interest_moves_the_position_all_the_same() {
    let events = history();
    assert_eq!((digest::<Bookings>(0, &events[..3]).position, digest::<Bookings>(0, &[]).position), (3, 0));
}

#[test]
fn an_unknown_event_stops_the_projection_that_reads_it_right_before_it() {
    let booking = StreamId::Booking(BOOKING);
    let events = History::default()
        .and(&booking, created())
        .and(&booking, json!({"event_type": "booking.exploded"}))
        .and(&booking, confirmed())
        .events();
    let stopped = digest::<Bookings>(0, &events);
    assert_eq!((stopped.position, stopped.facts.len()), (1, 1));
    assert!(matches!(stopped.poison, Some(Poison::Unreadable(unreadable)) if unreadable.position == 2));
    let other = digest::<Flights>(0, &events);
    assert_eq!((other.position, other.poison.is_none()), (3, true));
}

#[test]
fn an_unknown_type_of_aggregate_stops_every_projection() {
    let mut events = history();
    events[4].aggregate_type = "spaceship".to_owned();
    assert!(matches!(digest::<Bookings>(0, &events).poison, Some(Poison::Stream { position: 5, .. })));
    assert!(matches!(digest::<Flights>(0, &events).poison, Some(Poison::Stream { position: 5, .. })));
}

#[test]
fn an_event_that_does_not_fit_stops_right_before_it_and_keeps_what_came_before() {
    let events = History::default()
        .and(&StreamId::Departure(FLIGHT), scheduled())
        .and(&seat("1A"), claimed("1A"))
        .and(&seat("1A"), claimed("1A"))
        .and(&seat("2F"), claimed("2F"))
        .events();
    let (mut rows, mut digest) = (HashMap::new(), digest::<Flights>(0, &events));
    digest.fold::<Flights>(&mut rows);
    assert_eq!(digest.position, 2);
    assert_eq!(
        digest.poison.unwrap().to_string(),
        "seat.claimed at position 3 does not fit: the seat is taken already"
    );
    assert_eq!(rows, delivered::<Flights>(&events[..2]));
}

#[test]
fn news_of_a_row_that_there_is_not_does_not_fit() {
    let (mut flights, mut bookings) = (HashMap::new(), HashMap::new());
    let events = history();
    assert!(matches!(
        deliver::<Flights>(&mut flights, &events[4..]),
        Some(Poison::Misfit { position: 5, .. })
    ));
    assert!(matches!(
        deliver::<Bookings>(&mut bookings, &events[7..]),
        Some(Poison::Misfit { position: 8, .. })
    ));
}
