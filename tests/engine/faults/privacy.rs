//! Personal data is nowhere in the clear: not in a table, a file, a message or a log.

use std::collections::BTreeSet;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use booking_http::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{Executor, PgPool, Row};
use uuid::Uuid;

use super::customers::position;
use super::stream::await_stream;
use crate::support::process::Caller;
use crate::support::roles::{Engine, eventually, files};

const FIRST_NAME: &str = "Zwxanthippe";
const LAST_NAME: &str = "Quxelmeyer-Vrbnik";
const EMAIL: &str = "zw.quxelmeyer@vrbnik-mail.example";
const PHONE_NUMBER: &str = "+997 6613 778 291";
const DATE_OF_BIRTH: &str = "1937-02-19";
const PASSPORT_NUMBER: &str = "QX77430918ZW";
/// Each line is looked for by itself.
const SPECIAL_REQUESTS: [&str; 2] = ["Wrltschair at \"gate\" \\ stairs", "Kqsher meäl, péanut-frée"];
const COMMENTS: &str = "Grndmother Yggdrasilla is unwell";

const PASSWORD: &str = "Tqyrant0saurus-Vex";
const NEW_PASSWORD: &str = "Vlqtch-Brmbl-91Kk";

/// Shorter forms occur by chance.
const FORM_BYTES_MIN: usize = 7;

/// Texts that are looked for, and what each stands for.
pub struct Needles(Vec<(String, Vec<u8>)>);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_personal_is_found_nowhere_in_the_clear_but_in_answers() {
    let engine = Engine::with_flights().await;
    let command_api = engine.command_api().await;
    let (_relay, _projections) = (engine.relay().await, engine.projections().await);
    let query_api = engine.query_api().await;
    query_api.await_shown(engine.head().await).await;
    let user = Uuid::new_v4();
    let (books, reads) = (command_api.as_user(Role::Customer, user), query_api.as_user(Role::Customer, user));
    let flights = reads.get("/api/v1/flights?limit=1").await.body;

    let (owner, theirs) = (engine.owner().await, come_in(&books.with_token("")).await);
    // The news of the code is told after the answer.
    eventually("the journal knows all of it", async || {
        let told = "select 1 from journal.event where event_type = 'user.password_reset_requested'";
        owner.fetch_optional(told).await.unwrap()
    })
    .await;
    let placed = books.post("/api/v1/bookings", order(&flights["data"][0]["flight_id"])).await;
    assert_eq!(placed.status, StatusCode::CREATED, "{placed:?}");
    let path = format!("/api/v1/bookings/{}", placed.body["booking_id"].as_str().unwrap());
    let cancelled = books.post(&format!("{path}/cancel"), json!({"comments": COMMENTS})).await;
    assert_eq!(cancelled.status, StatusCode::OK, "{cancelled:?}");
    await_stream(&engine, position(&cancelled)).await;
    query_api.await_shown(position(&cancelled)).await;
    let shown = reads.get(&path).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_shows_everything(&shown.body);

    owner.execute("checkpoint").await.unwrap();
    let places = [
        ("tables", tables(&owner).await),
        ("files of NATS", files(engine.nats.data_dir())),
        ("files of Postgres", files(engine.postgres.data_dir())),
        ("logs", engine.logs()),
    ];
    let (personal, known) = (Needles::personal(), Needles::of([placed.body["booking_id"].as_str().unwrap()]));
    for (place, texts) in places {
        assert_ne!(known.found_in(&texts), BTreeSet::new(), "in the {place} nothing at all is found");
        assert_eq!(personal.found_in(&texts), BTreeSet::new(), "in the {place}");
    }
    let theirs = Needles::of(theirs.iter().map(String::as_str));
    for (place, texts) in [("tables", tables(&owner).await), ("logs", engine.logs())] {
        assert_eq!(theirs.found_in(&texts), BTreeSet::new(), "in the {place}");
    }
    let secrets = Needles::of(engine.secrets().iter().map(String::as_str));
    assert_eq!(secrets.found_in(&engine.logs()), BTreeSet::new(), "in the logs");
}

/// The same person registers, forgets the password and sets another. All that was secret about it.
async fn come_in(guest: &Caller) -> Vec<String> {
    let full_name = format!("{FIRST_NAME} {LAST_NAME}");
    let newcomer = json!({"email": EMAIL, "password": PASSWORD, "full_name": full_name,
        "phone_number": PHONE_NUMBER, "subdomain": "acme"});
    let session = guest.post("/api/v1/auth/register", newcomer).await.is(201);
    assert_eq!(session.body["user"]["full_name"], full_name);
    let wrong = json!({"email": EMAIL, "password": NEW_PASSWORD, "subdomain": "acme"});
    guest.post("/api/v1/auth/login", wrong).await.is(401);
    let forgot = json!({"email": EMAIL, "subdomain": "acme"});
    guest.post("/api/v1/auth/password/forgot", forgot).await.is(202);
    let outbox = guest.get("/dev/outbox").await.is(200);
    let text = outbox.body["data"][0]["text"].as_str().unwrap();
    let code = text.strip_prefix("Your code is ").unwrap()[..8].to_owned();
    let reset = json!({"email": EMAIL, "code": code, "new_password": NEW_PASSWORD});
    guest.post("/api/v1/auth/password/reset", reset).await.is(204);
    let tokens = ["access_token", "refresh_token"].map(|token| session.text(token).to_owned());
    [PASSWORD.to_owned(), NEW_PASSWORD.to_owned(), code].into_iter().chain(tokens).collect()
}

/// The search finds what it is to find, however it was written down.
#[test]
fn the_search_finds_a_text_in_each_of_its_forms() {
    let personal = Needles::personal();
    let found = |bytes: &[u8]| !personal.found_in(&[(PathBuf::new(), bytes.to_vec())]).is_empty();
    for text in [FIRST_NAME, EMAIL, PHONE_NUMBER, DATE_OF_BIRTH, PASSPORT_NUMBER, SPECIAL_REQUESTS[0]] {
        for before in ["", "x", "xy"] {
            let bytes = format!("{before}{text}z");
            assert!(found(bytes.as_bytes()), "{text}");
            assert!(found(STANDARD_NO_PAD.encode(&bytes).as_bytes()), "{text} in base64");
            assert!(found(URL_SAFE_NO_PAD.encode(&bytes).as_bytes()), "{text} in base64 for URLs");
            assert!(found(hex(bytes.as_bytes()).as_bytes()), "{text} in hexadecimal");
            assert!(found(hex(bytes.as_bytes()).to_uppercase().as_bytes()), "{text} in hexadecimal");
            assert!(found(json!({"a": bytes}).to_string().as_bytes()), "{text} in JSON");
            assert!(
                found(json!(json!({"a": bytes}).to_string()).to_string().as_bytes()),
                "{text} in JSON in JSON"
            );
            assert!(found(escaped(&bytes).as_bytes()), "{text} in JSON, escaped throughout");
            assert!(found(bytes.to_lowercase().as_bytes()), "{text} in small letters");
        }
    }
    assert!(!found(b"something else altogether, which is as long as one of them"));
}

fn order(flight: &Value) -> Value {
    json!({
        "flight_id": flight,
        "passengers": [{
            "first_name": FIRST_NAME,
            "last_name": LAST_NAME,
            "email": EMAIL,
            "phone_number": PHONE_NUMBER,
            "date_of_birth": DATE_OF_BIRTH,
            "passport_number": PASSPORT_NUMBER,
        }],
        "special_requests": SPECIAL_REQUESTS.join("\n"),
        "notes": SPECIAL_REQUESTS.join("\n"),
    })
}

fn assert_shows_everything(booking: &Value) {
    let passenger = &booking["passengers"][0];
    assert_eq!(passenger["first_name"], FIRST_NAME);
    assert_eq!(passenger["last_name"], LAST_NAME);
    assert_eq!(passenger["email"], EMAIL);
    assert_eq!(passenger["phone_number"], PHONE_NUMBER);
    assert_eq!(passenger["date_of_birth"], DATE_OF_BIRTH);
    assert_eq!(passenger["passport_number"], PASSPORT_NUMBER);
    assert_eq!(booking["special_requests"], SPECIAL_REQUESTS.join("\n"));
}

/// Every row of every table as text, table by table.
pub async fn tables(owner: &PgPool) -> Vec<(PathBuf, Vec<u8>)> {
    let names = sqlx::query(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'",
    );
    let names: Vec<String> = names.fetch_all(owner).await.unwrap().iter().map(|row| row.get(0)).collect();
    for schema in ["journal.", "keys.", "read.", "identity."] {
        assert!(names.iter().any(|name| name.starts_with(schema)), "{schema} in {names:?}");
    }
    let mut tables = vec![];
    for name in names {
        let query = format!("select coalesce(string_agg(row::text, E'\\n'), '') from {name} as row");
        let text: String = sqlx::query_scalar(&query).fetch_one(owner).await.unwrap();
        tables.push((PathBuf::from(name), text.into_bytes()));
    }
    tables
}

impl Needles {
    fn personal() -> Self {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let (phone_number, date_of_birth) = (digits(PHONE_NUMBER), digits(DATE_OF_BIRTH));
        let texts = [FIRST_NAME, LAST_NAME, EMAIL, PHONE_NUMBER, DATE_OF_BIRTH, PASSPORT_NUMBER, COMMENTS];
        let others = [SPECIAL_REQUESTS[0], SPECIAL_REQUESTS[1], &phone_number, &date_of_birth];
        Self::of(texts.into_iter().chain(others))
    }

    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let all =
            texts.into_iter().flat_map(|text| forms(text).into_iter().map(|form| (text.to_owned(), form)));
        Self(all.map(|(text, form)| (text, form.to_ascii_lowercase().into_bytes())).collect())
    }

    /// What was found, and where. Capitals count as small letters.
    pub fn found_in(&self, texts: &[(PathBuf, Vec<u8>)]) -> BTreeSet<(PathBuf, String)> {
        let mut begins = vec![vec![]; 1 << 16];
        for (index, (_, form)) in self.0.iter().enumerate() {
            begins[pair(form[0], form[1])].push(index);
        }
        let mut found = BTreeSet::new();
        for (path, bytes) in texts {
            let bytes = bytes.to_ascii_lowercase();
            for at in 0..bytes.len().saturating_sub(1) {
                for index in &begins[pair(bytes[at], bytes[at + 1])] {
                    let (text, form) = &self.0[*index];
                    if bytes[at..].starts_with(form) {
                        found.insert((path.clone(), text.clone()));
                    }
                }
            }
        }
        found
    }
}

/// How a text may have been written down.
fn forms(text: &str) -> BTreeSet<String> {
    let json = json!(text).to_string();
    let json_in_json = json!(json).to_string();
    let mut forms = BTreeSet::from([
        text.to_owned(),
        json.trim_matches('"').to_owned(),
        // Without the quotes, themselves escaped.
        json_in_json[3..json_in_json.len() - 3].to_owned(),
        escaped(text),
        hex(text.as_bytes()),
    ]);
    for before in 0..3 {
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = engine.encode([vec![0; before], text.as_bytes().to_vec()].concat());
            // What also depends on the bytes before and after is left out.
            let (begin, end) = ((before * 8).div_ceil(6), (before + text.len()) * 8 / 6);
            forms.insert(encoded[begin..end].to_owned());
        }
    }
    assert!(forms.iter().all(|form| FORM_BYTES_MIN <= form.len()), "{forms:?}");
    forms
}

/// As JSON may be written: every character by its number.
fn escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}
