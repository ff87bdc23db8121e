//! Sessions: refreshed, stolen, ended.

use std::collections::BTreeSet;

use booking_journal::MasterKey;
use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use super::people::{PASSWORD, address, guest, in_the_tables, log_in, refresh, registered, who};
use crate::api::bad_input::assert_problem;
use crate::api::stage::Stage;

/// Says when the sessions of an account were last refreshed, in seconds from now.
async fn refreshed(stage: &Stage, user_id: &str, seconds: i32) {
    let at = format!("now() + interval '{seconds} seconds'");
    let statement = format!("update identity.session set rotated_at = {at} where user_id = '{user_id}'");
    assert_ne!(in_the_tables(stage, &statement).await, 0);
}

/// Where wrong passwords of an address are counted.
fn attempts(stage: &Stage, email: &str) -> String {
    let master = MasterKey::from_base64(&stage.dev.secret("master_key")).unwrap();
    let address = master.fingerprint("email", &[email.as_bytes()]);
    let subject = master.fingerprint("wrong_passwords", &[&address]);
    let hex: String = subject.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("identity.attempt where subject = '\\x{hex}'")
}

#[tokio::test]
async fn a_session_goes_on_with_each_new_token() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;

    let next = refresh(stage, session.text("refresh_token")).await.is(200);
    let third = refresh(stage, next.text("refresh_token")).await.is(200);

    let tokens: BTreeSet<_> = [&session, &next, &third].map(|one| one.text("refresh_token")).into();
    assert_eq!(tokens.len(), 3);
    assert_eq!((next.text("token_type"), &next.body["expires_in"]), ("Bearer", &json!(900)));
    assert_eq!(third.body["user"], session.body["user"]);
    who(stage, &third).get("/api/v1/bookings").await.is(200);
}

#[tokio::test]
async fn fifty_refreshes_of_one_token_at_once_are_one_family_and_one_next_token() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let token = session.text("refresh_token");

    let answers = join_all((0..50).map(|_| refresh(stage, token))).await;

    let next: BTreeSet<_> =
        answers.iter().map(|answer| answer.clone().is(200).text("refresh_token").to_owned()).collect();
    assert_eq!(next.len(), 1, "all were given the same");
    let user_id = session.body["user"]["user_id"].as_str().unwrap();
    let families = format!("select 1 from identity.session where user_id = '{user_id}'");
    assert_eq!(in_the_tables(stage, &families).await, 1);

    let after = refresh(stage, next.first().unwrap()).await.is(200);
    assert_problem("replayed", &refresh(stage, token).await, 401, "REFRESH_TOKEN_REUSED");
    let newest = refresh(stage, after.text("refresh_token")).await;
    assert_problem("the family has ended", &newest, 401, "REFRESH_TOKEN_REUSED");
}

#[tokio::test]
async fn the_immediate_predecessor_has_ten_seconds_and_then_ends_the_family() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let (token, user_id) = (session.text("refresh_token"), session.body["user"]["user_id"].as_str().unwrap());

    let next = refresh(stage, token).await.is(200);
    // As far in the future as the machine may be slow.
    refreshed(stage, user_id, 600).await;
    let again = refresh(stage, token).await.is(200);
    assert_eq!(again.text("refresh_token"), next.text("refresh_token"));

    refreshed(stage, user_id, -11).await;
    assert_problem("too late", &refresh(stage, token).await, 401, "REFRESH_TOKEN_REUSED");
    let newest = refresh(stage, next.text("refresh_token")).await;
    assert_problem("ended", &newest, 401, "REFRESH_TOKEN_REUSED");
}

#[tokio::test]
async fn an_older_token_ends_the_family_at_once_and_no_other_family() {
    let stage = Stage::shared();
    let email = address();
    let session = registered(stage, &email).await;
    let other = log_in(stage, &email, PASSWORD).await.is(200);
    let next = refresh(stage, session.text("refresh_token")).await.is(200);
    let third = refresh(stage, next.text("refresh_token")).await.is(200);

    let old = refresh(stage, session.text("refresh_token")).await;

    assert_problem("old", &old, 401, "REFRESH_TOKEN_REUSED");
    let ended = refresh(stage, third.text("refresh_token")).await;
    assert_problem("its family", &ended, 401, "REFRESH_TOKEN_REUSED");
    refresh(stage, other.text("refresh_token")).await.is(200);
}

#[tokio::test]
async fn who_logs_out_cannot_go_on_and_may_do_so_twice() {
    let stage = Stage::shared();
    let email = address();
    let (one, other) = (registered(stage, &email).await, log_in(stage, &email, PASSWORD).await.is(200));
    let by_token = json!({"refresh_token": one.text("refresh_token")});

    for _ in 0..2 {
        guest(stage).post("/api/v1/auth/logout", by_token.clone()).await.is(204);
        who(stage, &other).post("/api/v1/auth/logout", json!({})).await.is(204);
    }

    for session in [one, other] {
        let refused = refresh(stage, session.text("refresh_token")).await;
        assert_problem("logged out", &refused, 401, "UNAUTHORIZED");
    }
    assert_problem("nobody", &guest(stage).post("/api/v1/auth/logout", json!({})).await, 401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_session_that_is_not_used_for_seven_days_is_over() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let user_id = session.body["user"]["user_id"].as_str().unwrap();
    let age = format!(
        "update identity.session set expires_at = expires_at - interval '604799 seconds' where user_id = '{user_id}'"
    );
    in_the_tables(stage, &age.replace("604799", "604700")).await;
    let next = refresh(stage, session.text("refresh_token")).await.is(200);
    in_the_tables(stage, &age.replace("604799", "604800")).await;
    assert_problem("a week later", &refresh(stage, next.text("refresh_token")).await, 401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_refresh_token_that_was_made_up_is_nobodys_and_ends_nothing() {
    let stage = Stage::shared();
    let session = registered(stage, &address()).await;
    let token = session.text("refresh_token");
    let flipped = |place: usize| {
        let other = if &token[place..=place] == "A" { "B" } else { "A" };
        [&token[..place], other, &token[place + 1..]].concat()
    };
    let mut forged = vec![String::new(), "rt_".to_owned(), "let me in".to_owned()];
    forged.push(format!("rt_{}", Uuid::new_v4().simple()));
    forged.extend((3..40).map(|step| flipped(3 + step)));
    for token in &forged {
        assert_problem(token, &refresh(stage, token).await, 401, "UNAUTHORIZED");
        assert_eq!(who(stage, &session).with_token(token).get("/api/v1/bookings").await.status, 401);
    }
    assert!(40 <= forged.len());
    let access = refresh(stage, session.text("access_token")).await;
    assert_problem("of the other kind", &access, 401, "UNAUTHORIZED");
    let other = who(stage, &session).with_token(token).get("/api/v1/bookings").await;
    assert_problem("of the other kind", &other, 401, "UNAUTHORIZED");
    let missing = guest(stage).post("/api/v1/auth/refresh", json!({})).await;
    assert_problem("none", &missing, 422, "VALIDATION_FAILED");
    refresh(stage, token).await.is(200);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike() {
    let stage = Stage::shared();
    let email = address();
    registered(stage, &email).await;
    let (wrong, unknown) = (log_in(stage, &email, "wrong").await, log_in(stage, &address(), PASSWORD).await);
    for answer in [&wrong, &unknown] {
        assert_problem("refused", answer, 401, "INVALID_CREDENTIALS");
    }
    assert_eq!(wrong.body["detail"], unknown.body["detail"]);
}

#[tokio::test]
async fn after_ten_wrong_passwords_an_address_waits_and_no_other_does() {
    let stage = Stage::shared();
    let (email, other, unknown) = (address(), address(), address());
    registered(stage, &email).await;
    registered(stage, &other).await;
    for guessed in [&email, &unknown] {
        for _ in 0..10 {
            assert_problem("wrong", &log_in(stage, guessed, "wrong").await, 401, "INVALID_CREDENTIALS");
        }
        let barred = log_in(stage, guessed, PASSWORD).await;
        assert_problem("barred", &barred, 429, "RATE_LIMITED");
        assert!((1..=900).contains(&barred.header("retry-after").parse::<u32>().unwrap()));
    }
    log_in(stage, &other, PASSWORD).await.is(200);

    // When the fifteen minutes have passed, and when nothing is remembered, nobody is barred.
    let rows = attempts(stage, &email);
    let passed = rows.replace(" where", " set window_until = window_until - interval '15 minutes' where");
    assert_eq!(in_the_tables(stage, &format!("update {passed}")).await, 1);
    assert_problem("wrong again", &log_in(stage, &email, "wrong").await, 401, "INVALID_CREDENTIALS");
    assert_eq!(in_the_tables(stage, &format!("delete from {rows}")).await, 1);
    log_in(stage, &email, PASSWORD).await.is(200);
}
