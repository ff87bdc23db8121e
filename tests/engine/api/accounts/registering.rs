//! Accounts begin.

use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::people::{PASSWORD, address, guest, in_the_tables, log_in, newcomer, registered, who};
use crate::api::bad_input::assert_problem;
use crate::api::stage::{Stage, standby};
use crate::support::process::{Caller, Dev};
use crate::support::roles::eventually;

#[tokio::test]
async fn who_registers_can_book_at_once_and_log_in_later() {
    let stage = Stage::shared();
    let email = address();

    let session = registered(stage, &email).await;

    let user = &session.body["user"];
    assert_eq!((session.text("token_type"), &session.body["expires_in"]), ("Bearer", &json!(900)));
    assert_eq!((&user["email"], &user["full_name"]), (&json!(email), &json!("Ada Lovelace")));
    assert_eq!(user["phone_number"], "+44 20 7946 0000");
    assert_eq!(user["roles"], json!([{"role": "customer", "location_ids": []}]));
    assert_eq!((&user["status"], &user["version"]), (&json!("active"), &json!(1)));
    assert_eq!(session.header("cache-control"), "no-store");
    let ada = who(stage, &session);
    let placed = ada.post("/api/v1/bookings", standby(&stage.flight().await, 1)).await.is(201);
    assert_eq!(placed.body["customer_id"], user["customer_id"]);

    let again = log_in(stage, &email.to_uppercase(), PASSWORD).await.is(200);
    assert_eq!(&again.body["user"], user);
    assert_ne!(
        again.text("refresh_token"),
        session.text("refresh_token"),
        "each log-in is a session of its own"
    );
    who(stage, &again).get_at(placed.header("location"), placed.position()).await.is(200);
}

#[tokio::test]
async fn an_address_has_one_account() {
    let stage = Stage::shared();
    let email = address();
    registered(stage, &email).await;

    let mut other = newcomer(&email.to_uppercase());
    for password in [PASSWORD, "another password"] {
        other["password"] = json!(password);
        let refused = guest(stage).post("/api/v1/auth/register", other.clone()).await;
        assert_problem("again", &refused, 409, "EMAIL_TAKEN");
    }
}

#[tokio::test]
async fn of_many_who_register_an_address_at_once_one_does() {
    let stage = Stage::shared();
    let email = address();
    let all = (0..8).map(|_| async { guest(stage).post("/api/v1/auth/register", newcomer(&email)).await });
    let answers = futures::future::join_all(all).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    let users: std::collections::BTreeSet<_> =
        made.iter().map(|answer| answer.body["user"]["user_id"].to_string()).collect();
    // One that comes with the right password while the first is under way completes it.
    assert_eq!(users.len(), 1, "{users:?}");
    for answer in refused {
        assert_problem("at once", &answer, 409, "EMAIL_TAKEN");
    }
}

#[tokio::test]
async fn the_same_registration_under_one_key_is_one() {
    let stage = Stage::shared();
    let body = newcomer(&address());
    let register =
        async || guest(stage).post_with_key("/api/v1/auth/register", &body, "my-account").await.is(201);
    let (first, again) = (register().await, register().await);
    assert_eq!(again.body["user"], first.body["user"]);
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
    let other = newcomer(&address());
    let other = guest(stage).post_with_key("/api/v1/auth/register", &other, "my-account").await.is(201);
    assert_ne!(other.body["user"]["user_id"], first.body["user"]["user_id"], "keys of strangers never meet");
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_all_said_and_nothing_is_stored() {
    let stage = Stage::shared();
    let email = address();
    for (what, body, code, pointers) in [
        ("empty", json!({}), "VALIDATION_FAILED", vec!["/email", "/password", "/full_name"]),
        (
            "wrong",
            json!({"email": "ada", "password": "short", "full_name": " ", "phone_number": "1", "subdomain": "a b"}),
            "VALIDATION_FAILED",
            vec!["/email", "/password", "/full_name", "/phone_number", "/subdomain"],
        ),
        (
            "a role",
            {
                let mut body = newcomer(&email);
                body["roles"] = json!(["owner"]);
                body
            },
            "VALIDATION_FAILED",
            vec!["/roles"],
        ),
        (
            "endless",
            {
                let mut body = newcomer(&email);
                body["password"] = json!("x".repeat(257));
                body
            },
            "VALIDATION_FAILED",
            vec!["/password"],
        ),
    ] {
        let refused = guest(stage).post("/api/v1/auth/register", body).await;
        assert_problem(what, &refused, 422, code);
        let errors = refused.body["errors"].as_array().unwrap();
        let found: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(found, pointers, "{what}");
        assert!(!refused.body.to_string().contains("short\""), "a password is not repeated");
    }
    let mut elsewhere = newcomer(&email);
    elsewhere["subdomain"] = json!("nowhere");
    let refused = guest(stage).post("/api/v1/auth/register", elsewhere).await;
    assert_problem("no such business", &refused, 404, "BUSINESS_NOT_FOUND");
    assert_problem("nobody", &log_in(stage, &email, PASSWORD).await, 401, "INVALID_CREDENTIALS");
    let query = guest(stage)
        .call(Method::POST, "/api/v1/auth/register?dry_run=true", Some(newcomer(&email).to_string()), &[])
        .await;
    assert_problem("a parameter", &query, 400, "INVALID_QUERY");
}

/// Both have their row when the engine is killed, and wait for the lock of the journal: no event of theirs is stored.
#[tokio::test]
async fn a_registration_that_a_crash_cut_short_is_completed_by_the_next_log_in_or_by_itself() {
    let mut first = Dev::start();
    let (ada, bob) = (address(), address());
    let pool = booking::database::owner(first.banner["database_url"].as_str().unwrap()).await.unwrap();
    let mut held = pool.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(journal.append_lock())").execute(&mut *held).await.unwrap();
    for email in [&ada, &bob] {
        let (guest, body) = (Caller::new(&first.url(), ""), newcomer(email).to_string());
        let path = "/api/v1/auth/register";
        tokio::spawn(async move { guest.try_call(Method::POST, path, Some(body), &[]).await });
    }
    let rows = eventually("both have their row", async || {
        let users: Vec<Uuid> =
            sqlx::query_scalar("select user_id from identity.account").fetch_all(&pool).await.unwrap();
        (users.len() == 2).then_some(users)
    });
    let rows = rows.await;
    for (age, subject) in [("2 days", "00"), ("1 hour", "11")] {
        let row = format!(
            "insert into identity.attempt (subject, attempts, window_until)
             values (decode(repeat('{subject}', 32), 'hex'), 1, now() - interval '{age}')"
        );
        sqlx::query(&row).execute(&pool).await.unwrap();
    }
    // The lock is held until everything has ended: else one of them might be stored at the last moment.
    let folder = first.kill_and_await_the_end();
    drop(held);

    let mut second = Dev::start_in(folder, &[]);
    let pool = booking::database::owner(second.banner["database_url"].as_str().unwrap()).await.unwrap();
    let known: i64 = sqlx::query_scalar("select count(*) from journal.event where aggregate_type = 'user'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(known, 0, "the journal knows neither");
    let guest = Caller::new(&second.url(), "");
    let log_in = json!({"email": ada, "password": PASSWORD});
    let back = guest.post("/api/v1/auth/login", log_in).await.is(200);
    assert_eq!(
        (&back.body["user"]["full_name"], &back.body["user"]["email"]),
        (&json!("Ada Lovelace"), &json!(ada))
    );
    let mut wrong = newcomer(&bob);
    wrong["password"] = json!("not their password");
    let refused = guest.post("/api/v1/auth/register", wrong).await;
    assert_problem("by somebody else", &refused, 409, "EMAIL_TAKEN");
    let again = guest.post("/api/v1/auth/register", newcomer(&bob)).await.is(201);
    for session in [&back, &again] {
        assert!(rows.contains(&session.body["user"]["user_id"].as_str().unwrap().parse().unwrap()));
        let order =
            json!({"flight_id": second.flight(), "passengers": [{"first_name": "A", "last_name": "L"}]});
        let someone = Caller::new(&second.url(), session.text("access_token"));
        someone.post("/api/v1/bookings", order).await.is(201);
    }
    // By the way: what has long expired is taken away, and what has only just is not.
    let left: Vec<Vec<u8>> = eventually("rows that expired two days ago go", async || {
        let left = sqlx::query_scalar("select subject from identity.attempt order by subject");
        let left: Vec<Vec<u8>> = left.fetch_all(&pool).await.unwrap();
        (!left.contains(&vec![0; 32])).then_some(left)
    })
    .await;
    assert!(left.contains(&vec![0x11; 32]), "{left:?}");
    drop(second.kill_and_await_the_end());
}

#[tokio::test]
async fn an_account_becomes_known_to_another_business_when_it_logs_in_there() {
    let stage = Stage::shared();
    let email = address();
    let here = registered(stage, &email).await;
    let body = json!({"email": email, "password": PASSWORD, "subdomain": "steppe"});

    let there = guest(stage).post("/api/v1/auth/login", body).await.is(200);

    assert_eq!(there.body["user"]["user_id"], here.body["user"]["user_id"]);
    assert_ne!(there.body["user"]["customer_id"], here.body["user"]["customer_id"]);
    let placed = who(stage, &here).post("/api/v1/bookings", standby(&stage.flight().await, 1)).await.is(201);
    who(stage, &here).get_at(placed.header("location"), placed.position()).await.is(200);
    who(stage, &there).get(placed.header("location")).await.is(404);
}

/// Neither an address nor a name nor a password can be read out of the database.
#[tokio::test]
async fn nothing_personal_lies_in_the_tables_in_the_clear() {
    let stage = Stage::shared();
    let email = address();
    registered(stage, &email).await;
    let clear = format!(
        "select 1 where exists (select from identity.account as account where account::text ilike '%{email}%'
            or account::text like '%Lovelace%' or account::text like '%{PASSWORD}%')
        or exists (select from journal.event as event where aggregate_type = 'user'
            and (event::text ilike '%{email}%' or event::text like '%Lovelace%'))"
    );
    assert_eq!(in_the_tables(stage, &clear).await, 0);
    assert_ne!(in_the_tables(stage, "select 1 from identity.account limit 1").await, 0, "and there are some");
}
