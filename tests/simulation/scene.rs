//! What there is to sell: one tenant's departures, each with a few seats and a lounge of a few places.

use booking_domain::tenant::Business;
use booking_domain::use_cases::{
    ApproveTenant, PlaceBooking, RegisterTenant, ScheduleDeparture, Seats, Wanted,
};
use booking_domain::values::{
    Actor, ActorKind, BookingReference, Cabin, Cabins, Class, Currency, CustomerId, DepartureId, Money,
    Places, Rows, SeatNumber, Seating, TenantId, ZonedTime,
};
use booking_domain::world::{Draft, Placed};
use booking_domain::{StreamId, UseCase, World};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::airline::flight;
use crate::chance::Chance;
use crate::passenger::passenger;

/// When everything begins.
pub const BEGIN: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// References come from so few that they clash.
const REFERENCES: usize = 12;

const LOUNGE: &str = "lounge";

pub fn tenant() -> TenantId {
    Uuid::from_u128(1).into()
}

pub fn departure(n: usize) -> DepartureId {
    Uuid::from_u128(1_000 + n as u128).into()
}

pub fn user(n: usize) -> Uuid {
    Uuid::from_u128(100 + n as u128)
}

pub fn customer(n: usize) -> Actor {
    Actor { kind: ActorKind::Customer, id: user(n) }
}

/// What was done before anyone books: with so many departures, seats and places on each.
pub fn history(departures: usize, seats: usize, places: u32) -> Vec<Placed> {
    let mut cases = vec![register(), UseCase::ApproveTenant(ApproveTenant { now: BEGIN })];
    cases.extend((0..departures).map(|n| schedule(departure(n), seats, places)));
    let mut history: Vec<Placed> = vec![];
    for case in cases {
        let world = world_of(&history);
        let mut draft = Draft::new(&world, tenant());
        case.decide(&mut draft).expect("nothing stands in the way yet");
        history.extend(draft.finish().events);
    }
    history
}

/// The world of those who know exactly these events.
pub fn world_of(events: &[Placed]) -> World {
    let mut world = World::default();
    events.iter().for_each(|placed| learn(&mut world, placed));
    world
}

pub fn learn(world: &mut World, placed: &Placed) {
    world.take_in(placed.stream.family(), &[]);
    world.learn(placed);
}

/// Whether an event is about a departure, and takes something on it.
pub fn claims_on(placed: &Placed, id: DepartureId) -> bool {
    let on_it = match &placed.stream {
        StreamId::Seat(departure, _) | StreamId::Pool(departure, _) => *departure == id,
        StreamId::Tenant(_)
        | StreamId::Departure(_)
        | StreamId::Booking(_)
        | StreamId::Customer(..)
        | StreamId::User(..) => false,
    };
    on_it && placed.event.name().ends_with(".claimed")
}

/// An order of one of the kinds there are, with fresh ids.
pub fn order(chance: &mut Chance, by: usize, wanted: &[Wanted], now: DateTime<Utc>) -> UseCase {
    let travellers = wanted[0].passengers.clone();
    UseCase::PlaceBooking(Box::new(PlaceBooking {
        booking_id: chance.uuid().into(),
        references: (0..3).map(|_| reference(chance)).collect(),
        user_id: Some(user(by).into()),
        customer_id: CustomerId::of_account(tenant(), user(by).into()),
        by: customer(by),
        wanted: wanted.to_vec(),
        passengers: travellers.into_iter().map(passenger).collect(),
        special_requests: None,
        notes: None,
        expected_total: None,
        fresh: (0..2 * wanted.iter().map(|one| one.passengers.len()).sum::<usize>())
            .map(|_| chance.uuid())
            .collect(),
        now,
    }))
}

/// Something on one departure, sometimes on both: named seats, any seats, a place in the lounge.
pub fn wish(chance: &mut Chance, by: usize, departures: usize, seats: usize) -> Vec<Wanted> {
    let travellers = 1 + usize::from(chance.one_in(4));
    let passengers: Vec<_> = (0..travellers).map(|n| user(1_000 * by + n).into()).collect();
    let first = chance.below(departures);
    let both = chance.one_in(5) && 1 < departures;
    let on = if both { vec![first, 1 - first] } else { vec![first] };
    on.into_iter()
        .map(|n| {
            let (class, seats) = match chance.below(4) {
                0 => (Some(class(LOUNGE)), Seats::Preferring(vec![])),
                1 => (None, Seats::Preferring(vec![])),
                _ => (None, Seats::Exactly(named(chance, travellers, seats))),
            };
            Wanted { flight_id: departure(n), class, seats, passengers: passengers.clone() }
        })
        .collect()
}

fn named(chance: &mut Chance, travellers: usize, seats: usize) -> Vec<SeatNumber> {
    let first = chance.below(seats);
    (0..travellers.min(seats)).map(|n| seat((first + n) % seats)).collect()
}

fn seat(n: usize) -> SeatNumber {
    let letter = b'A' + u8::try_from(n).expect("a few seats");
    SeatNumber::new(1, letter).expect("a row and a letter")
}

fn reference(chance: &mut Chance) -> BookingReference {
    let number = u32::try_from(chance.below(REFERENCES)).expect("small");
    BookingReference::new(BEGIN.date_naive(), number)
}

fn class(text: &str) -> Class {
    Class::new(text).expect("a word")
}

fn register() -> UseCase {
    let business = Business {
        business_id: tenant(),
        name: "Acme Air".to_owned(),
        subdomain: "acme".to_owned(),
        time_zone: Tz::UTC,
        currency: Currency::USD,
        language: "en".to_owned(),
    };
    UseCase::RegisterTenant(RegisterTenant { business, now: BEGIN })
}

fn schedule(flight_id: DepartureId, seats: usize, places: u32) -> UseCase {
    let departure = ZonedTime::at(BEGIN + TimeDelta::days(30), Tz::UTC);
    let flight = flight(flight_id, departure, Tz::UTC);
    let price = Money::of(9_999, Currency::USD);
    let letters = "ABCDEF"[..seats].into();
    let rows = Seating::Numbered(Rows { first_row: 1, last_row: 1, letters });
    let lounge = Seating::Counted(Places { count: places, overbooking_limit: 0 });
    let cabins = Cabins::new(vec![
        Cabin { class: class("economy"), seating: rows, price },
        Cabin { class: class(LOUNGE), seating: lounge, price },
    ]);
    let cabins = cabins.expect("two cabins that can be");
    UseCase::ScheduleDeparture(Box::new(ScheduleDeparture { flight, cabins, sales_open: true, now: BEGIN }))
}
