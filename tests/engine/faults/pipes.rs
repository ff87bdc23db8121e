//! Tools as scripts use them: data on stdout, words on stderr, and an exit code that says what happened.

use std::process::Stdio;

use booking_http::Role;
use serde_json::{Value, json};
use sqlx::Executor;
use tokio::io::{AsyncBufReadExt, BufReader};
use uuid::Uuid;

use crate::support::process::Caller;
use crate::support::roles::Engine;

/// Nobody listens on port 1.
const NOWHERE: &str = "127.0.0.1:1";
/// One row that says what no event has said.
const LIE: &str = "
    update read.flight_v1 set origin = 'XXX'
    where flight_id = (select flight_id from read.flight_v1 order by flight_id limit 1)";

#[tokio::test(flavor = "multi_thread")]
async fn replay_prints_the_journal_as_json_lines_and_nothing_else() {
    let engine = Engine::with_flights().await;
    let head = engine.head().await;

    let said = engine.run(&["replay"]).await.succeeded();
    assert_eq!(said.stderr, "");
    let events = lines(&said.stdout);
    let positions: Vec<i64> = events.iter().map(|event| event["position"].as_i64().unwrap()).collect();
    assert_eq!(positions, (1..=head).collect::<Vec<_>>());

    let first = &events[0];
    assert_eq!(first["event_type"], "tenant.registered");
    let tenant = first["tenant_id"].as_str().unwrap();
    let of = |name: &str, value: &str| -> Vec<Value> {
        events.iter().filter(|event| event[name] == value).cloned().collect()
    };
    let last = events.last().unwrap();
    let stream = last["aggregate_id"].as_str().unwrap();
    assert_eq!(engine.replay(&["--stream", stream]).await, of("aggregate_id", stream));
    assert_eq!(engine.replay(&["--tenant", tenant]).await, of("tenant_id", tenant));
    let subdomain = first["payload"]["subdomain"].as_str().unwrap();
    assert_eq!(engine.replay(&["--tenant", subdomain]).await, of("tenant_id", tenant));
    assert_eq!(engine.replay(&["--type", "tenant.approved"]).await, of("event_type", "tenant.approved"));
    assert_eq!(engine.replay(&["--from", "2", "--to", "3"]).await, events[1..3]);
    let until = events[1]["recorded_at"].as_str().unwrap();
    let recorded = engine.replay(&["--until", until]).await;
    assert!(2 <= recorded.len() && recorded == events[..recorded.len()], "{recorded:?}");
    assert!(recorded.last().unwrap()["recorded_at"] == until);
}

/// What a replay says of one thing: of the booking its status, of flights, seats and pools how many there are.
fn state(lines: &[Value], booking: &str) -> (Option<String>, [usize; 3]) {
    let booking =
        lines.iter().find(|line| line["state"]["booking_id"] == booking && line["kind"] == "booking");
    let count = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
    (
        booking.map(|line| line["state"]["status"].as_str().unwrap().to_owned()),
        ["flight", "seat", "pool"].map(count),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_says_what_everything_was_at_a_moment() {
    let engine = Engine::with_flights().await;
    let command_api = engine.command_api().await;
    let scheduled = engine.replay(&["--tenant", "acme", "--type", "departure.scheduled"]).await;
    let flights = engine.replay(&["--type", "departure.scheduled"]).await.len();
    let numbered = |event: &&Value| event["payload"]["cabins"][0].get("numbered").is_some();
    let flight = scheduled.iter().find(numbered).unwrap()["payload"]["flight_id"].as_str().unwrap();
    let class = &scheduled.iter().find(numbered).unwrap()["payload"]["cabins"][0]["class"];
    let people =
        json!([{"first_name": "Ada", "last_name": "Lovelace"}, {"first_name": "C", "last_name": "Babbage"}]);
    let body = json!({"flight_id": flight, "class": class, "passengers": people});
    let customer = command_api.as_user(Role::Customer, Uuid::new_v4());
    let placed = customer.post("/api/v1/bookings", body).await.is(201);
    let cancelled = customer.delete(placed.header("location")).await.is(200);
    let booking = placed.text("booking_id");
    let at = |position: &str| position.strip_prefix("1.").unwrap().to_owned();
    let (placed_at, head) = (at(placed.position()), at(cancelled.position()));
    let before = (placed_at.parse::<i64>().unwrap() - 3).to_string();

    let then = engine.replay(&["--state", "--to", &placed_at]).await;
    assert_eq!(state(&then, booking), (Some("created".to_owned()), [flights, 2, 0]));
    let seat = then.iter().find(|line| line["kind"] == "seat").unwrap();
    assert_eq!((&seat["flight_id"], &seat["state"]["booking_id"]), (&json!(flight), &json!(booking)));
    let sealed = then.iter().find(|line| line["kind"] == "booking").unwrap();
    let name = sealed["state"]["passengers"][0]["first_name"].as_str().unwrap();
    assert!(name.starts_with("sealed:1:"), "personal data stays sealed");
    assert_eq!(
        state(&engine.replay(&["--state"]).await, booking),
        (Some("cancelled".to_owned()), [flights, 0, 0])
    );
    assert_eq!(state(&engine.replay(&["--state", "--to", &head]).await, booking).1, [flights, 0, 0]);
    assert_eq!(state(&engine.replay(&["--state", "--to", &before]).await, booking), (None, [flights, 0, 0]));
    let created = engine.replay(&["--from", &placed_at, "--to", &placed_at]).await;
    let instant = created[0]["recorded_at"].as_str().unwrap();
    assert_eq!(engine.replay(&["--state", "--until", instant]).await, then);
    let of_acme = engine.replay(&["--state", "--to", &placed_at, "--tenant", "acme"]).await;
    assert_eq!(state(&of_acme, booking), (Some("created".to_owned()), [scheduled.len(), 2, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_whose_reader_has_seen_enough_ends_without_a_word() {
    let engine = Engine::with_flights().await;
    let mut command = engine.command(&["replay"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
    assert_eq!(lines(&line)[0]["position"], 1);

    let output = child.wait_with_output().await.unwrap();

    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
}

/// Which nobody can read any further.
#[tokio::test(flavor = "multi_thread")]
async fn verify_names_the_place_where_an_event_is_gone() {
    let engine = Engine::with_flights().await;
    let gone = "set session_replication_role = replica;
                delete from journal.event where position = 3; reset session_replication_role";
    engine.owner().await.execute(gone).await.unwrap();

    let said = engine.run(&["verify"]).await.ended_with(3);

    assert!(said.stdout.contains("position 3 is missing"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_says_in_one_object_what_it_found() {
    let engine = Engine::with_flights().await;
    let _relay = engine.relay().await;
    let _projections = engine.projections().await;
    let query_api = engine.query_api().await;
    let head = engine.head().await;
    query_api.await_shown(head).await;

    let said = engine.run(&["verify", "--json"]).await.succeeded();
    let mut report = said.json();
    let chained = report["chained"].take().as_i64().unwrap();
    assert!((0..=head).contains(&chained), "{chained} of {head}: the relay is a moment behind");
    let nothing_else = json!({"events": head, "chained": null, "signed_heads": 0, "signatures_checked": false, "breaches": [], "more_breaches": 0});
    assert_eq!(report, nothing_else);

    let owner = engine.owner().await;
    owner.execute(LIE).await.unwrap();
    let said = engine.run(&["verify", "--json"]).await.ended_with(3);
    let found = said.json();
    let breaches = found["breaches"].as_array().unwrap();
    assert_eq!((breaches.len(), &found["breaches"][0]["position"]), (1, &json!(head)));
    let what = breaches[0]["what"].as_str().unwrap();
    assert!(
        what.starts_with("flight_v1: row ") && what.ends_with("differs from what the journal says"),
        "{what}"
    );
    assert_eq!(said.stderr, "booking: 1 breaches\n");
    engine.run(&["verify", "--json", "--journal-only"]).await.succeeded();

    owner.execute("delete from read.seat_map_v1").await.unwrap();
    engine.run(&["verify"]).await.ended_with(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_printed_opens_the_door_of_its_business() {
    let engine = Engine::with_flights().await;
    let query_api = engine.query_api().await;
    let user = Uuid::new_v4().to_string();

    let said = engine.run(&["token", "--role", "customer", "--user", &user, "--json"]).await.succeeded();
    let token = said.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(said.json().as_object().unwrap().len(), 1);
    let plain = engine.run(&["token", "--role", "customer"]).await.succeeded().stdout;

    for token in [token.as_str(), plain.trim_end()] {
        assert_eq!(Caller::new(&query_api.url, token).get("/api/v1/flights").await.status, 200);
    }
    let of_user = format!("/api/v1/bookings/user/{user}");
    assert_eq!(Caller::new(&query_api.url, &token).get(&of_user).await.status, 200);
    assert_eq!(Caller::new(&query_api.url, plain.trim_end()).get(&of_user).await.status, 403);
    assert_eq!(query_api.as_user(Role::Owner, Uuid::new_v4()).get(&of_user).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_ends_with_2_and_says_what_is_wrong() {
    let engine = Engine::start().await;
    for (arguments, word) in [
        (&["book"][..], "book"),
        (&["replay", "--from", "yesterday"], "--from"),
        (&["replay", "--type", "booking.lost"], "booking.created"),
        (&["replay", "--tenant", "nobody"], "nobody"),
        (&["replay", "--state", "--type", "booking.created"], "--state"),
        (&["token"], "--role"),
        (&["token", "--role", "emperor"], "emperor"),
        (&["token", "--role", "owner", "--tenant", "nobody"], "nobody"),
        (&["projections", "--only", "everything"], "booking_v1"),
        (&["seed", "--openflights", "/nowhere"], "--openflights"),
    ] {
        let said = engine.run(arguments).await.ended_with(2);
        assert!(said.stderr.contains(word), "{said:?}");
        assert_eq!(said.stdout, "", "{arguments:?}");
    }
    for (variable, value, arguments) in [
        ("DATABASE_URL", "", &["query-api"][..]),
        ("NATS_URL", "", &["relay"]),
        ("MASTER_KEY", "short", &["command-api"]),
        ("JWT_SECRET", "short", &["token", "--role", "owner"]),
        ("PORT", "http", &["relay"]),
        ("BOOKING_ENV", "testing", &["replay"]),
        ("LOG_FORMAT", "colours", &["replay"]),
    ] {
        let said = engine.run_with(&[(variable, value)], arguments).await.ended_with(2);
        assert!(said.stderr.contains(variable), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_reach_postgres_or_nats_ends_with_4() {
    let engine = Engine::start().await;
    let postgres = format!("postgres://postgres:secret-of-the-test@{NOWHERE}/booking");
    let nats = format!("nats://relay:secret-of-the-test@{NOWHERE}");
    let no_postgres = [("DATABASE_URL", postgres.as_str())];
    let no_nats = [("NATS_URL", nats.as_str())];
    let cases = [
        (no_postgres, &["migrate"][..]),
        (no_postgres, &["seed"]),
        (no_postgres, &["replay"]),
        (no_postgres, &["verify", "--json"]),
        (no_postgres, &["token", "--role", "owner"]),
        (no_postgres, &["doctor"]),
        (no_postgres, &["command-api"]),
        (no_nats, &["doctor"]),
        (no_nats, &["relay"]),
        (no_nats, &["projections"]),
    ];
    let runs = cases.map(|(variables, arguments)| {
        let engine = &engine;
        async move {
            let said = engine.run_with(&variables, arguments).await;
            assert_eq!(said.code, Some(4), "{arguments:?}: {said:?}");
            assert!(!said.stderr.contains("secret-of-the-test"), "{said:?}");
        }
    });
    futures::future::join_all(runs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_tells_who_must_come_first() {
    let engine = Engine::start().await;

    let said = engine.run(&["doctor"]).await.ended_with(3);

    assert!(said.stdout.contains("there is no stream of this epoch; the relay makes it"), "{said:?}");
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
