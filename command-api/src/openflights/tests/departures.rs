use std::collections::{BTreeSet, HashSet};

use booking_domain::values::{Cabin, DepartureId};
use chrono::{TimeDelta, Timelike};
use chrono_tz::Tz;
use serde_json::json;

use super::*;

/// The flights of the year 2026 between two airports.
fn flights(timetable: &Timetable, origin: &str, destination: &str) -> Vec<Flight> {
    let year = timetable.departures(tenant(), day(1, 1), 365).map(|(flight, _)| flight);
    year.filter(|flight| flight.origin == origin && flight.destination == destination).collect()
}

fn local_hours(flights: &[Flight]) -> BTreeSet<(u32, u32)> {
    flights.iter().map(|flight| (flight.departure.local.hour(), flight.departure.local.minute())).collect()
}

fn utc_hours(flights: &[Flight]) -> BTreeSet<(u32, u32)> {
    flights.iter().map(|flight| (flight.departure.at.hour(), flight.departure.at.minute())).collect()
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    assert_eq!(bytes(&extract()), bytes(&extract()));
}

#[test]
fn the_order_of_routes_changes_nothing() {
    let mut shuffled = routes();
    let in_order = bytes(&read(&shuffled).0);
    for _ in 0..ROUTES.len() {
        shuffled.rotate_left(1);
        shuffled.swap(0, 7);
        assert_eq!(bytes(&read(&shuffled).0), in_order);
    }
}

#[test]
fn one_flight_is_for_ever_this() {
    let (timetable, _) = read(&["AA,24,JFK,1,LAX,2,,0,738"]);
    let (flight, cabins) = week(&timetable).remove(0);
    let expected = json!({
        "flight_id": "3d44ecd9-d2b3-5b5b-a044-e6e684ea5059",
        "flight_number": "AA8407",
        "airline": "American \"Eagle\" Airlines",
        "origin": "JFK",
        "destination": "LAX",
        "departure": {
            "at": "2026-11-17T13:40:00Z",
            "local": "2026-11-17T08:40:00",
            "time_zone": "America/New_York",
        },
        "arrival": {
            "at": "2026-11-17T19:00:00Z",
            "local": "2026-11-17T11:00:00",
            "time_zone": "America/Los_Angeles",
        },
    });
    assert_eq!(serde_json::to_value(flight).unwrap(), expected);
    let price = |dollars: i64| {
        json!({
            "amount": format!("{dollars}.00"), "amount_minor": dollars * 100, "currency": "USD",
        })
    };
    let expected = json!([
        {"class": "business", "numbered": {"first_row": 1, "last_row": 4, "letters": "AC DF"}, "price": price(999)},
        {"class": "economy", "numbered": {"first_row": 5, "last_row": 29, "letters": "ABC DEF"}, "price": price(333)},
    ]);
    assert_eq!(serde_json::to_value(cabins).unwrap(), expected);
}

#[test]
fn an_id_follows_from_tenant_number_and_date() {
    let timetable = extract();
    for (flight, _) in week(&timetable) {
        let name = format!("{}/{}", flight.flight_number, flight.departure.local.date());
        let id = DepartureId::new(Uuid::new_v5(&tenant().uuid(), name.as_bytes()));
        assert_eq!(flight.flight_id, id);
    }
}

#[test]
fn another_tenant_has_other_ids_for_the_same_flights() {
    let timetable = extract();
    let other = TenantId::new(Uuid::from_u128(8));
    let ids = |tenant| timetable.departures(tenant, day(11, 16), 7).map(|(flight, _)| flight.flight_id);
    let theirs: BTreeSet<_> = ids(other).collect();
    assert!(ids(tenant()).all(|id| !theirs.contains(&id)));
}

#[test]
fn a_flight_number_stands_once_on_a_date() {
    let week = week(&extract());
    let numbers: BTreeSet<_> =
        week.iter().map(|(flight, _)| (&flight.flight_number, flight.departure.local.date())).collect();
    assert_eq!(numbers.len(), week.len());
}

#[test]
fn two_airlines_of_one_code_do_not_share_numbers() {
    let twins =
        "24,\"One\",\\N,\"AA\",\"AAL\",\"\",\"\",\"Y\"\n25,\"Other\",\\N,\"AA\",\"AAX\",\"\",\"\",\"Y\"\n";
    let routes = "AA,24,JFK,1,BER,3,,0,763\nAA,25,JFK,1,BER,3,,0,763\n";
    let tables = Tables::read_texts(AIRPORTS.trim_start(), twins, routes, PLANES);
    let week = week(&Timetable::from_tables(&tables).0);
    let numbers: BTreeSet<_> =
        week.iter().map(|(flight, _)| (&flight.flight_number, &flight.airline)).collect();
    let digits: BTreeSet<_> = numbers.iter().map(|(number, _)| number).collect();
    assert_eq!((numbers.len(), digits.len()), (2, 2));
}

#[test]
fn an_airline_without_an_iata_code_flies_under_its_icao_code() {
    let (timetable, _) = read(&routes());
    let german = flights(&timetable, "BER", "JFK");
    assert!(!german.is_empty());
    assert!(german.iter().all(|flight| flight.flight_number.starts_with("DLH")));
}

#[test]
fn the_wall_time_of_departure_stays_when_the_clock_is_changed() {
    let (timetable, _) = read(&["AA,24,JFK,1,LAX,2,,0,738"]);
    let year = flights(&timetable, "JFK", "LAX");
    assert_eq!(local_hours(&year).len(), 1, "one time of day on the wall");
    let utc: Vec<_> = utc_hours(&year).into_iter().collect();
    assert_eq!(utc.len(), 2, "summer and winter");
    assert_eq!(utc[1].0 - utc[0].0, 1);
}

#[test]
fn between_zones_that_change_on_different_days_the_arrival_is_elapsed_time() {
    let (timetable, _) = read(&["AA,24,JFK,1,BER,3,,0,763"]);
    let year = flights(&timetable, "JFK", "BER");
    let elapsed: BTreeSet<_> = year.iter().map(|flight| flight.arrival.at - flight.departure.at).collect();
    assert_eq!(elapsed.len(), 1, "the same flight, whatever the clocks do");
    let arrives: BTreeSet<_> = year.iter().map(|flight| flight.arrival.local.time()).collect();
    assert_eq!(arrives.len(), 2, "America changes weeks before Europe does");
}

#[test]
fn both_ends_show_what_the_wall_shows_there() {
    for (flight, _) in week(&extract()) {
        for end in [flight.departure, flight.arrival] {
            assert_eq!(end.at.with_timezone(&end.time_zone).naive_local(), end.local, "{flight:?}");
        }
        assert!(flight.departure.at < flight.arrival.at);
        assert!((flight.arrival.at - flight.departure.at) < TimeDelta::hours(18), "{flight:?}");
    }
}

#[test]
fn the_extract_is_flown_from_many_zones() {
    let week = week(&extract());
    let zones: HashSet<Tz> = week.iter().map(|(flight, _)| flight.departure.time_zone).collect();
    assert!(40 <= zones.len(), "{}", zones.len());
}

#[test]
fn departures_with_a_pool_are_a_tenth_to_a_third() {
    let week = week(&extract());
    let pools = week.iter().filter(|(_, cabins)| has_pool(cabins)).count();
    assert!((week.len() / 10..week.len() / 3).contains(&pools), "{pools} of {}", week.len());
}

#[test]
fn cabins_hold_when_they_are_checked_again() {
    for (flight, cabins) in week(&extract()) {
        let again = Cabins::new(cabins.iter().cloned().collect());
        assert_eq!(again.as_ref(), Ok(&cabins), "{}", flight.flight_number);
        assert!(cabins.iter().all(|cabin| 0 < cabin.price.minor && cabin.price.minor % 100 == 0));
        assert!(cabins.iter().map(Cabin::capacity).sum::<u32>() < 600);
    }
}

#[test]
fn an_aircraft_is_known_by_its_own_code_its_icao_code_or_as_any_other() {
    let capacity = |equipment: &str| {
        let (timetable, _) = read(&[&format!("AA,24,JFK,1,LAX,2,,0,{equipment}")]);
        week(&timetable)[0].1.iter().map(Cabin::capacity).sum::<u32>()
    };
    assert_eq!(capacity("XXX 320"), capacity("Z20"));
    assert_eq!(capacity("ODD"), 52);
    assert_eq!(capacity("ODD 320"), 52);
}
