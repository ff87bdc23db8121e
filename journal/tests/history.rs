//! Every payload that was ever stored can still be read: one golden file for each event and version.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use booking_journal::Recorded;
use chrono::DateTime;
use serde_json::Value;
use uuid::Uuid;

const HISTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/history");
const DOMAIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/src");

#[test]
fn every_payload_ever_stored_is_still_read() {
    for (name, version, payload) in golden() {
        let event = recorded(&name, &version, &payload).event();
        let event = event.unwrap_or_else(|unreadable| panic!("{name}.v{version}: {unreadable}"));
        assert_eq!(event.name(), name);
    }
}

#[test]
fn the_newest_payloads_are_written_as_they_stand_in_their_files() {
    for (name, version, payload) in golden().into_iter().filter(|(_, version, _)| version == "1") {
        let written = recorded(&name, &version, &payload).event().unwrap().to_json().unwrap();
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(json(&written), json(&payload), "{name}");
    }
}

#[test]
fn every_event_of_the_domain_has_a_golden_file() {
    let kept: BTreeSet<String> = golden().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(kept, events_of_the_domain());
}

#[test]
fn an_event_or_a_version_that_nobody_knows_stops_the_reader() {
    assert!(recorded("seat.painted", "1", r#"{"event_type": "seat.painted"}"#).event().is_err());
    let (name, _, payload) = golden().remove(0);
    assert!(recorded(&name, "2", &payload).event().is_err());
}

/// Name, version and payload of each file `<name>.v<version>.json`.
fn golden() -> Vec<(String, String, String)> {
    let mut golden = vec![];
    for entry in fs::read_dir(HISTORY).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let (name, version) = stem.rsplit_once(".v").unwrap();
        golden.push((name.to_owned(), version.to_owned(), fs::read_to_string(&path).unwrap()));
    }
    golden.sort();
    golden
}

/// The names that the enums of events give to serde.
fn events_of_the_domain() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for room in ["tenant", "departure", "seat", "pool", "booking", "customer", "user"] {
        let source = fs::read_to_string(Path::new(DOMAIN).join(room).join("event.rs")).unwrap();
        let renamed = source.lines().filter_map(|line| line.trim().strip_prefix("#[serde(rename = \""));
        names.extend(renamed.map(|rest| rest.split('"').next().unwrap().to_owned()));
    }
    assert!(!names.is_empty());
    names
}

fn recorded(name: &str, version: &str, payload: &str) -> Recorded {
    Recorded {
        position: 1,
        event_id: Uuid::nil(),
        tenant_id: Uuid::nil().into(),
        aggregate_type: name.split('.').next().unwrap().to_owned(),
        aggregate_id: String::new(),
        sequence: 1,
        event_type: name.to_owned(),
        event_version: version.to_owned(),
        payload: payload.to_owned(),
        metadata: "{}".to_owned(),
        recorded_at: DateTime::UNIX_EPOCH,
    }
}
