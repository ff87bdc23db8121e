//! One booking, one flight and its seats as they were.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::{instant_of, number, written};
use crate::api::stage::{Stage, order};
use crate::support::process::Answer;

/// A booking that was placed, confirmed and cancelled, and what each read said right after.
struct Life {
    stage: &'static Stage,
    /// Of the booking, its flight and its seats, with the position from which on they said so.
    seen: Vec<(String, [Answer; 3])>,
    paths: [String; 3],
}

impl Life {
    async fn lived() -> Self {
        let stage = Stage::shared();
        let (flight, customer) = (stage.flight().await, stage.dev.new_customer());
        let mut body = order(&flight, &["12A", "12B"]);
        body["notes"] = json!("a window, please");
        let placed = customer.post("/api/v1/bookings", body).await.is(201);
        let booking = placed.header("location").to_owned();
        let flight = format!("/api/v1/flights/{flight}");
        let mut life =
            Self { stage, seen: vec![], paths: [booking.clone(), flight.clone(), flight + "/seats"] };
        life.see(placed.position()).await;
        let confirmed = stage.clerk().post(&format!("{booking}/confirm"), json!({})).await.is(200);
        life.see(confirmed.position()).await;
        let cancelled = customer.delete(&booking).await.is(200);
        life.see(cancelled.position()).await;
        life
    }

    /// As staff, who see all.
    async fn see(&mut self, position: &str) {
        let clerk = self.stage.clerk();
        let [booking, flight, seats] = self.paths.each_ref().map(String::as_str);
        let answers = [
            clerk.get_at(booking, position).await.is(200),
            clerk.get_at(flight, position).await.is(200),
            clerk.get_at(seats, position).await.is(200),
        ];
        self.seen.push((position.to_owned(), answers));
    }

    /// Asks for all three as they were, and compares them with what was seen.
    async fn assert_seen(&self, moment: &str, seen: &[Answer; 3]) {
        for (path, seen) in self.paths.iter().zip(seen) {
            let then = self.stage.clerk().get(&format!("{path}?{moment}")).await.is(200);
            assert_eq!(but_position(&then.body), but_position(&seen.body), "{path}?{moment}");
            assert_eq!(then.header("etag"), seen.header("etag"), "{path}?{moment}");
        }
    }
}

/// Other tests store events meanwhile, so a seat map that was seen may show a later position.
fn but_position(body: &Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove("position");
    body
}

#[tokio::test]
async fn a_booking_a_flight_and_its_seats_can_be_seen_as_they_were() {
    let life = Life::lived().await;
    let statuses: Vec<&str> = life.seen.iter().map(|(_, [booking, ..])| booking.text("status")).collect();
    assert_eq!(statuses, ["created", "confirmed", "cancelled"]);
    for (position, seen) in &life.seen {
        let instant = instant_of(life.stage, position).await;
        for moment in [
            format!("at_position={position}"),
            format!("at_position={}", number(position)),
            format!("as_of={instant}"),
        ] {
            life.assert_seen(&moment, seen).await;
        }
    }
}

/// From the instant at which it was recorded on, until just before the next.
#[tokio::test]
async fn a_state_holds_until_just_before_the_next_is_recorded() {
    let life = Life::lived().await;
    for pair in life.seen.windows(2) {
        let [(_, before), (position, after)] = pair else { unreachable!() };
        let at = life.stage.recorded_at(number(position)).await;
        life.assert_seen(&format!("as_of={}", written(at)), after).await;
        life.assert_seen(&format!("as_of={}", written(at - TimeDelta::microseconds(1))), before).await;
    }
    let (last, after) = life.seen.last().unwrap();
    let later = life.stage.recorded_at(number(last)).await + TimeDelta::microseconds(1);
    life.assert_seen(&format!("as_of={}", written(later)), after).await;
}

#[tokio::test]
async fn an_answer_says_which_position_it_shows() {
    let life = Life::lived().await;
    let (position, _) = &life.seen[1];
    for path in &life.paths {
        let then = life.stage.clerk().get(&format!("{path}?at_position={position}")).await.is(200);
        assert_eq!(then.position(), position, "{path}");
        if path.ends_with("/seats") {
            assert_eq!(then.text("position"), position);
        }
    }
    let by_instant = format!("{}?as_of={}", life.paths[0], instant_of(life.stage, position).await);
    assert_eq!(life.stage.clerk().get(&by_instant).await.is(200).position(), position);
}

#[tokio::test]
async fn before_it_existed_it_is_not_there() {
    let life = Life::lived().await;
    let created = number(&life.seen[0].0);
    let at = life.stage.recorded_at(created).await - TimeDelta::microseconds(1);
    for moment in [format!("as_of={}", written(at)), format!("at_position={}", created - 1)] {
        let answer = life.stage.clerk().get(&format!("{}?{moment}", life.paths[0])).await.is(404);
        assert_eq!(answer.text("code"), "BOOKING_NOT_FOUND", "{moment}");
    }
    for (path, code) in life.paths.iter().zip(["BOOKING_NOT_FOUND", "FLIGHT_NOT_FOUND", "FLIGHT_NOT_FOUND"]) {
        for moment in ["at_position=1.0", "at_position=0", "as_of=2001-01-01T00:00:00Z"] {
            let answer = life.stage.clerk().get(&format!("{path}?{moment}")).await.is(404);
            assert_eq!(answer.text("code"), code, "{path}?{moment}");
        }
    }
}

#[tokio::test]
async fn a_booking_is_found_by_its_reference_as_it_was() {
    let life = Life::lived().await;
    let (position, [seen, ..]) = &life.seen[0];
    let reference = seen.text("booking_reference").to_lowercase();
    let path = format!("/api/v1/bookings/by-reference/{reference}");
    let then = life.stage.clerk().get(&format!("{path}?at_position={position}")).await.is(200);
    assert_eq!((&then.body, then.header("etag")), (&seen.body, "\"1\""));
    let absent = "/api/v1/bookings/by-reference/BK-20261120-000000?at_position=";
    life.stage.clerk().get(&format!("{absent}{position}")).await.is(404);
}

#[tokio::test]
async fn the_past_of_others_is_not_there_either() {
    let life = Life::lived().await;
    let (position, [seen, ..]) = &life.seen[0];
    let reference = format!("/api/v1/bookings/by-reference/{}", seen.text("booking_reference"));
    for path in [&life.paths[0], &reference] {
        let path = format!("{path}?at_position={position}");
        assert_eq!(life.stage.dev.new_customer().get(&path).await.is(404).text("code"), "BOOKING_NOT_FOUND");
        assert_eq!(life.stage.dev.stranger().get(&path).await.is(404).text("code"), "BOOKING_NOT_FOUND");
    }
    for path in &life.paths[1..] {
        let answer = life.stage.dev.stranger().get(&format!("{path}?at_position={position}")).await.is(404);
        assert_eq!(answer.text("code"), "FLIGHT_NOT_FOUND");
    }
}

#[tokio::test]
async fn customers_see_seats_as_they_were_without_whose_they_were() {
    let life = Life::lived().await;
    let (position, _) = &life.seen[0];
    let path = format!("{}?at_position={position}", life.paths[2]);
    let map = life.stage.dev.new_customer().get(&path).await.is(200);
    let seats = map.body["seats"].as_array().unwrap();
    assert_eq!(seats.iter().filter(|seat| seat["status"] == "taken").count(), 2);
    assert!(seats.iter().all(|seat| seat.get("booking_id").is_none()));
}

#[tokio::test]
async fn a_moment_that_makes_no_sense_is_refused() {
    let life = Life::lived().await;
    let head = life.stage.head().await;
    let ahead = written(Utc::now() + TimeDelta::minutes(1));
    for (moment, code, pointer) in [
        (format!("as_of={ahead}"), "INVALID_QUERY", "/as_of"),
        ("as_of=yesterday".to_owned(), "INVALID_QUERY", "/as_of"),
        ("as_of=2026-11-20".to_owned(), "INVALID_QUERY", "/as_of"),
        ("as_of=2026-11-20T00:00:00Z&at_position=1.1".to_owned(), "INVALID_QUERY", "/at_position"),
        ("at_position=latest".to_owned(), "INVALID_QUERY", "/at_position"),
        ("at_position=-1".to_owned(), "INVALID_QUERY", "/at_position"),
        ("at_position=1.1&at_position=1.2".to_owned(), "INVALID_QUERY", "/at_position"),
        (format!("at_position=1.{}", head + 1_000_000), "INVALID_POSITION", ""),
        (format!("at_position={}", i64::MAX), "INVALID_POSITION", ""),
        (format!("at_position=2.{head}"), "INVALID_POSITION", ""),
    ] {
        for path in &life.paths {
            let answer = life.stage.clerk().get(&format!("{path}?{moment}")).await.is(400);
            assert_eq!(answer.text("code"), code, "{path}?{moment}");
            if !pointer.is_empty() {
                assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{path}?{moment}");
            }
        }
    }
}

#[tokio::test]
async fn what_must_at_least_be_shown_lies_before_the_moment_asked_for() {
    let life = Life::lived().await;
    let [(first, _), (second, _), _] = &life.seen[..] else { unreachable!() };
    let path = format!("{}?at_position={second}", life.paths[0]);
    life.stage.clerk().get_at(&path, first).await.is(200);
    let path = format!("{}?at_position={first}", life.paths[0]);
    let refused = life.stage.clerk().get_at(&path, second).await.is(400);
    assert_eq!(refused.text("code"), "INVALID_POSITION");
}
