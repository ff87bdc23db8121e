use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;

use super::*;
use crate::openflights::{File, ReadFailure, Reason};

/// Lines of the routes by what became of them, as the report says it.
fn reported(left_out: &[LeftOut]) -> BTreeMap<u64, &'static str> {
    let routes = left_out.iter().filter(|row| row.file == File::Routes);
    routes.map(|row| (row.line, row.reason.code())).collect()
}

/// Where a file's rows were left out, and why.
fn of_file(left_out: &[LeftOut], file: File) -> Vec<(u64, &'static str)> {
    let rows = left_out.iter().filter(|row| row.file == file);
    rows.map(|row| (row.line, row.reason.code())).collect()
}

#[test]
fn each_reason_is_said_of_its_row_and_of_no_other() {
    let (_, left_out) = read(&routes());
    let lines = (1..).zip(ROUTES);
    let expected = lines.filter_map(|(line, (_, code))| Some((line, (*code)?))).collect();
    assert_eq!(reported(&left_out), expected);
}

#[test]
fn rows_that_no_route_could_use_are_named_where_they_stand() {
    let (_, left_out) = read(&routes());
    let airports = [
        (4, "AIRPORT_WITHOUT_CODE"),
        (5, "AIRPORT_WITHOUT_TIME_ZONE"),
        (6, "UNKNOWN_TIME_ZONE"),
        (7, "MALFORMED_ROW"),
        (8, "ID_TWICE"),
    ];
    assert_eq!(of_file(&left_out, File::Airports), airports);
    let airlines =
        [(3, "INACTIVE_AIRLINE"), (4, "AIRLINE_WITHOUT_CODE"), (5, "MALFORMED_ROW"), (6, "MALFORMED_ROW")];
    assert_eq!(of_file(&left_out, File::Airlines), airlines);
}

#[test]
fn rows_that_no_route_names_are_not_missed_unless_they_are_broken() {
    let (_, left_out) = read(&["AA,24,JFK,1,LAX,2,,0,738"]);
    assert_eq!(of_file(&left_out, File::Airports), [(7, "MALFORMED_ROW"), (8, "ID_TWICE")]);
    assert_eq!(of_file(&left_out, File::Airlines), [(5, "MALFORMED_ROW"), (6, "MALFORMED_ROW")]);
}

#[test]
fn the_test_rows_meet_every_reason_that_a_small_table_can() {
    let (_, left_out) = read(&routes());
    let met: BTreeSet<&str> = left_out.iter().map(|row| row.reason.code()).collect();
    assert!(!met.contains(Reason::NumbersUsedUp("AA".into()).code()), "it has a test of its own");
    assert_eq!(met.len(), 15);
}

#[test]
fn counts_add_up() {
    for (timetable, left_out) in [read(&routes()), Timetable::from_tables(&Tables::extract())] {
        let summary = timetable.summary(day(11, 16), 7);
        assert_eq!(summary.routes_read, summary.routes_used + summary.routes_left_out());
        let counted: u64 = summary.left_out.values().flat_map(BTreeMap::values).sum();
        assert_eq!(counted, left_out.len() as u64);
        assert_eq!(summary.departures, week(&timetable).len() as u64);
    }
}

#[test]
fn departures_are_counted_without_being_made() {
    let timetable = extract();
    for (from, days) in [(day(11, 18), 0), (day(11, 18), 3), (day(11, 18), 30)] {
        let made = timetable.departures(tenant(), from, days).count();
        assert_eq!(timetable.summary(from, days).departures, made as u64);
    }
}

#[test]
fn the_extract_shows_real_departures_and_a_report() {
    let (timetable, left_out) = Timetable::from_tables(&Tables::extract());
    assert_eq!(timetable.summary(day(11, 16), 7).routes_read, 290);
    let mut reasons: Vec<_> = reported(&left_out).into_values().collect();
    reasons.sort_unstable();
    let expected = [
        ["AIRPORT_WITHOUT_TIME_ZONE"; 6].as_slice(),
        &["CODESHARE", "CODESHARE", "HAS_STOPS", "INACTIVE_AIRLINE", "UNKNOWN_AIRCRAFT"],
        &["UNKNOWN_AIRLINE", "UNKNOWN_AIRPORT", "UNKNOWN_AIRPORT"],
    ];
    assert_eq!(reasons, expected.concat());
    let flown: BTreeSet<_> =
        week(&timetable).into_iter().map(|(flight, _)| (flight.origin, flight.destination)).collect();
    for (origin, destination) in [("JFK", "LAX"), ("LAX", "JFK"), ("ALA", "TSE"), ("TSE", "ALA")] {
        assert!(flown.contains(&(origin.to_owned(), destination.to_owned())), "{origin} to {destination}");
    }
}

#[test]
fn a_row_left_out_says_file_line_code_and_text() {
    let (_, left_out) = read(&["AA,24,DOH,5,JFK,1,,0,747"]);
    let row = left_out.iter().find(|row| row.file == File::Routes).unwrap();
    let expected = json!({
        "file": "routes.dat",
        "line": 1,
        "code": "AIRPORT_WITHOUT_TIME_ZONE",
        "text": "airport DOH has no time zone",
    });
    assert_eq!(serde_json::to_value(row).unwrap(), expected);
}

#[test]
fn an_airline_with_more_pairs_than_numbers_is_told_so() {
    let airport = |number: u32| {
        let letters = [number / 26, number % 26].map(|letter| char::from(b'A' + letter as u8));
        let code: String = ['A'].iter().chain(&letters).collect();
        format!(
            "{number},\"A\",\"A\",\"A\",\"{code}\",\"AAAA\",0,{number},0,0,\"U\",\"Europe/Berlin\",\"airport\",\"x\""
        )
    };
    let airports: Vec<String> = (0..101).map(airport).collect();
    let pairs = (0..101).flat_map(|from| (0..from).map(move |to| format!("AA,24,X,{from},X,{to},,0,388")));
    let routes: Vec<String> = pairs.collect();
    let tables = Tables::read_texts(&airports.join("\n"), AIRLINES.trim_start(), &routes.join("\n"), PLANES);
    let (timetable, left_out) = Timetable::from_tables(&tables);
    let used_up = left_out.iter().filter(|row| row.reason.code() == "NUMBERS_USED_UP");
    assert_eq!(used_up.count(), 5050 - 4999);
    assert_eq!(timetable.summary(day(11, 16), 0).routes_used, 4999);
}

#[test]
fn a_row_that_is_no_text_is_malformed_and_the_next_is_read() {
    let folder = std::env::temp_dir().join(format!("openflights-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let routes = b"AA,24,JFK,1,LAX,2,,0,\xff\xfe\nAA,24,JFK,1,LAX,2,,0,738\n";
    let files: [(&str, &[u8]); 4] = [
        ("airports.dat", AIRPORTS.trim_start().as_bytes()),
        ("airlines.dat", AIRLINES.trim_start().as_bytes()),
        ("routes.dat", routes),
        ("planes.dat", PLANES.as_bytes()),
    ];
    files.iter().for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes).unwrap());
    let tables = Tables::read_dir(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    let (timetable, left_out) = Timetable::from_tables(&tables.unwrap());
    assert_eq!(timetable.summary(day(11, 16), 0).routes_used, 1);
    assert_eq!(of_file(&left_out, File::Routes), [(1, "MALFORMED_ROW")]);
}

#[test]
fn a_folder_without_the_files_is_a_failure_that_names_the_file() {
    let failure = Tables::read_dir(Path::new("/nowhere")).err().unwrap();
    assert!(matches!(failure, ReadFailure::Read(File::Airports, _)));
    assert_eq!(failure.to_string(), "cannot read airports.dat");
}
