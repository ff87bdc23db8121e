//! Every command in every state: one row each, read as given / when / then.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{
    Cursor, Departure, DepartureCommand as Command, DepartureEvent as Event, DepartureRefusal as Refusal,
    Flight, Pass, Passes, Rebooking, Schedule, SettledBatch,
};
use crate::scenario::{self, Given};
use crate::values::{Actor, BookingId, Cabin, Cabins, Class, Currency, Money, Places, Seating, ZonedTime};

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
fn rescheduling() {
    let backwards = Command::Reschedule { departure: hour(3), arrival: hour(3), now: NOW };
    given(&[]).when(reschedule(20, 0)).then_refused(&Refusal::NotFound);
    given(&[scheduled()]).when(reschedule(20, 0)).then(&[rescheduled(20)]);
    given(&[scheduled()]).when(reschedule(10, 0)).then_nothing();
    given(&[scheduled(), rescheduled(20)]).when(reschedule(20, 0)).then_nothing();
    given(&[scheduled()]).when(backwards).then_refused(&Refusal::ArrivesBeforeItDeparts);
    given(&[scheduled()]).when(reschedule(20, 10)).then_refused(&departed());
    given(&[scheduled()]).when(reschedule(5, 6)).then_refused(&Refusal::DepartsInThePast);
    given(&[scheduled(), left()]).when(reschedule(20, 0)).then_refused(&departed());
    given(&[scheduled(), cancelled()]).when(reschedule(20, 0)).then_refused(&is_cancelled());
}

#[test]
fn changing_cabins() {
    let in_euros = Command::ChangeCabins { cabins: counted(5, Currency::EUR), now: NOW };
    let keeps = Refusal::OtherCurrency { flight_number: "AA100".to_owned() };
    given(&[]).when(change_cabins(0)).then_refused(&Refusal::NotFound);
    given(&[scheduled()]).when(change_cabins(0)).then(&[seat_map_changed()]);
    given(&[scheduled(), seat_map_changed()]).when(change_cabins(0)).then_nothing();
    given(&[scheduled()]).when(in_euros).then_refused(&keeps);
    given(&[scheduled()]).when(change_cabins(10)).then_refused(&departed());
    given(&[scheduled(), left()]).when(change_cabins(0)).then_refused(&departed());
    given(&[scheduled(), cancelled()]).when(change_cabins(0)).then_refused(&is_cancelled());
}

#[test]
fn departing() {
    let depart = |hour| Command::Depart { now: NOW + TimeDelta::hours(hour) };
    let not_due = Refusal::NotDue { flight_number: "AA100".to_owned(), departs_at: hour(10).at };
    given(&[]).when(depart(10)).then_refused(&Refusal::NotFound);
    given(&[scheduled()]).when(depart(8)).then_refused(&not_due);
    let departed_at = NOW + TimeDelta::hours(9);
    given(&[scheduled()])
        .when(depart(9))
        .then(&[Event::Departed { flight_id: flight().flight_id, departed_at }]);
    given(&[scheduled(), left()]).when(depart(10)).then_nothing();
    given(&[scheduled(), cancelled()]).when(depart(10)).then_refused(&is_cancelled());
    given(&[scheduled(), left()]).when(cancel(0)).then_refused(&departed());
    given(&[scheduled(), left()]).when(open(0)).then_refused(&departed());
    given(&[scheduled(), left()]).when(close()).then_refused(&departed());
    given(&[scheduled(), left()]).when(schedule(flight())).then_nothing();
}

#[test]
fn requesting_a_rebooking() {
    let under_way = Refusal::RebookingUnderWay { flight_number: "AA100".to_owned() };
    given(&[]).when(request(8, 0)).then_refused(&Refusal::NotFound);
    given(&[scheduled()]).when(request(8, 0)).then(&[requested()]);
    given(&[scheduled()]).when(request(7, 0)).then_refused(&Refusal::RebookedToItself);
    given(&[scheduled()]).when(request(8, 10)).then_refused(&departed());
    given(&[scheduled(), requested()]).when(request(8, 0)).then_refused(&under_way);
    let over = settled(Pass::Rebooking, 1, true);
    given(&[scheduled(), requested(), over]).when(request(8, 0)).then(&[requested()]);
    given(&[scheduled(), left()]).when(request(8, 0)).then_refused(&departed());
    given(&[scheduled(), cancelled()]).when(request(8, 0)).then_refused(&is_cancelled());
}

#[test]
fn recording_a_batch() {
    let (settling, rebooking) = (settled(Pass::Settling, 1, false), settled(Pass::Rebooking, 1, false));
    given(&[]).when(record(&settling)).then_nothing();
    given(&[scheduled()]).when(record(&settling)).then_nothing();
    given(&[scheduled(), cancelled()]).when(record(&settling)).then(std::slice::from_ref(&settling));
    given(&[scheduled(), rescheduled(20)]).when(record(&settling)).then(std::slice::from_ref(&settling));
    given(&[scheduled(), rescheduled(20)]).when(record(&rebooking)).then_nothing();
    let over = settled(Pass::Settling, 1, true);
    given(&[scheduled(), seat_map_changed(), over]).when(record(&settling)).then_nothing();
}

#[test]
fn passes() {
    let holders = [1, 2, 3].map(booking).into_iter().collect();
    let batch = |events: &[Event], max| {
        let mut departure = Departure::default();
        events.iter().for_each(|event| crate::decide::Decide::evolve(&mut departure, event));
        let passes = departure.timetabled().unwrap().passes.clone();
        (passes.next(), passes.ahead(&holders).into_iter().take(max).collect::<Vec<_>>())
    };
    let (settling, nothing) = (Some(Pass::Settling), (None, vec![]));
    let [first, second] = [settled(Pass::Settling, 1, false), settled(Pass::Settling, 2, true)];
    assert_eq!(batch(&[scheduled()], 9), nothing);
    assert_eq!(batch(&[scheduled(), cancelled()], 2), (settling, vec![booking(1), booking(2)]));
    let begun = [scheduled(), rescheduled(20), first.clone()];
    assert_eq!(batch(&begun, 9), (settling, vec![booking(2), booking(3)]));
    assert_eq!(batch(&[&begun[..], &[second]].concat(), 9), nothing);
    let again = [&begun[..], &[seat_map_changed()]].concat();
    assert_eq!(batch(&again, 9), (settling, vec![booking(1), booking(2), booking(3)]));
    let after = [&begun[..], &[requested(), settled(Pass::Settling, 3, true)]].concat();
    assert_eq!(batch(&after, 9), (Some(Pass::Rebooking), vec![booking(2)]));
    let both = [&after[..], &[cancelled()]].concat();
    assert_eq!(batch(&both, 1), (settling, vec![booking(1)]), "nobody is moved from what was cancelled");
}

#[test]
fn states() {
    let schedule = |sales_open| {
        std::sync::Arc::new(Schedule {
            flight: flight(),
            cabins: cabins(),
            sales_open,
            passes: Passes::default(),
        })
    };
    given(&[]).then_state(&Departure::Absent);
    given(&[cancelled()]).then_state(&Departure::Absent);
    given(&[scheduled()]).then_state(&Departure::Scheduled(schedule(true)));
    given(&[scheduled(), closed(), closed()]).then_state(&Departure::Scheduled(schedule(false)));
    given(&[scheduled(), closed(), opened()]).then_state(&Departure::Scheduled(schedule(true)));
    let begun = |flight, cabins| Schedule { flight, cabins, sales_open: true, passes: Passes::begun() };
    let as_it_was = std::sync::Arc::new(begun(flight(), cabins()));
    given(&[scheduled(), cancelled(), cancelled()]).then_state(&Departure::Cancelled(as_it_was));
    let later = std::sync::Arc::new(begun(moved(20), cabins()));
    given(&[scheduled(), rescheduled(20)]).then_state(&Departure::Scheduled(later));
    let other = std::sync::Arc::new(begun(flight(), counted(5, Currency::USD)));
    given(&[scheduled(), seat_map_changed()]).then_state(&Departure::Scheduled(other));
    given(&[scheduled(), left(), left()]).then_state(&Departure::Departed(schedule(true)));
    given(&[left()]).then_state(&Departure::Absent);
    let rebooking = Rebooking {
        to_flight_id: Uuid::from_u128(8).into(),
        bookings: Some([booking(2)].into()),
        cursor: Cursor::default(),
    };
    let passes = Passes { settling: None, rebooking: Some(rebooking) };
    let asked = std::sync::Arc::new(Schedule { passes, ..(*schedule(true)).clone() });
    given(&[scheduled(), requested()]).then_state(&Departure::Scheduled(asked));
}

#[test]
fn names_match_what_is_stored() {
    let (moved, other) = (rescheduled(20), seat_map_changed());
    for event in [
        scheduled(),
        cancelled(),
        opened(),
        closed(),
        moved,
        other,
        left(),
        requested(),
        settled(Pass::Settling, 1, true),
    ] {
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

fn moved(to: i64) -> Flight {
    Flight { departure: hour(to), arrival: hour(to + 3), ..flight() }
}

fn booking(n: u128) -> BookingId {
    Uuid::from_u128(n).into()
}

fn in_year(year: i32) -> Flight {
    let moved = |time: ZonedTime| ZonedTime { at: time.at.with_year(year).unwrap(), ..time };
    Flight { departure: moved(hour(10)), arrival: moved(hour(13)), ..flight() }
}

fn cabins() -> Cabins {
    counted(10, Currency::USD)
}

fn counted(count: u32, currency: Currency) -> Cabins {
    let seating = Seating::Counted(Places { count, overbooking_limit: 0 });
    let price = Money::of(29_999, currency);
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

fn reschedule(to: i64, now: i64) -> Command {
    Command::Reschedule { departure: hour(to), arrival: hour(to + 3), now: NOW + TimeDelta::hours(now) }
}

fn change_cabins(now: i64) -> Command {
    Command::ChangeCabins { cabins: counted(5, Currency::USD), now: NOW + TimeDelta::hours(now) }
}

fn request(to: u128, now: i64) -> Command {
    Command::RequestRebooking {
        to_flight_id: Uuid::from_u128(to).into(),
        bookings: Some(vec![booking(2)]),
        by: Actor::SYSTEM,
        now: NOW + TimeDelta::hours(now),
    }
}

fn record(event: &Event) -> Command {
    let Event::BookingsSettled { batch, .. } = event.clone() else { panic!("a batch is recorded") };
    Command::RecordSettled { batch, now: NOW }
}

fn rescheduled(to: i64) -> Event {
    let (departure, arrival) = (hour(to), hour(to + 3));
    Event::Rescheduled { flight_id: flight().flight_id, departure, arrival, rescheduled_at: NOW }
}

fn seat_map_changed() -> Event {
    let cabins = counted(5, Currency::USD);
    Event::SeatMapChanged { flight_id: flight().flight_id, cabins, changed_at: NOW }
}

fn left() -> Event {
    Event::Departed { flight_id: flight().flight_id, departed_at: NOW }
}

fn requested() -> Event {
    Event::RebookingRequested {
        flight_id: flight().flight_id,
        to_flight_id: Uuid::from_u128(8).into(),
        bookings: Some(vec![booking(2)]),
        requested_by: Actor::SYSTEM,
        requested_at: NOW,
    }
}

fn settled(pass: Pass, through: u128, done: bool) -> Event {
    let through = Some(booking(through));
    let batch =
        SettledBatch { pass, through, looked_at: 1, changed: 1, displaced: vec![], left: u32::from(!done) };
    Event::BookingsSettled { flight_id: flight().flight_id, batch, settled_at: NOW }
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
