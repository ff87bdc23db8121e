use std::collections::BTreeSet;

use super::aircraft::Aircraft;
use super::numbers::Pair;
use super::record::{Carrier, Place, Route};
use super::tables::Tables;
use super::{File, LeftOut, Reason};

/// No flight is in the air for longer.
const HOURS_IN_THE_AIR_MAX: u32 = 17;

/// A route whose airline, airports and aircraft are all there.
pub struct Flown {
    pub carrier: Carrier,
    pub origin: Place,
    pub destination: Place,
    pub aircraft: &'static Aircraft,
    /// From one airport to the other.
    pub km: u32,
}

impl Flown {
    /// Looks up what a route names.
    pub fn of(route: &Route, tables: &Tables) -> Result<Self, Reason> {
        if route.codeshare {
            return Err(Reason::Codeshare);
        }
        if 0 < route.stops {
            return Err(Reason::Stops(route.stops));
        }
        let carrier = tables.carrier(&route.airline)?;
        let (origin, destination) = (tables.place(&route.origin)?, tables.place(&route.destination)?);
        if origin.code == destination.code {
            return Err(Reason::SameAirport);
        }
        let aircraft = Aircraft::of(&route.equipment, &tables.planes).ok_or(Reason::UnknownAircraft)?;
        let km = origin.point.km_to(destination.point);
        if HOURS_IN_THE_AIR_MAX * aircraft.cruise_kmh < km {
            return Err(Reason::TooFar(km));
        }
        Ok(Self { carrier, origin, destination, aircraft, km })
    }

    /// The pair that its flight number is found by.
    pub fn pair(&self, airline: &str) -> Pair {
        let (one, other) = (self.origin.code.clone(), self.destination.code.clone());
        let (low, high) = if one < other { (one, other) } else { (other, one) };
        Pair { designator: self.carrier.designator.clone(), airline: airline.into(), low, high }
    }
}

impl Tables {
    fn carrier(&self, id: &str) -> Result<Carrier, Reason> {
        let (_, airline) = self.airlines.get(id).ok_or_else(|| Reason::UnknownAirline(id.into()))?;
        airline.carrier()
    }

    fn place(&self, id: &str) -> Result<Place, Reason> {
        let (_, airport) = self.airports.get(id).ok_or_else(|| Reason::UnknownAirport(id.into()))?;
        airport.place()
    }

    /// Airports and airlines that a route names and that cannot be used, each once, on their own line. Those
    /// that no route names are not missed.
    pub(super) fn unusable(&self) -> impl Iterator<Item = LeftOut> + '_ {
        let routes = || self.routes.iter().map(|(_, route)| route);
        let airports: BTreeSet<&str> =
            routes().flat_map(|route| [&route.origin[..], &route.destination[..]]).collect();
        let airlines: BTreeSet<&str> = routes().map(|route| &route.airline[..]).collect();
        let airports = airports.into_iter().filter_map(|id| {
            let (line, airport) = self.airports.get(id)?;
            Some(LeftOut { file: File::Airports, line: *line, reason: airport.place().err()? })
        });
        let airlines = airlines.into_iter().filter_map(|id| {
            let (line, airline) = self.airlines.get(id)?;
            Some(LeftOut { file: File::Airlines, line: *line, reason: airline.carrier().err()? })
        });
        airports.chain(airlines)
    }
}
