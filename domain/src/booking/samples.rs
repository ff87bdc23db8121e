//! Builders that tests share. A number says which one is meant; the same number gives the same value.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{Awaiting, Claim, Item, Order, Passenger, PassengerKind};
use crate::departure::Flight;
use crate::values::{
    Actor, ActorKind, BookingReference, Class, Currency, Money, PriceKind, PriceLine, RefundTier, Sealed,
    SeatNumber, Span, Terms, ZonedTime,
};

/// When every story begins.
pub const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// Hour in which the flights of [`order`] depart.
pub const DEPARTS: i64 = 72;

/// How long a booking waits for its payment.
pub const PAYMENT_WINDOW: TimeDelta = TimeDelta::minutes(30);

/// Any kind of id.
pub fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

/// So many hours into the story.
pub fn hour(hour: i64) -> DateTime<Utc> {
    NOW + TimeDelta::hours(hour)
}

pub fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::USD)
}

pub fn seat(text: &str) -> SeatNumber {
    text.parse().unwrap()
}

pub fn class(text: &str) -> Class {
    Class::new(text).unwrap()
}

pub fn sealed(text: &str) -> Sealed {
    Sealed::try_from(format!("sealed:1:{text}")).unwrap()
}

pub fn reference(n: u32) -> BookingReference {
    BookingReference::new(NOW.date_naive(), n)
}

pub fn customer(n: u128) -> Actor {
    Actor { kind: ActorKind::Customer, id: id(n) }
}

pub fn staff() -> Actor {
    Actor { kind: ActorKind::Staff, id: id(99) }
}

/// Flight `AA<n>`, three hours from New York to Los Angeles.
pub fn flight(n: u128, departs: i64) -> Flight {
    Flight {
        flight_id: id(n),
        flight_number: format!("AA{n}"),
        airline: "American Airlines".to_owned(),
        origin: "JFK".to_owned(),
        destination: "LAX".to_owned(),
        departure: ZonedTime::at(hour(departs), Tz::America__New_York),
        arrival: ZonedTime::at(hour(departs + 3), Tz::America__Los_Angeles),
    }
}

/// An adult.
pub fn passenger(n: u128) -> Passenger {
    Passenger {
        id: id(n),
        first_name: sealed(&format!("first-{n}")),
        last_name: sealed(&format!("last-{n}")),
        email: None,
        phone_number: None,
        date_of_birth: None,
        passport_number: None,
        is_primary: n == 1,
        kind: PassengerKind::Adult,
    }
}

/// Until 48 h before the start all comes back, until 24 h the half; then nothing, and no customer may cancel.
pub fn terms() -> Terms {
    let tier = |hours: u32, percent| RefundTier { until_minutes_before: hours * 60, percent };
    Terms { cancel_cutoff_minutes: 24 * 60, refund_tiers: vec![tier(48, 100), tier(24, 50)] }
}

/// Passenger `n` in a seat of flight 100.
pub fn seat_item(n: u128, seat_number: &str) -> Item {
    let (flight_id, class, seat_number) = (id(100), class("economy"), seat(seat_number));
    let claim = Claim::Seat { claim_id: id(n), flight_id, class, seat_number, span: span(DEPARTS) };
    item(n, claim)
}

/// Passenger `n` in the lounge of flight 200, which departs in an hour of choice.
pub fn place_item(n: u128, departs: i64) -> Item {
    let (flight_id, class) = (id(200), class("lounge"));
    item(n, Claim::Pool { claim_id: id(n), flight_id, class, units: 1, span: span(departs) })
}

/// Two seats of flight 100 at 299.99 each, awaiting payment.
pub fn order() -> Order {
    Order {
        booking_id: id(7),
        booking_reference: reference(7),
        user_id: Some(id(1)),
        customer_id: id(2),
        flight_id: Some(id(100)),
        flights: vec![flight(100, DEPARTS)],
        items: vec![seat_item(1, "12A"), seat_item(2, "12B")],
        passengers: vec![passenger(1), passenger(2)],
        seats: vec![seat("12A"), seat("12B")],
        total_price: usd(59_998),
        currency: Currency::USD,
        special_requests: None,
        notes: None,
        awaiting: Some(Awaiting::Payment),
        payment_due_at: Some(NOW + PAYMENT_WINDOW),
    }
}

/// The same, with nothing due or awaited.
pub fn order_for_nothing() -> Order {
    let free = |item: Item| Item { price_lines: vec![], ..item };
    let order = order();
    let items = order.items.into_iter().map(free).collect();
    Order { items, total_price: usd(0), awaiting: None, payment_due_at: None, ..order }
}

fn item(n: u128, claim: Claim) -> Item {
    let price_lines = vec![PriceLine { kind: PriceKind::Fare, price: usd(29_999) }];
    Item { item_id: id(n), claim, passenger_id: Some(id(n)), price_lines, terms: terms() }
}

fn span(departs: i64) -> Span {
    Span::new(hour(departs), hour(departs + 3)).unwrap()
}
