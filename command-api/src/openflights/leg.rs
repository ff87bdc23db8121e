use std::sync::Arc;

use booking_domain::departure::Flight;
use booking_domain::values::{Cabins, DepartureId, TenantId};
use chrono::NaiveDate;
use uuid::Uuid;

use super::aircraft::Aircraft;
use super::fares::{Boarding, cabins};
use super::hash;
use super::pattern::{Pattern, is_short_haul};
use super::record::Place;
use super::route::Flown;

/// One short-haul route in so many has free seating.
const FREE_SEATING_ONE_IN: u32 = 6;

/// A route with its number and its place in the week.
pub struct Leg {
    flight_number: Box<str>,
    airline: Arc<str>,
    origin: Place,
    destination: Place,
    aircraft: &'static Aircraft,
    boarding: Boarding,
    km: u32,
    pattern: Pattern,
}

impl Leg {
    /// Puts a route on the timetable.
    pub fn new(flight_number: Box<str>, flown: Flown) -> Self {
        let Flown { carrier, origin, destination, aircraft, km } = flown;
        let route = [&*carrier.designator, &*origin.code, &*destination.code];
        let pattern = Pattern::of(&route, km, aircraft.cruise_kmh);
        let boarding = boarding(&route, km);
        Self { flight_number, airline: carrier.name, origin, destination, aircraft, boarding, km, pattern }
    }

    /// Whether it is flown on that date.
    pub fn flies_on(&self, date: NaiveDate) -> bool {
        self.pattern.flies_on(date)
    }

    /// The flight of a date. Its id follows from tenant, number and date.
    pub fn on(&self, tenant: TenantId, date: NaiveDate) -> (Flight, Cabins) {
        let departure = self.pattern.departure(date, self.origin.time_zone);
        let name = format!("{}/{date}", self.flight_number);
        let flight = Flight {
            flight_id: DepartureId::new(Uuid::new_v5(&tenant.uuid(), name.as_bytes())),
            flight_number: self.flight_number.to_string(),
            airline: self.airline.to_string(),
            origin: self.origin.code.to_string(),
            destination: self.destination.code.to_string(),
            departure,
            arrival: departure.later(self.pattern.duration(), self.destination.time_zone),
        };
        (flight, cabins(self.aircraft, self.boarding, self.km))
    }
}

fn boarding(route: &[&str; 3], km: u32) -> Boarding {
    let [designator, origin, destination] = route;
    let chance = hash::below(FREE_SEATING_ONE_IN, &["boarding", designator, origin, destination]);
    if is_short_haul(km) && chance == 0 { Boarding::Free } else { Boarding::Assigned }
}
