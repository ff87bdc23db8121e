//! Many people are forgotten, and are found nowhere: not in a table, a file, a log, a backup or an answer. What is
//! counted stays as it was, and so does the hash chain.
//!
//! Fifty in `make test`; `ERASED_CUSTOMERS=1000` takes as many.

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;

use booking::servers::Postgres;
use booking_http::Role;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use sqlx::Executor;
use uuid::Uuid;

use super::customers::position;
use super::privacy::{Needles, tables};
use super::stream::await_stream;
use crate::support::process::{Caller, folder};
use crate::support::roles::{Engine, RoleProcess, eventually, files};

const ERASURES: &str = "/api/v1/privacy/erasures";

const ERASED: usize = 50;
const KEPT: usize = 5;
/// Of those who are forgotten.
const WITH_ACCOUNT: usize = 3;
const AT_ONCE: usize = 8;

const PASSWORD: &str = "Tqyrant0saurus-Vex";

/// Part of every name and passport of those who are forgotten; and of those who are not.
const GONE: [&str; 2] = ["Vrblnkqzx", "QX7743PZW"];
const STAYS: [&str; 2] = ["Wmblgkrff", "KJ1177RTV"];

/// Somebody with a booking.
struct Person {
    door: Caller,
    path: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_forgotten_is_found_nowhere_and_everything_else_is_as_it_was() {
    let engine = Engine::with_flights().await;
    let commands = engine.command_api().await;
    let (_relay, _projections) = (engine.relay().await, engine.projections().await);
    let queries = engine.query_api().await;
    queries.await_shown(engine.head().await).await;
    let flights = flights(&queries).await;
    let many = env::var("ERASED_CUSTOMERS").map_or(ERASED, |many| many.parse().unwrap());
    let gone = people(&commands, &flights, GONE, many).await;
    let stay = people(&commands, &flights, STAYS, KEPT).await;
    queries.await_shown(engine.head().await).await;
    let (figures, shown) = (figures(&queries).await, answers(&queries).await);
    let (of_gone, of_stay) = (Needles::of(GONE), Needles::of(STAYS));
    assert_eq!(found(&of_gone, &shown), BTreeSet::from(GONE.map(str::to_owned)), "they were there");

    let head = erase_all(&gone, many).await;

    queries.await_shown(head).await;
    await_stream(&engine, head).await;
    let shown = eventually("no answer shows them", async || {
        let shown = answers(&queries).await;
        found(&of_gone, &shown).is_empty().then_some(shown)
    })
    .await;
    assert_eq!(found(&of_stay, &shown), BTreeSet::from(STAYS.map(str::to_owned)), "all others are");
    assert_eq!(self::figures(&queries).await, figures, "what is counted is as it was");
    nowhere(&engine, &of_gone).await;
    engine.run(&["verify"]).await.succeeded();
    in_no_backup(&engine, &of_gone, &of_stay).await;
    drop(stay);
}

/// Places and gives up a booking each; some of them have an account.
async fn people(commands: &RoleProcess, flights: &[String], names: [&str; 2], many: usize) -> Vec<Person> {
    let person = |number: usize| async move {
        let is_known = number < WITH_ACCOUNT;
        let guest = commands.as_user(Role::Customer, Uuid::new_v4());
        let door = if is_known { registered(&guest, names, number).await } else { guest };
        let placed = door.post("/api/v1/bookings", order(&flights[number % flights.len()], names, number));
        let placed = placed.await.is(201);
        let path = placed.header("location").to_owned();
        door.delete(&path).await.is(200);
        Person { door, path }
    };
    stream::iter(0..many).map(person).buffered(AT_ONCE).collect().await
}

async fn registered(guest: &Caller, [name, _]: [&str; 2], number: usize) -> Caller {
    let newcomer = json!({"email": format!("{name}.{number}@example.com"), "password": PASSWORD,
        "full_name": format!("{name} {number}"), "phone_number": "+44 20 7946 0000", "subdomain": "acme"});
    let session = guest.with_token("").post("/api/v1/auth/register", newcomer).await.is(201);
    guest.with_token(session.text("access_token"))
}

fn order(flight: &str, [name, passport]: [&str; 2], number: usize) -> Value {
    json!({
        "flight_id": flight,
        "passengers": [
            {"first_name": format!("{name} {number}"), "last_name": format!("of {name}"),
             "email": format!("{name}.{number}@example.com"), "passport_number": format!("{passport}{number}")},
            {"first_name": format!("Young {name}"), "last_name": format!("of {name}")},
        ],
        "special_requests": format!("{name} wants a window"),
        "notes": format!("{name} was here"),
    })
}

/// The position at which the last of them is forgotten.
async fn erase_all(people: &[Person], many: usize) -> i64 {
    let erase = |person: &Person| {
        let (door, path) = (person.door.clone(), person.path.clone());
        async move {
            let erased = door.post(ERASURES, json!({})).await.is(200);
            assert_eq!(erased.body["bookings"], 1, "{path}");
            position(&erased)
        }
    };
    let erasures: Vec<i64> = stream::iter(people.iter().map(erase)).buffered(AT_ONCE).collect().await;
    assert_eq!(erasures.len(), many);
    erasures.into_iter().max().unwrap()
}

async fn flights(queries: &RoleProcess) -> Vec<String> {
    let flights = owner(queries).get("/api/v1/flights?limit=100").await.is(200);
    let ids = flights.body["data"].as_array().unwrap().iter();
    ids.map(|flight| flight["flight_id"].as_str().unwrap().to_owned()).collect()
}

fn owner(queries: &RoleProcess) -> Caller {
    queries.as_user(Role::Owner, Uuid::new_v4())
}

/// What is counted of bookings and users.
async fn figures(queries: &RoleProcess) -> Vec<(&'static str, Value)> {
    let mut figures = vec![];
    for path in [
        "/api/v1/bookings?limit=1",
        "/api/v1/bookings?status=cancelled&limit=1",
        "/api/v1/bookings?status=created&limit=1",
        "/api/v1/users?limit=1",
    ] {
        let listed = owner(queries).get(path).await.is(200);
        figures.push((path, listed.body["pagination"]["total"].clone()));
    }
    figures
}

/// All that an owner is told of anybody.
async fn answers(queries: &RoleProcess) -> Vec<(PathBuf, Vec<u8>)> {
    let owner = &owner(queries);
    let mut answers = listed(owner, "/api/v1/users?limit=100").await;
    let bookings = listed(owner, "/api/v1/bookings?limit=100").await;
    let ids: Vec<String> = bookings.iter().flat_map(|(_, page)| ids(page)).collect();
    let one = |id: String| async move {
        let path = format!("/api/v1/bookings/{id}");
        let history = format!("{path}/history?limit=100");
        [read(owner, path).await, read(owner, history).await]
    };
    let each: Vec<_> = stream::iter(ids).map(one).buffered(AT_ONCE).collect().await;
    answers.extend(bookings);
    answers.extend(each.into_iter().flatten());
    answers
}

/// All pages of a list.
async fn listed(owner: &Caller, first: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut pages, mut next) = (vec![], Some(first.to_owned()));
    while let Some(path) = next {
        let page = owner.get(&path).await.is(200);
        let cursor = page.body["pagination"]["next_cursor"].as_str();
        next = cursor.map(|cursor| format!("{first}&cursor={cursor}"));
        pages.push((PathBuf::from(path), page.body.to_string().into_bytes()));
    }
    pages
}

async fn read(owner: &Caller, path: String) -> (PathBuf, Vec<u8>) {
    let answer = owner.get(&path).await.is(200);
    (PathBuf::from(path), answer.body.to_string().into_bytes())
}

fn ids(page: &[u8]) -> Vec<String> {
    let page: Value = serde_json::from_slice(page).unwrap();
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|row| row["booking_id"].as_str().unwrap().to_owned()).collect()
}

/// Which of the texts are found at all.
fn found(needles: &Needles, texts: &[(PathBuf, Vec<u8>)]) -> BTreeSet<String> {
    needles.found_in(texts).into_iter().map(|(_, text)| text).collect()
}

async fn nowhere(engine: &Engine, gone: &Needles) {
    let owner = engine.owner().await;
    owner.execute("checkpoint").await.unwrap();
    for (place, texts) in [
        ("tables", tables(&owner).await),
        ("files of NATS", files(engine.nats.data_dir())),
        ("files of Postgres", files(engine.postgres.data_dir())),
        ("logs", engine.logs()),
    ] {
        assert_eq!(gone.found_in(&texts), BTreeSet::new(), "in the {place}");
    }
    let accounts = "select count(*) from identity.account";
    let left: i64 = sqlx::query_scalar(accounts).fetch_one(&owner).await.unwrap();
    assert_eq!(left, WITH_ACCOUNT.min(KEPT) as i64, "accounts of those who stay");
}

/// Whoever has a backup made afterwards, its keys and the master key reads no more of them than we do.
async fn in_no_backup(engine: &Engine, gone: &Needles, stay: &Needles) {
    let backups = folder();
    let to = backups.path().to_str().unwrap();
    let backup = engine.run(&["backup", "--to", to, "--json"]).await.succeeded().json();
    assert_eq!(gone.found_in(&files(backups.path())), BTreeSet::new(), "in the backup");
    let postgres = tokio::task::spawn_blocking(|| Postgres::throwaway().unwrap()).await.unwrap();
    let url = postgres.url("restored");
    let restore = ["restore", backup["file"].as_str().unwrap()];
    engine.run_with(&[("DATABASE_URL", &url)], &restore).await.succeeded();
    let mut queries = engine.unready_role(&["query-api"], &[("DATABASE_URL", &url)]);
    queries.await_ready().await;
    let shown = answers(&queries).await;
    assert_eq!(found(gone, &shown), BTreeSet::new(), "in answers out of the backup");
    assert_eq!(found(stay, &shown), BTreeSet::from(STAYS.map(str::to_owned)), "it can be read");
}
