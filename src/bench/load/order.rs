//! Bodies of `POST /bookings`.

use axum::body::Bytes;
use booking_domain::values::{Class, DepartureId, SeatNumber};
use rand::RngExt;
use rand::rngs::StdRng;
use serde::Serialize;

use super::offers::{PARTY, Pick};

const FIRST_NAMES: [&str; 16] = [
    "Aisha",
    "Alejandro",
    "Chloe",
    "Daniyar",
    "Elena",
    "Fatima",
    "Hiroshi",
    "Ingrid",
    "James",
    "Karlygash",
    "Lukas",
    "Mei",
    "Noah",
    "Olga",
    "Priya",
    "Timur",
];
const LAST_NAMES: [&str; 16] = [
    "Abdrakhmanova",
    "Brown",
    "Castillo",
    "Dubois",
    "Eriksson",
    "Fischer",
    "García",
    "Haddad",
    "Ivanova",
    "Johnson",
    "Kim",
    "Lefèvre",
    "Müller",
    "Nurlanov",
    "Okafor",
    "Sharma",
];

#[derive(Serialize)]
struct Body<'a> {
    flight_id: DepartureId,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a Class>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<&'a [SeatNumber]>,
    passengers: [Passenger; PARTY],
}

#[derive(Serialize)]
struct Passenger {
    first_name: &'static str,
    last_name: &'static str,
    date_of_birth: String,
    passport_number: String,
}

/// An order for two random people.
pub fn order(pick: &Pick, chance: &mut StdRng) -> Bytes {
    let (flight_id, class, seats) = match pick {
        Pick::Seats(flight_id, seats) => (*flight_id, None, Some(&seats[..])),
        Pick::Places(flight_id, class) => (*flight_id, Some(class), None),
    };
    let passengers = [(); PARTY].map(|()| passenger(chance));
    let body = Body { flight_id, class, seats, passengers };
    serde_json::to_vec(&body).expect("an order can be written as JSON").into()
}

fn passenger(chance: &mut StdRng) -> Passenger {
    let mut below = |bound: u32| chance.random_range(0..bound);
    let mut letter = || char::from(b'A' + below(26) as u8);
    let letters = [letter(), letter()];
    Passenger {
        first_name: FIRST_NAMES[below(16) as usize],
        last_name: LAST_NAMES[below(16) as usize],
        date_of_birth: format!("{}-{:02}-{:02}", 1940 + below(70), 1 + below(12), 1 + below(28)),
        passport_number: format!("{}{}{:07}", letters[0], letters[1], below(10_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;

    fn body(pick: &Pick) -> Value {
        serde_json::from_slice(&order(pick, &mut StdRng::seed_from_u64(7))).unwrap()
    }

    #[test]
    fn seats_are_named_and_places_have_a_class() {
        let flight_id = DepartureId::new(Uuid::from_u128(7));
        let seats = body(&Pick::Seats(flight_id, ["1A".parse().unwrap(), "12F".parse().unwrap()]));
        assert_eq!(seats["seats"], serde_json::json!(["1A", "12F"]));
        assert_eq!(seats["flight_id"], flight_id.to_string());
        assert_eq!(seats["class"], Value::Null);

        let places = body(&Pick::Places(flight_id, Class::new("lawn").unwrap()));
        assert_eq!((&places["class"], &places["seats"]), (&"lawn".into(), &Value::Null));
    }

    #[test]
    fn passengers_are_two_people() {
        let flight_id = DepartureId::new(Uuid::from_u128(7));
        let places = body(&Pick::Places(flight_id, Class::new("lawn").unwrap()));
        let passengers = places["passengers"].as_array().unwrap();
        assert_ne!(passengers[0]["passport_number"], passengers[1]["passport_number"]);
        for passenger in passengers {
            assert!(passenger["date_of_birth"].as_str().unwrap().parse::<chrono::NaiveDate>().is_ok());
            assert_eq!(passenger["passport_number"].as_str().unwrap().len(), 9);
        }
    }
}
