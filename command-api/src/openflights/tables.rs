use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Read};
use std::path::Path;

use super::record::{Airline, Airport, Plane, Route};
use super::text::{Sheet, read};
use super::{File, LeftOut, Reason};

/// Most bytes that one file may have.
pub const TABLE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Rows with the line they stand on, by id.
pub type Book<T> = BTreeMap<Box<str>, (u64, T)>;

/// The rows of the four files, comma-separated, without a header, `\N` for absent.
pub struct Tables {
    pub(super) airports: Book<Airport>,
    pub(super) airlines: Book<Airline>,
    pub(super) routes: Vec<(u64, Route)>,
    /// ICAO code of an aircraft type by its IATA code; absent when it has none.
    pub(super) planes: BTreeMap<Box<str>, Option<Box<str>>>,
    pub(super) routes_read: u64,
    pub(super) left_out: Vec<LeftOut>,
}

/// A file could not be read. Nothing is kept of the others.
#[derive(Debug, thiserror::Error)]
pub enum ReadFailure {
    /// It is absent, or may not be read.
    #[error("cannot read {}", .0.name())]
    Read(File, #[source] io::Error),
    /// It has more than [`TABLE_BYTES_MAX`].
    #[error("{} has more than {TABLE_BYTES_MAX} bytes", .0.name())]
    TooLarge(File),
}

impl Tables {
    /// Reads `airports.dat`, `airlines.dat`, `routes.dat` and `planes.dat` of a directory. Blocks.
    ///
    /// # Errors
    /// [`ReadFailure`] when a file is absent or too large; a broken row is no failure.
    pub fn read_dir(directory: &Path) -> Result<Self, ReadFailure> {
        Ok(Self::of([
            &bytes(directory, File::Airports)?,
            &bytes(directory, File::Airlines)?,
            &bytes(directory, File::Routes)?,
            &bytes(directory, File::Planes)?,
        ]))
    }

    /// The same of four texts.
    pub fn read_texts(airports: &str, airlines: &str, routes: &str, planes: &str) -> Self {
        Self::of([airports, airlines, routes, planes].map(str::as_bytes))
    }

    /// The small extract that comes with the program; see `data/openflights/README.md` for its licence.
    pub fn extract() -> Self {
        Self::of([
            include_bytes!("../../data/openflights/airports.dat"),
            include_bytes!("../../data/openflights/airlines.dat"),
            include_bytes!("../../data/openflights/routes.dat"),
            include_bytes!("../../data/openflights/planes.dat"),
        ])
    }

    fn of([airports, airlines, routes, planes]: [&[u8]; 4]) -> Self {
        let mut left_out = vec![];
        let airports = read(File::Airports, airports, Airport::parse);
        let airports = book(File::Airports, airports, |airport| &airport.id, &mut left_out);
        let airlines = read(File::Airlines, airlines, Airline::parse);
        let airlines = book(File::Airlines, airlines, |airline| &airline.id, &mut left_out);
        let routes = read(File::Routes, routes, Route::parse);
        left_out.extend(routes.left_out);
        let planes = read(File::Planes, planes, Plane::parse);
        left_out.extend(planes.left_out);
        let planes = types(planes.rows);
        Self { airports, airlines, routes: routes.rows, planes, routes_read: routes.rows_read, left_out }
    }
}

fn bytes(directory: &Path, file: File) -> Result<Vec<u8>, ReadFailure> {
    let failed = |source| ReadFailure::Read(file, source);
    let opened = std::fs::File::open(directory.join(file.name())).map_err(failed)?;
    let mut bytes = vec![];
    let length = opened.take(TABLE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if TABLE_BYTES_MAX < length as u64 {
        return Err(ReadFailure::TooLarge(file));
    }
    Ok(bytes)
}

fn book<T>(file: File, sheet: Sheet<T>, id: fn(&T) -> &str, left_out: &mut Vec<LeftOut>) -> Book<T> {
    let mut book = Book::new();
    left_out.extend(sheet.left_out);
    for (line, row) in sheet.rows {
        match book.entry(id(&row).into()) {
            Entry::Vacant(place) => drop(place.insert((line, row))),
            Entry::Occupied(place) => {
                left_out.push(LeftOut { file, line, reason: Reason::IdTwice(place.key().clone()) });
            }
        }
    }
    book
}

/// An IATA code that stands for several types means the first by ICAO code, whatever the order of rows.
fn types(mut planes: Vec<(u64, Plane)>) -> BTreeMap<Box<str>, Option<Box<str>>> {
    planes.sort_by(|(_, one), (_, other)| other.cmp(one));
    planes.into_iter().filter_map(|(_, plane)| Some((plane.iata?, plane.icao))).collect()
}
