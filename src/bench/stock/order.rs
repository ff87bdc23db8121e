//! From a body to the order that the domain's aggregate takes.

use booking_domain::booking::{Awaiting, Claim, Item, Order, Passenger, PassengerKind};
use booking_domain::departure::Flight;
use booking_domain::tenant::Settings;
use booking_domain::values::{
    BookingReference, Cabins, DepartureId, Money, PassengerId, PriceKind, PriceLine, SeatNumber, Span,
};
use booking_http::{Caller, Problem};
use booking_journal::Sealer;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use uuid::Uuid;

/// Named seats on one departure.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    pub flight_id: DepartureId,
    seats: Vec<SeatNumber>,
    passengers: Vec<PassengerBody>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PassengerBody {
    first_name: String,
    last_name: String,
    date_of_birth: String,
    passport_number: String,
}

/// The order, with the same content as one of ours.
///
/// # Errors
/// 409 when the flight has no such seat.
pub fn order(
    body: &Body,
    (flight, cabins): &(Flight, Cabins),
    caller: &Caller,
    sealer: &mut Sealer<'_>,
    now: DateTime<Utc>,
) -> Result<Order, Problem> {
    let passengers: Vec<Passenger> = body.passengers.iter().map(|person| passenger(person, sealer)).collect();
    let pairs = body.seats.iter().zip(&passengers);
    let items = pairs.map(|(seat, passenger)| item(flight, cabins, *seat, passenger.id));
    let items = items.collect::<Option<Vec<Item>>>().ok_or_else(no_seat)?;
    let total_price = total(&items).ok_or_else(no_seat)?;
    Ok(Order {
        booking_id: Uuid::now_v7().into(),
        booking_reference: BookingReference::new(now.date_naive(), rand::random()),
        user_id: Some(caller.user_id),
        customer_id: caller.customer_id(),
        flight_id: Some(flight.flight_id),
        flights: vec![flight.clone()],
        seats: body.seats.clone(),
        items,
        passengers,
        total_price,
        currency: total_price.currency,
        special_requests: None,
        notes: None,
        awaiting: Some(Awaiting::Payment),
        payment_due_at: Some(now + TimeDelta::minutes(Settings::default().payment_window_minutes.into())),
    })
}

fn no_seat() -> Problem {
    Problem::conflict("FLIGHT_UNAVAILABLE", "the flight has no such seats")
}

fn item(flight: &Flight, cabins: &Cabins, seat_number: SeatNumber, passenger: PassengerId) -> Option<Item> {
    let cabin = cabins.with_seat(seat_number)?;
    let span = Span::new(flight.departure.at, flight.arrival.at).ok()?;
    let (claim_id, flight_id, class) = (Uuid::now_v7().into(), flight.flight_id, cabin.class.clone());
    Some(Item {
        item_id: Uuid::now_v7().into(),
        claim: Claim::Seat { claim_id, flight_id, class, seat_number, span },
        passenger_id: Some(passenger),
        price_lines: vec![PriceLine { kind: PriceKind::Fare, price: cabin.price }],
        terms: Settings::default().departure_terms(),
    })
}

fn passenger(person: &PassengerBody, sealer: &mut Sealer<'_>) -> Passenger {
    let subject = Uuid::now_v7();
    sealer.introduce(subject);
    let mut seal = |field, text: &str| sealer.seal(subject, field, text);
    Passenger {
        id: PassengerId::new(subject),
        first_name: seal("first_name", &person.first_name),
        last_name: seal("last_name", &person.last_name),
        email: None,
        phone_number: None,
        date_of_birth: Some(seal("date_of_birth", &person.date_of_birth)),
        passport_number: Some(seal("passport_number", &person.passport_number)),
        is_primary: true,
        kind: PassengerKind::Adult,
    }
}

fn total(items: &[Item]) -> Option<Money> {
    let mut prices = items.iter().flat_map(|item| &item.price_lines).map(|line| line.price);
    let first = prices.next()?;
    prices.try_fold(first, Money::plus).ok()
}
