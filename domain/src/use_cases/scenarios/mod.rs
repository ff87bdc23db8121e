//! Use cases on a world folded from events: given what has happened, when this is asked, then that is stored.

mod changing;
mod disruption;
mod erasing;
mod flights;
mod holding;
mod managing;
mod placing;
mod random;
mod refusing;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::*;
use crate::booking::samples::{NOW, class, customer, flight, id, passenger, reference, seat};
use crate::booking::{Booking, BookingEvent, Order};
use crate::customer::CustomerEvent;
use crate::departure::DepartureEvent;
use crate::event::Event;
use crate::pool::PoolEvent;
use crate::seat::{Seat, SeatEvent};
use crate::tenant::{Business, TenantEvent};
use crate::values::{BookingId, Cabin, Cabins, Currency, CustomerId, Money, Places, Rows, Seating};
use crate::world::{Drafted, Name, Placed, Touch};

/// What the journal has. Every question is decided on a world folded from it anew.
#[derive(Debug, Default, Clone)]
struct Given {
    history: Vec<Placed>,
    names: Vec<(Name, String)>,
}

/// What deciding answered.
#[derive(Debug)]
struct Outcome {
    refusal: Option<Refusal>,
    drafted: Drafted,
}

/// Nothing has happened yet but this.
fn given(events: &[Event]) -> Given {
    Given::default().and(tenant(1), events)
}

/// A tenant that may sell, with flights
/// - 100: business 1AB at 500, economy 2AB-CD and 3AB-CD at 200, a lounge of 2 and 1 more at 300;
/// - 200: economy 1AB at 250;
/// - 300: economy 1AB at 150, in euros.
fn selling() -> Given {
    given(&[registered(1), approved(1)])
        .and(tenant(1), &[scheduled(100, cabins()), lounge(2, 1)])
        .and(tenant(1), &[scheduled(200, rows(1, 1, "AB", 25_000, Currency::USD))])
        .and(tenant(1), &[scheduled(300, rows(1, 1, "AB", 15_000, Currency::EUR))])
}

impl Given {
    /// Events of a tenant that happened next.
    fn and(mut self, tenant: TenantId, events: &[Event]) -> Self {
        for event in events {
            let stream = stream(event);
            let before = self.history.iter().filter(|placed| placed.stream == stream).count();
            let sequence = i64::try_from(before).unwrap() + 1;
            self.history.push(Placed { stream, tenant, sequence, event: event.clone() });
        }
        self
    }

    /// What a use case stored next.
    #[track_caller]
    fn after(mut self, case: &UseCase) -> Self {
        let outcome = self.when(case);
        assert_eq!(outcome.refusal, None);
        self.history.extend(outcome.drafted.events);
        self
    }

    /// The booking as it stands.
    fn booking(&self, n: u128) -> Booking {
        self.world().booking(tenant(1), id(n)).cloned().unwrap_or_default()
    }

    /// Which booking has a seat, if one has.
    fn holder(&self, flight: u128, text: &str) -> Option<BookingId> {
        let world = self.world();
        let seat = Draft::new(&world, tenant(1)).read(&StreamId::Seat(id(flight), seat(text)));
        match seat {
            Seat::Claimed { booking_id, .. } => Some(booking_id),
            Seat::Free | Seat::Blocked { .. } => None,
        }
    }

    /// A name that is known to be borne.
    fn named(mut self, name: Name, owner: &StreamId) -> Self {
        self.names.push((name, owner.aggregate_id()));
        self
    }

    fn world(&self) -> World {
        let mut world = World::default();
        for family in self.history.iter().map(|placed| placed.stream.family()) {
            let of_family = |placed: &&Placed| placed.stream.family() == family;
            let history: Vec<Placed> = self.history.iter().filter(of_family).cloned().collect();
            world.take_in(family, &history);
        }
        for (name, owner) in &self.names {
            world.learn_name(name.clone(), owner.clone());
        }
        world
    }

    fn when(&self, case: &UseCase) -> Outcome {
        decide(&self.world(), tenant(1), case)
    }
}

fn decide(world: &World, tenant: TenantId, case: &UseCase) -> Outcome {
    let mut draft = Draft::new(world, tenant);
    match case.decide(&mut draft) {
        Ok(()) => Outcome { refusal: None, drafted: draft.finish() },
        Err(refusal) => Outcome { refusal: Some(refusal), drafted: draft.refuse() },
    }
}

impl Outcome {
    #[track_caller]
    fn then(self, expected: &[Placed]) -> Self {
        assert_eq!(self.refusal, None);
        assert_eq!(self.drafted.events, expected);
        self
    }

    #[track_caller]
    fn then_nothing(self) {
        self.then(&[]);
    }

    /// The seats of the booking that is created, in the order of its items.
    #[track_caller]
    fn then_seats(self, expected: &[&str]) {
        assert_eq!(self.order().seats, expected.iter().map(|text| seat(text)).collect::<Vec<_>>());
    }

    /// The names of what is stored, each with its stream.
    #[track_caller]
    fn stored(&self) -> Vec<(&'static str, String)> {
        assert_eq!(self.refusal, None);
        let name = |placed: &Placed| (placed.event.name(), placed.stream.aggregate_id());
        self.drafted.events.iter().map(name).collect()
    }

    /// The names of what is stored.
    #[track_caller]
    fn then_events(self, expected: &[&str]) {
        let names: Vec<&str> = self.stored().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, expected);
    }

    /// Refused; nothing is stored and no name claimed.
    #[track_caller]
    fn then_refused(self, expected: &Refusal) -> Self {
        assert_eq!(self.refusal.as_ref(), Some(expected));
        assert_eq!((self.drafted.events.as_slice(), self.drafted.names.as_slice()), (&[][..], &[][..]));
        self
    }

    #[track_caller]
    fn touching(self, expected: &[Touch]) {
        assert_eq!(self.drafted.touched, expected);
    }

    #[track_caller]
    fn order(&self) -> Order {
        assert_eq!(self.refusal, None);
        let created = self.drafted.events.iter().find_map(|placed| {
            if let Event::Booking(BookingEvent::Created { order, .. }) = &placed.event {
                return Some((**order).clone());
            }
            None
        });
        created.expect("a booking is created")
    }
}

fn tenant(n: u128) -> TenantId {
    id(n)
}

/// Who account `n` is to the tenant.
fn customer_of(n: u128) -> CustomerId {
    CustomerId::of_account(tenant(1), id(n))
}

/// Booking `n` of customer `n`, for passengers 1, 2, 3 … as far as they are wanted.
fn ordering(n: u128, wanted: &[Wanted]) -> PlaceBooking {
    let travellers = wanted.iter().map(|wanted| wanted.passengers.len()).max().unwrap_or(0);
    PlaceBooking {
        booking_id: id(n),
        references: vec![reference(u32::try_from(n).unwrap()), reference(1_000)],
        user_id: Some(id(n)),
        customer_id: customer_of(n),
        by: customer(n),
        wanted: wanted.to_vec(),
        passengers: (1..=travellers as u128).map(passenger).collect(),
        special_requests: None,
        notes: None,
        expected_total: None,
        fresh: (0..40).map(|place| id(n * 1_000 + place)).collect(),
        now: NOW,
    }
}

fn place(n: u128, wanted: &[Wanted]) -> UseCase {
    asking(ordering(n, wanted))
}

fn asking(order: PlaceBooking) -> UseCase {
    UseCase::PlaceBooking(Box::new(order))
}

/// These seats, for as many passengers.
fn exactly(flight: u128, seats: &[&str]) -> Wanted {
    Wanted { seats: Seats::Exactly(numbers(seats)), ..any(flight, seats.len()) }
}

fn preferring(flight: u128, seats: &[&str], passengers: usize) -> Wanted {
    Wanted { seats: Seats::Preferring(numbers(seats)), ..any(flight, passengers) }
}

fn in_class(flight: u128, class_wanted: &str, passengers: usize) -> Wanted {
    Wanted { class: Some(class(class_wanted)), ..any(flight, passengers) }
}

fn any(flight: u128, passengers: usize) -> Wanted {
    let passengers = (1..=passengers as u128).map(id).collect();
    Wanted { flight_id: id(flight), class: None, seats: Seats::Preferring(vec![]), passengers }
}

fn numbers(seats: &[&str]) -> Vec<crate::values::SeatNumber> {
    seats.iter().map(|text| seat(text)).collect()
}

/// Hour in which a flight departs.
const fn departs(flight: u128) -> i64 {
    match flight {
        100 => crate::booking::samples::DEPARTS,
        _ => 240,
    }
}

fn cabins() -> Cabins {
    let lounge = Seating::Counted(Places { count: 2, overbooking_limit: 1 });
    let usd = |minor| Money::of(minor, Currency::USD);
    Cabins::new(vec![
        Cabin { class: class("business"), seating: numbered(1, 1, "AB"), price: usd(50_000) },
        Cabin { class: class("economy"), seating: numbered(2, 3, "AB CD"), price: usd(20_000) },
        Cabin { class: class("lounge"), seating: lounge, price: usd(30_000) },
    ])
    .unwrap()
}

/// Economy alone.
fn rows(first_row: u16, last_row: u16, letters: &str, minor: i64, currency: Currency) -> Cabins {
    let seating = numbered(first_row, last_row, letters);
    let cabin = Cabin { class: class("economy"), seating, price: Money::of(minor, currency) };
    Cabins::new(vec![cabin]).unwrap()
}

fn numbered(first_row: u16, last_row: u16, letters: &str) -> Seating {
    Seating::Numbered(Rows { first_row, last_row, letters: letters.into() })
}

fn business(n: u128) -> Business {
    Business {
        business_id: id(n),
        name: format!("Air {n}"),
        subdomain: format!("air-{n}"),
        time_zone: Tz::UTC,
        currency: Currency::USD,
        language: "en".to_owned(),
    }
}

fn registered(n: u128) -> Event {
    Event::Tenant(TenantEvent::Registered { business: business(n), registered_at: NOW })
}

fn approved(n: u128) -> Event {
    Event::Tenant(TenantEvent::Approved { business_id: id(n), approved_at: NOW })
}

fn scheduled(n: u128, cabins: Cabins) -> Event {
    let flight = flight(n, departs(n));
    Event::Departure(DepartureEvent::Scheduled { flight, cabins, sales_open: true, scheduled_at: NOW })
}

fn lounge(capacity: u32, overbooking_limit: u32) -> Event {
    Event::Pool(PoolEvent::CapacityChanged {
        flight_id: id(100),
        class: class("lounge"),
        capacity,
        overbooking_limit,
        changed_at: NOW,
    })
}

fn placed(sequence: i64, event: Event) -> Placed {
    Placed { stream: stream(&event), tenant: tenant(1), sequence, event }
}

fn touch_seat(flight: u128, text: &str) -> Touch {
    Touch::Stream(StreamId::Seat(id(flight), seat(text)))
}

fn touch_flight(flight: u128) -> Touch {
    Touch::Stream(StreamId::Departure(id(flight)))
}

fn touch_tenant() -> Touch {
    Touch::Stream(StreamId::Tenant(tenant(1)))
}

fn stream(event: &Event) -> StreamId {
    match event {
        Event::Tenant(
            TenantEvent::Registered { business: Business { business_id, .. }, .. }
            | TenantEvent::Approved { business_id, .. },
        ) => StreamId::Tenant(*business_id),
        Event::Departure(event) => StreamId::Departure(event.flight_id()),
        Event::Seat(
            SeatEvent::Claimed { flight_id, seat_number, .. }
            | SeatEvent::Released { flight_id, seat_number, .. }
            | SeatEvent::Blocked { flight_id, seat_number, .. }
            | SeatEvent::Unblocked { flight_id, seat_number, .. },
        ) => StreamId::Seat(*flight_id, *seat_number),
        Event::Pool(
            PoolEvent::CapacityChanged { flight_id, class, .. }
            | PoolEvent::Claimed { flight_id, class, .. }
            | PoolEvent::Released { flight_id, class, .. },
        ) => StreamId::Pool(*flight_id, class.clone()),
        Event::Booking(event) => StreamId::Booking(event.booking_id()),
        Event::Customer(
            CustomerEvent::HoldOpened { customer_id, .. }
            | CustomerEvent::HoldClosed { customer_id, .. }
            | CustomerEvent::Erased { customer_id, .. },
        ) => StreamId::Customer(tenant(1), *customer_id),
        Event::User(event) => StreamId::User(tenant(1), event.user_id()),
    }
}
