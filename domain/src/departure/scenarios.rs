//! Every command in every state: one row each, read as given / when / then.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{
    Departure, DepartureCommand as Command, DepartureEvent as Event, DepartureRefusal as Refusal, Flight,
    Schedule,
};
use crate::scenario::{self, Given};
use crate::values::{Cabin, Cabins, Class, Currency, Money, Places, Seating, ZonedTime};

#[test]
fn scheduling() {
    let backwards = Flight { arrival: hour(1), ..flight() };
    let later = Flight { arrival: hour(14), ..flight() };

    given(&[]).when(schedule(flight())).then(&[scheduled()]);
    given(&[]).when(schedule(backwards)).then_refused(&Refusal::ArrivesBeforeItDeparts);
    given(&[]).when(schedule(in_year(9999))).then_refused(&Refusal::OutOfCalendar);
    given(&[]).when(schedule(in_year(-9999))).then_refused(&Refusal::OutOfCalendar);
    given(&[scheduled()]).when(schedule(flight())).then_nothing();
    given(&[scheduled()]).when(schedule(later)).then_refused(&Refusal::AlreadyScheduled);
    given(&[scheduled(), cancelled()]).when(schedule(flight())).then_refused(&is_cancelled());
}

#[test]
fn cancelling() {
    given(&[]).when(cancel(0)).then_refused(&Refusal::NotFound);
    given(&[scheduled()]).when(cancel(0)).then(&[cancelled()]);
    given(&[scheduled()]).when(cancel(10)).then_refused(&departed());
    given(&[scheduled(), cancelled()]).when(cancel(0)).then_nothing();
    given(&[scheduled(), cancelled()]).when(cancel(10)).then_nothing();
}

#[test]
fn closing_sales() {
    given(&[]).when(close()).then_refused(&Refusal::NotFound);
    given(&[scheduled()]).when(close()).then(&[closed()]);
    given(&[scheduled(), closed()]).when(close()).then_nothing();
    given(&[scheduled(), cancelled()]).when(close()).then_refused(&is_cancelled());
}

#[test]
fn opening_sales() {
    given(&[]).when(open(0)).then_refused(&Refusal::NotFound);
    given(&[scheduled()]).when(open(0)).then_nothing();
    given(&[scheduled(), closed()]).when(open(0)).then(&[opened()]);
    given(&[scheduled(), closed()]).when(open(10)).then_refused(&departed());
    given(&[scheduled(), cancelled()]).when(open(0)).then_refused(&is_cancelled());
}

#[test]
fn states() {
    let schedule =
        |sales_open| std::sync::Arc::new(Schedule { flight: flight(), cabins: cabins(), sales_open });
    given(&[]).then_state(&Departure::Absent);
    given(&[cancelled()]).then_state(&Departure::Absent);
    given(&[scheduled()]).then_state(&Departure::Scheduled(schedule(true)));
    given(&[scheduled(), closed(), closed()]).then_state(&Departure::Scheduled(schedule(false)));
    given(&[scheduled(), closed(), opened()]).then_state(&Departure::Scheduled(schedule(true)));
    given(&[scheduled(), cancelled(), cancelled()]).then_state(&Departure::Cancelled(schedule(true)));
}

#[test]
fn names_match_what_is_stored() {
    for event in [scheduled(), cancelled(), opened(), closed()] {
        assert_eq!(serde_json::to_value(&event).unwrap()["event_type"], event.name());
    }
}

/// The one test through `cqrs-es` itself; the rest stay synchronous.
#[test]
fn handle_writes_what_decide_says() {
    cqrs_es::test::TestFramework::<Departure>::with(())
        .given_no_previous_events()
        .when(schedule(flight()))
        .then_expect_events(vec![scheduled()]);
}

fn given(events: &[Event]) -> Given<Departure> {
    scenario::given(events)
}

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn hour(hour: i64) -> ZonedTime {
    ZonedTime::at(NOW + TimeDelta::hours(hour), Tz::America__New_York)
}

fn flight() -> Flight {
    Flight {
        flight_id: Uuid::from_u128(7).into(),
        flight_number: "AA100".to_owned(),
        airline: "American Airlines".to_owned(),
        origin: "JFK".to_owned(),
        destination: "LAX".to_owned(),
        departure: hour(10),
        arrival: hour(13),
    }
}

fn in_year(year: i32) -> Flight {
    let moved = |time: ZonedTime| ZonedTime { at: time.at.with_year(year).unwrap(), ..time };
    Flight { departure: moved(hour(10)), arrival: moved(hour(13)), ..flight() }
}

fn cabins() -> Cabins {
    let seating = Seating::Counted(Places { count: 10, overbooking_limit: 0 });
    let price = Money::of(29_999, Currency::USD);
    Cabins::new(vec![Cabin { class: Class::new("economy").unwrap(), seating, price }]).unwrap()
}

fn schedule(flight: Flight) -> Command {
    Command::Schedule { flight, cabins: cabins(), sales_open: true, now: NOW }
}

fn cancel(hour: i64) -> Command {
    Command::Cancel { reason: None, now: NOW + TimeDelta::hours(hour) }
}

fn open(hour: i64) -> Command {
    Command::OpenSales { now: NOW + TimeDelta::hours(hour) }
}

fn close() -> Command {
    Command::CloseSales { now: NOW }
}

fn scheduled() -> Event {
    Event::Scheduled { flight: flight(), cabins: cabins(), sales_open: true, scheduled_at: NOW }
}

fn cancelled() -> Event {
    Event::Cancelled { flight_id: flight().flight_id, reason: None, cancelled_at: NOW }
}

fn opened() -> Event {
    Event::SalesOpened { flight_id: flight().flight_id, opened_at: NOW }
}

fn closed() -> Event {
    Event::SalesClosed { flight_id: flight().flight_id, closed_at: NOW }
}

fn is_cancelled() -> Refusal {
    Refusal::Cancelled { flight_number: "AA100".to_owned() }
}

fn departed() -> Refusal {
    Refusal::Departed { flight_number: "AA100".to_owned() }
}
