//! Departures come onto the timetable and leave it; businesses sign up and are let in.

use super::*;
use crate::booking::samples::hour;
use crate::departure::DepartureRefusal;
use crate::refusal::SaleRefusal;
use crate::tenant::TenantRefusal;
use crate::world::{NameKind, NewName};

#[test]
fn scheduling_puts_a_flight_on_the_timetable_and_opens_its_pools() {
    let pool = Touch::Stream(StreamId::Pool(id(100), class("lounge")));
    given(&[])
        .when(&schedule(cabins()))
        .then(&[placed(1, scheduled(100, cabins())), placed(1, lounge(2, 1))])
        .touching(&[touch_flight(100), pool]);
}

#[test]
fn scheduling_again_is_nothing_to_do() {
    let there = given(&[]).after(&schedule(cabins()));
    there.when(&schedule(cabins())).then_nothing();
    let sold = there.and(tenant(1), &[registered(1), approved(1)]).after(&place(1, &[any(100, 1)]));
    sold.when(&schedule(cabins())).then_nothing();
    let enlarged = sold.and(tenant(1), &[lounge(5, 0)]);
    enlarged.when(&schedule(cabins())).then_nothing();
}

#[test]
fn a_flight_cannot_be_scheduled_with_other_cabins() {
    let others = rows(1, 1, "AB", 1, Currency::USD);
    let refusal = DepartureRefusal::AlreadyScheduled.into();
    given(&[]).after(&schedule(cabins())).when(&schedule(others)).then_refused(&refusal);
}

#[test]
fn a_flight_must_arrive_after_it_departs() {
    let flight = crate::departure::Flight { arrival: flight(100, 0).departure, ..flight(100, 1) };
    let case = ScheduleDeparture { flight, cabins: cabins(), sales_open: true, now: NOW };
    let refusal = DepartureRefusal::ArrivesBeforeItDeparts.into();
    given(&[]).when(&UseCase::ScheduleDeparture(Box::new(case))).then_refused(&refusal);
}

#[test]
fn a_cancelled_flight_sells_nothing_more_and_keeps_its_bookings() {
    let cancelled = DepartureEvent::Cancelled { flight_id: id(100), reason: None, cancelled_at: NOW };
    let sold = selling().after(&place(1, &[any(100, 1)]));
    sold.when(&cancel(NOW)).then(&[placed(2, Event::Departure(cancelled))]).touching(&[touch_flight(100)]);

    let cancelled = sold.after(&cancel(NOW));
    let unavailable = SaleRefusal::FlightUnavailable("flight AA100 was cancelled".to_owned());
    cancelled.when(&place(2, &[any(100, 1)])).then_refused(&unavailable.into());
    cancelled.when(&cancel(NOW)).then_nothing();
}

#[test]
fn a_flight_that_is_not_there_or_has_left_cannot_be_cancelled() {
    let departed = DepartureRefusal::Departed { flight_number: "AA100".to_owned() };
    given(&[]).when(&cancel(NOW)).then_refused(&DepartureRefusal::NotFound.into());
    selling().when(&cancel(hour(departs(100)))).then_refused(&departed.into());
    let world = selling().world();
    decide(&world, tenant(2), &cancel(NOW)).then_refused(&DepartureRefusal::NotFound.into());
}

#[test]
fn closed_sales_can_be_opened_again() {
    let closed = DepartureEvent::SalesClosed { flight_id: id(100), closed_at: NOW };
    let opened = DepartureEvent::SalesOpened { flight_id: id(100), opened_at: NOW };
    selling().when(&set_sales(true)).then_nothing();
    selling().when(&set_sales(false)).then(&[placed(2, Event::Departure(closed))]);
    let closed = selling().after(&set_sales(false));
    closed.when(&set_sales(false)).then_nothing();
    closed.when(&set_sales(true)).then(&[placed(3, Event::Departure(opened))]);
    closed.after(&set_sales(true)).when(&place(1, &[any(100, 1)])).then_seats(&["2A"]);
}

#[test]
fn registering_claims_the_subdomain() {
    let name = NewName { name: subdomain(), owner: StreamId::Tenant(tenant(1)) };
    let outcome = given(&[]).when(&register()).then(&[placed(1, registered(1))]);
    assert_eq!(outcome.drafted.names, [name]);
    outcome.touching(&[touch_tenant()]);
}

#[test]
fn a_subdomain_of_another_business_is_refused() {
    let taken = given(&[]).named(subdomain(), &StreamId::Tenant(tenant(2)));
    let refusal = TenantRefusal::SubdomainTaken("air-1".to_owned());
    taken.when(&register()).then_refused(&refusal.into());
}

#[test]
fn registering_again_is_nothing_to_do() {
    let mine = given(&[]).after(&register()).named(subdomain(), &StreamId::Tenant(tenant(1)));
    let outcome = mine.when(&register()).then(&[]);
    assert_eq!(outcome.drafted.names, []);
    mine.after(&approve()).when(&register()).then_nothing();
}

#[test]
fn an_approved_business_may_sell() {
    let pending = given(&[scheduled(100, cabins())]).after(&register());
    pending.when(&approve()).then(&[placed(2, approved(1))]).touching(&[touch_tenant()]);
    let active = pending.after(&approve());
    active.when(&approve()).then_nothing();
    active.when(&place(1, &[any(100, 1)])).then_seats(&["2A"]);
    given(&[]).when(&approve()).then_refused(&TenantRefusal::NotFound.into());
}

#[test]
fn each_use_case_says_what_it_is_about_and_needs() {
    let world = World::default();
    let (tenant_needed, flight) = (Family::Tenant(tenant(1)), Family::Departure(id(100)));
    let departure = StreamId::Departure(id(100));
    for (case, subject, needs) in [
        (register(), StreamId::Tenant(tenant(1)), vec![tenant_needed]),
        (approve(), StreamId::Tenant(tenant(1)), vec![tenant_needed]),
        (schedule(cabins()), departure.clone(), vec![flight]),
        (cancel(NOW), departure.clone(), vec![flight]),
        (set_sales(true), departure, vec![flight]),
        (place(7, &[any(100, 1)]), StreamId::Booking(id(7)), vec![tenant_needed, flight]),
    ] {
        assert_eq!((case.subject(tenant(1)), case.needs(tenant(1), &world)), (subject, needs));
    }
}

fn schedule(cabins: Cabins) -> UseCase {
    let flight = flight(100, departs(100));
    UseCase::ScheduleDeparture(Box::new(ScheduleDeparture { flight, cabins, sales_open: true, now: NOW }))
}

fn cancel(now: DateTime<Utc>) -> UseCase {
    UseCase::CancelDeparture(CancelDeparture { flight_id: id(100), reason: None, now })
}

fn set_sales(open: bool) -> UseCase {
    UseCase::SetSales(SetSales { flight_id: id(100), open, now: NOW })
}

fn register() -> UseCase {
    UseCase::RegisterTenant(RegisterTenant { business: business(1), now: NOW })
}

fn approve() -> UseCase {
    UseCase::ApproveTenant(ApproveTenant { now: NOW })
}

fn subdomain() -> Name {
    Name { tenant: None, kind: NameKind::Subdomain, value: "air-1".to_owned() }
}
