use std::sync::Arc;

use chrono_tz::Tz;

use super::Reason;
use super::distance::Point;
use super::text::Row;
use crate::check::texts;

/// A row of the airports, as it stands.
pub struct Airport {
    pub id: Box<str>,
    name: Box<str>,
    code: Option<Arc<str>>,
    point: Point,
    time_zone: Option<Box<str>>,
}

/// An airport that a flight can leave from.
#[derive(Clone)]
pub struct Place {
    /// IATA, such as `JFK`.
    pub code: Arc<str>,
    pub point: Point,
    pub time_zone: Tz,
}

/// A row of the airlines, as it stands.
pub struct Airline {
    pub id: Box<str>,
    name: Arc<str>,
    designator: Option<Arc<str>>,
    active: bool,
}

/// An airline that flies.
#[derive(Clone)]
pub struct Carrier {
    pub name: Arc<str>,
    /// What its flight numbers start with: two signs of IATA, else three letters of ICAO.
    pub designator: Arc<str>,
}

/// A row of the routes, as it stands. Absent ids are `\N`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub airline: Box<str>,
    pub origin: Box<str>,
    pub destination: Box<str>,
    pub codeshare: bool,
    pub stops: u32,
    /// IATA codes of aircraft parted by blanks.
    pub equipment: Box<str>,
}

/// A row of the aircraft types.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Plane {
    pub iata: Option<Box<str>>,
    pub icao: Option<Box<str>>,
}

impl Airport {
    pub fn parse(row: &Row) -> Result<Self, &'static str> {
        row.has(14)?;
        let point = row.decimal(6).zip(row.decimal(7)).and_then(|(north, east)| Point::new(north, east));
        Ok(Self {
            id: row.text(0).ok_or("it has no id")?.into(),
            name: named(row)?.unwrap_or("without a name").into(),
            code: row.code(4, 3).map(Into::into),
            point: point.ok_or("its latitude and longitude are not on the globe")?,
            time_zone: row.text(11).map(Into::into),
        })
    }

    /// The airport as flights need it.
    pub fn place(&self) -> Result<Place, Reason> {
        let code = self.code.clone().ok_or_else(|| Reason::AirportWithoutCode(self.name.clone()))?;
        let zone = self.time_zone.clone().ok_or_else(|| Reason::AirportWithoutTimeZone(code[..].into()))?;
        let time_zone = zone.parse().map_err(|_| Reason::UnknownTimeZone(zone))?;
        Ok(Place { code, point: self.point, time_zone })
    }
}

impl Airline {
    pub fn parse(row: &Row) -> Result<Self, &'static str> {
        row.has(8)?;
        let active = row.text(7).ok_or("it does not say whether it is active")?;
        let letters = |code: &&str| code.bytes().all(|byte| byte.is_ascii_uppercase());
        Ok(Self {
            id: row.text(0).ok_or("it has no id")?.into(),
            name: named(row)?.ok_or("it has no name")?.into(),
            designator: row.code(3, 2).or_else(|| row.code(4, 3).filter(letters)).map(Into::into),
            active: active.eq_ignore_ascii_case("Y"),
        })
    }

    /// The airline as flights need it.
    pub fn carrier(&self) -> Result<Carrier, Reason> {
        if !self.active {
            return Err(Reason::InactiveAirline(self.name[..].into()));
        }
        let designator = self.designator.clone();
        let designator = designator.ok_or_else(|| Reason::AirlineWithoutCode(self.name[..].into()))?;
        Ok(Carrier { name: self.name.clone(), designator })
    }
}

/// The name of an airport or airline, held to what a name in a body is held to: it ends in events.
fn named(row: &Row) -> Result<Option<&str>, &'static str> {
    let name = row.text(1);
    let fits = name.is_none_or(|name| texts::name(name).is_ok());
    if fits { Ok(name) } else { Err("its name is too long, or holds what no name may") }
}

impl Route {
    pub fn parse(row: &Row) -> Result<Self, &'static str> {
        row.has(9)?;
        let id = |column| row.text(column).unwrap_or(r"\N").into();
        let stops = row.text(7).and_then(|stops| stops.parse().ok());
        Ok(Self {
            airline: id(1),
            origin: id(3),
            destination: id(5),
            codeshare: row.text(6).is_some(),
            stops: stops.ok_or("its stops are not a number")?,
            equipment: row.text(8).unwrap_or_default().into(),
        })
    }
}

impl Plane {
    pub fn parse(row: &Row) -> Result<Self, &'static str> {
        row.has(3)?;
        Ok(Self { iata: row.text(1).map(Into::into), icao: row.text(2).map(Into::into) })
    }
}
