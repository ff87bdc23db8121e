use booking_domain::departure::Flight;
use booking_domain::values::{Cabins, Seating, TenantId};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{LeftOut, Tables, Timetable};

mod departures;
mod report;

const AIRPORTS: &str = r#"
1,"Kennedy","New York","United States","JFK","KJFK",40.6398,-73.7789,13,-5,"A","America/New_York","airport","x"
2,"Los Angeles","Los Angeles","United States","LAX","KLAX",33.9425,-118.408,125,-8,"A","America/Los_Angeles","airport","x"
3,"Berlin","Berlin","Germany","BER","EDDB",52.35,13.49,157,1,"E","Europe/Berlin","airport","x"
4,"No code","Nowhere","Germany",\N,"EDXX",52.0,13.0,157,1,"E","Europe/Berlin","airport","x"
5,"No zone","Doha","Qatar","DOH","OTHH",25.27,51.6,13,3,"N",\N,"airport","x"
6,"Odd zone","Moon","Moon","MUN","XXXX",25.0,51.0,13,3,"N","Moon/Base","airport","x"
7,"No globe","Moon","Moon","MOO","XXXX",91.0,51.0,13,3,"N","Europe/Berlin","airport","x"
3,"Berlin again","Berlin","Germany","SXF","EDDB",52.35,13.49,157,1,"E","Europe/Berlin","airport","x"
"#;

const AIRLINES: &str = r#"
24,"American \"Eagle\" Airlines",\N,"AA","AAL","AMERICAN","United States","Y"
25,"Letters only",\N,"-","DLH","LUFTHANSA","Germany","Y"
26,"Of the past",\N,"PA","PAA","CLIPPER","United States","N"
27,"Without a code",\N,"","N/A","","Germany","Y"
28,"Cut short"
29,"sealed:1:AAAA",\N,"SE","SEA","","Germany","Y"
"#;

const PLANES: &str = "\"Airbus A320\",\"320\",\"A320\"\n\"Odd\",\"ODD\",\\N\n\"By ICAO\",\"Z20\",\"A320\"\n";

/// Each row with what becomes of it.
const ROUTES: &[(&str, Option<&str>)] = &[
    ("AA,24,JFK,1,LAX,2,,0,32B 762", None),
    ("AA,24,LAX,2,JFK,1,,0,32B 762", None),
    ("AA,24,JFK,1,BER,3,,0,763", None),
    ("DLH,25,BER,3,JFK,1,,0,XXX ODD", None),
    ("DLH,25,JFK,1,BER,3,,0,Z20", None),
    ("AA,24,JFK,1,LAX,2,Y,0,738", Some("CODESHARE")),
    ("AA,24,JFK,1,BER,3,,1,738", Some("HAS_STOPS")),
    (r"3H,\N,JFK,1,BER,3,,0,738", Some("UNKNOWN_AIRLINE")),
    ("PA,26,JFK,1,BER,3,,0,747", Some("INACTIVE_AIRLINE")),
    ("??,27,JFK,1,BER,3,,0,747", Some("AIRLINE_WITHOUT_CODE")),
    (r"AA,24,JFK,1,ZZZ,\N,,0,747", Some("UNKNOWN_AIRPORT")),
    ("AA,24,MOO,7,JFK,1,,0,747", Some("UNKNOWN_AIRPORT")),
    ("AA,24,JFK,1,,4,,0,747", Some("AIRPORT_WITHOUT_CODE")),
    ("AA,24,DOH,5,JFK,1,,0,747", Some("AIRPORT_WITHOUT_TIME_ZONE")),
    ("AA,24,MUN,6,JFK,1,,0,747", Some("UNKNOWN_TIME_ZONE")),
    ("AA,24,JFK,1,JFK,1,,0,747", Some("SAME_AIRPORT")),
    ("AA,24,BER,3,LAX,2,,0,", Some("UNKNOWN_AIRCRAFT")),
    ("AA,24,BER,3,LAX,2,,0,76F XXX", Some("UNKNOWN_AIRCRAFT")),
    ("AA,24,JFK,1,BER,3,,0,CNA", Some("TOO_FAR")),
    ("AA,24,JFK,1,LAX,2,,0,738", Some("DUPLICATE_ROUTE")),
    ("AA,24,JFK,1,LAX,2,,many,738", Some("MALFORMED_ROW")),
    ("AA,24,JFK", Some("MALFORMED_ROW")),
];

fn routes() -> Vec<&'static str> {
    ROUTES.iter().map(|(row, _)| *row).collect()
}

fn read(routes: &[&str]) -> (Timetable, Vec<LeftOut>) {
    let tables = Tables::read_texts(AIRPORTS.trim_start(), AIRLINES.trim_start(), &routes.join("\n"), PLANES);
    Timetable::from_tables(&tables)
}

fn extract() -> Timetable {
    Timetable::from_tables(&Tables::extract()).0
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn tenant() -> TenantId {
    TenantId::new(Uuid::from_u128(7))
}

fn week(timetable: &Timetable) -> Vec<(Flight, Cabins)> {
    timetable.departures(tenant(), day(11, 16), 7).collect()
}

/// What callers would see of it, byte for byte.
fn bytes(timetable: &Timetable) -> String {
    serde_json::to_string(&week(timetable)).unwrap()
}

fn has_pool(cabins: &Cabins) -> bool {
    cabins.iter().any(|cabin| matches!(cabin.seating, Seating::Counted(_)))
}
