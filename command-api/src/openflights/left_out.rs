use serde::ser::{Serialize, SerializeStruct, Serializer};

/// One of the four tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub enum File {
    #[serde(rename = "airports.dat")]
    Airports,
    #[serde(rename = "airlines.dat")]
    Airlines,
    #[serde(rename = "routes.dat")]
    Routes,
    #[serde(rename = "planes.dat")]
    Planes,
}

impl File {
    /// As OpenFlights calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Airports => "airports.dat",
            Self::Airlines => "airlines.dat",
            Self::Routes => "routes.dat",
            Self::Planes => "planes.dat",
        }
    }
}

/// One row that makes no departure. Written as `{"file", "line", "code", "text"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Where the row stands.
    pub file: File,
    /// Counted from 1.
    pub line: u64,
    /// The first that applies, in the order of [`Reason`].
    pub reason: Reason,
}

/// Why a row makes no departure. The text is for people and may change; [`code`](Self::code) may not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Columns are missing, or hold what they cannot hold.
    #[error("the row is malformed: {0}")]
    Malformed(&'static str),
    /// An earlier row of the file has the same id; that one counts.
    #[error("id {0} stands twice")]
    IdTwice(Box<str>),
    /// Sold by one airline and flown by another; the row of the one that flies makes the departure.
    #[error("a codeshare: the airline that flies it has a row of its own")]
    Codeshare,
    /// A departure here is one flight from one airport to another.
    #[error("the route has {0} stops")]
    Stops(u32),
    /// No row of the airlines has this id.
    #[error("there is no airline with id {0}")]
    UnknownAirline(Box<str>),
    /// The airline no longer flies.
    #[error("airline {0} is not active")]
    InactiveAirline(Box<str>),
    /// No IATA and no ICAO code to make flight numbers of.
    #[error("airline {0} has neither an IATA nor an ICAO code")]
    AirlineWithoutCode(Box<str>),
    /// No row of the airports has this id.
    #[error("there is no airport with id {0}")]
    UnknownAirport(Box<str>),
    /// No IATA code to name it by.
    #[error("airport {0} has no IATA code")]
    AirportWithoutCode(Box<str>),
    /// No wall time can be told there.
    #[error("airport {0} has no time zone")]
    AirportWithoutTimeZone(Box<str>),
    /// The zone is in no tz database that we know.
    #[error("there is no time zone {0}")]
    UnknownTimeZone(Box<str>),
    /// It ends where it starts.
    #[error("the route ends where it starts")]
    SameAirport,
    /// None of the aircraft named is one that carries passengers, or none is named.
    #[error("no aircraft type of the route is known")]
    UnknownAircraft,
    /// Longer in the air than any aircraft stays up: an id names the wrong airport.
    #[error("{0} km are too far for the aircraft of the route")]
    TooFar(u32),
    /// Another row has the same airline, origin and destination.
    #[error("another row says the same airline, origin and destination")]
    DuplicateRoute,
    /// The airline has more routes than there are flight numbers of four digits.
    #[error("no flight number of four digits is left for airline {0}")]
    NumbersUsedUp(Box<str>),
}

impl Reason {
    /// Stable, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "MALFORMED_ROW",
            Self::IdTwice(_) => "ID_TWICE",
            Self::Codeshare => "CODESHARE",
            Self::Stops(_) => "HAS_STOPS",
            Self::UnknownAirline(_) => "UNKNOWN_AIRLINE",
            Self::InactiveAirline(_) => "INACTIVE_AIRLINE",
            Self::AirlineWithoutCode(_) => "AIRLINE_WITHOUT_CODE",
            Self::UnknownAirport(_) => "UNKNOWN_AIRPORT",
            Self::AirportWithoutCode(_) => "AIRPORT_WITHOUT_CODE",
            Self::AirportWithoutTimeZone(_) => "AIRPORT_WITHOUT_TIME_ZONE",
            Self::UnknownTimeZone(_) => "UNKNOWN_TIME_ZONE",
            Self::SameAirport => "SAME_AIRPORT",
            Self::UnknownAircraft => "UNKNOWN_AIRCRAFT",
            Self::TooFar(_) => "TOO_FAR",
            Self::DuplicateRoute => "DUPLICATE_ROUTE",
            Self::NumbersUsedUp(_) => "NUMBERS_USED_UP",
        }
    }
}

impl Serialize for LeftOut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("LeftOut", 4)?;
        row.serialize_field("file", &self.file)?;
        row.serialize_field("line", &self.line)?;
        row.serialize_field("code", self.reason.code())?;
        row.serialize_field("text", &self.reason.to_string())?;
        row.end()
    }
}
