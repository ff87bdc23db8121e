//! From an order in the clear to the use case, which sees sealed texts only.

use booking_domain::booking::Passenger;
use booking_domain::use_cases::{PlaceBooking, PlaceHeld, Wanted};
use booking_domain::values::{BookingReference, CustomerId, PassengerId, Sealed};
use booking_journal::{SealFailure, Sealer};
use uuid::Uuid;

use super::order::{HeldOrder, Leg, Order};
use super::passengers::Person;
use crate::asked::Asked;

/// References that are tried before one that is taken would be used.
pub const REFERENCES_TRIED: usize = 3;

/// Fresh ids for each unit: an item's and a claim's.
pub const IDS_PER_UNIT: usize = 2;

/// An order for what a hold keeps.
///
/// # Errors
/// As [`sealed`].
pub async fn sealed_held(
    order: HeldOrder,
    asked: &Asked,
    customer_id: CustomerId,
    sealer: &mut Sealer<'_>,
) -> Result<PlaceHeld, SealFailure> {
    let passengers: Vec<Passenger> = order.persons.iter().map(|person| passenger(person, sealer)).collect();
    if order.special_requests.is_some() || order.notes.is_some() {
        asked.fetch(sealer, customer_id.uuid()).await?;
    }
    Ok(PlaceHeld {
        booking_id: order.hold_id,
        by: asked.actor(),
        passengers,
        special_requests: of_customer(sealer, customer_id, "special_requests", order.special_requests),
        notes: of_customer(sealer, customer_id, "notes", order.notes),
        expected_total: order.expected_total,
        now: asked.now,
    })
}

/// Seals an order and gives it ids.
///
/// # Errors
/// When the customer's key cannot be had, or was destroyed. Nothing was stored but, at most, that key.
pub async fn sealed(
    order: Order,
    asked: &Asked,
    customer_id: CustomerId,
    sealer: &mut Sealer<'_>,
) -> Result<PlaceBooking, SealFailure> {
    let passengers: Vec<Passenger> = order.persons.iter().map(|person| passenger(person, sealer)).collect();
    let wanted: Vec<Wanted> = order.legs.into_iter().map(|leg| wanted(leg, &passengers)).collect();
    let units: usize = wanted.iter().map(|wanted| wanted.passengers.len()).sum();
    if order.special_requests.is_some() || order.notes.is_some() {
        asked.fetch(sealer, customer_id.uuid()).await?;
    }
    let own = asked.caller.customer_id() == customer_id;
    if !own {
        // The account of who was forgotten is deactivated, so that only others could still book for them.
        sealer.must_be_kept(customer_id.uuid()).await?;
    }
    Ok(PlaceBooking {
        booking_id: Uuid::now_v7().into(),
        references: (0..REFERENCES_TRIED).map(|_| reference(asked)).collect(),
        user_id: own.then_some(asked.caller.user_id),
        customer_id,
        by: asked.actor(),
        wanted,
        passengers,
        special_requests: of_customer(sealer, customer_id, "special_requests", order.special_requests),
        notes: of_customer(sealer, customer_id, "notes", order.notes),
        expected_total: order.expected_total,
        fresh: (0..IDS_PER_UNIT * units).map(|_| Uuid::now_v7()).collect(),
        now: asked.now,
    })
}

/// One to try.
pub fn reference(asked: &Asked) -> BookingReference {
    BookingReference::new(asked.now.date_naive(), rand::random())
}

fn wanted(leg: Leg, passengers: &[Passenger]) -> Wanted {
    let travellers = passengers[leg.travellers].iter();
    let seated = travellers.filter(|passenger| passenger.kind.needs_seat());
    let passengers = seated.map(|passenger| passenger.id).collect();
    Wanted { flight_id: leg.flight_id, class: leg.class, seats: leg.seats, passengers }
}

/// A passenger, sealed. The field names are authenticated with the texts: they are those of the event and of every
/// answer.
pub fn passenger(person: &Person, sealer: &mut Sealer<'_>) -> Passenger {
    let subject = Uuid::now_v7();
    sealer.introduce(subject);
    let mut seal = |field, text: &str| sealer.seal(subject, field, text);
    let (first_name, last_name) =
        (seal("first_name", &person.first_name), seal("last_name", &person.last_name));
    let mut optional = |field, text: &Option<String>| text.as_deref().map(|text| seal(field, text));
    Passenger {
        id: PassengerId::new(subject),
        first_name,
        last_name,
        email: optional("email", &person.email),
        phone_number: optional("phone_number", &person.phone_number),
        date_of_birth: optional("date_of_birth", &person.date_of_birth),
        passport_number: optional("passport_number", &person.passport_number),
        is_primary: person.is_primary,
        kind: person.kind,
    }
}

fn of_customer(
    sealer: &mut Sealer<'_>,
    customer_id: CustomerId,
    field: &str,
    text: Option<String>,
) -> Option<Sealed> {
    text.map(|text| sealer.seal(customer_id.uuid(), field, &text))
}
