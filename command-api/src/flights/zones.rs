//! Time zones of airports, by IATA code: those of the extract that comes with the program.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono_tz::Tz;

const AIRPORTS: &[u8] = include_bytes!("../../data/openflights/airports.dat");
const CODE_COLUMN: usize = 4;
const ZONE_COLUMN: usize = 11;

static ZONES: LazyLock<HashMap<String, Tz>> = LazyLock::new(read);

/// The zone of an airport, if it is a known one.
pub fn of_airport(code: &str) -> Option<Tz> {
    ZONES.get(code).copied()
}

fn read() -> HashMap<String, Tz> {
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(AIRPORTS);
    let zone = |row: csv::StringRecord| {
        let zone = row.get(ZONE_COLUMN)?.parse().ok()?;
        Some((row.get(CODE_COLUMN)?.to_owned(), zone))
    };
    rows.records().filter_map(|row| zone(row.ok()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_airports_have_a_zone() {
        assert_eq!(of_airport("JFK"), Some(Tz::America__New_York));
        assert_eq!(of_airport("LHR"), Some(Tz::Europe__London));
        assert_eq!(of_airport("XXX"), None);
    }
}
