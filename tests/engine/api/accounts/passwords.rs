//! Passwords: changed, forgotten, set anew.

use serde_json::{Value, json};

use super::people::{PASSWORD, address, guest, in_the_tables, log_in, refresh, registered, who};
use crate::api::bad_input::assert_problem;
use crate::api::stage::Stage;
use crate::support::process::Answer;

const NEW: &str = "a longer, newer one";

async fn forgot(stage: &Stage, email: &str) -> Answer {
    guest(stage).post("/api/v1/auth/password/forgot", json!({"email": email})).await
}

async fn reset(stage: &Stage, email: &str, code: &str) -> Answer {
    let body = json!({"email": email, "code": code, "new_password": NEW});
    guest(stage).post("/api/v1/auth/password/reset", body).await
}

async fn outbox(stage: &Stage, email: &str) -> Vec<Value> {
    let answer = guest(stage).get(&format!("/dev/outbox?to={email}")).await.is(200);
    answer.body["data"].as_array().unwrap().clone()
}

async fn code(stage: &Stage, email: &str) -> String {
    let messages = outbox(stage, email).await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!((&messages[0]["template"], &messages[0]["to"]), (&json!("password_reset"), &json!(email)));
    let text = messages[0]["text"].as_str().unwrap();
    text.strip_prefix("Your code is ").unwrap().split('.').next().unwrap().to_owned()
}

#[tokio::test]
async fn who_has_the_old_password_sets_a_new_one_and_other_sessions_end() {
    let stage = Stage::shared();
    let email = address();
    let (one, other) = (registered(stage, &email).await, log_in(stage, &email, PASSWORD).await.is(200));
    let change = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    let path = "/api/v1/auth/password/change";

    let ada = who(stage, &one);
    let wrong = ada.post(path, change("wrong", NEW)).await;
    assert_problem("the old one is wrong", &wrong, 401, "INVALID_CREDENTIALS");
    let short = ada.post(path, change(PASSWORD, "short")).await;
    assert_problem("too short", &short, 422, "VALIDATION_FAILED");
    assert_problem("nobody", &guest(stage).post(path, change(PASSWORD, NEW)).await, 401, "UNAUTHORIZED");
    ada.post(path, change(PASSWORD, NEW)).await.is(204);

    assert_problem("the old one", &log_in(stage, &email, PASSWORD).await, 401, "INVALID_CREDENTIALS");
    log_in(stage, &email, NEW).await.is(200);
    refresh(stage, one.text("refresh_token")).await.is(200);
    assert_problem(
        "another session",
        &refresh(stage, other.text("refresh_token")).await,
        401,
        "UNAUTHORIZED",
    );
}

#[tokio::test]
async fn a_code_from_the_outbox_sets_a_new_password_once() {
    let stage = Stage::shared();
    let email = address();
    let session = registered(stage, &email).await;

    forgot(stage, &email.to_uppercase()).await.is(202);
    let first = code(stage, &email).await;
    forgot(stage, &email).await.is(202);
    let second = code(stage, &email).await;

    assert_problem("an earlier code", &reset(stage, &email, &first).await, 422, "INVALID_CODE");
    reset(stage, &email, &second.to_lowercase()).await.is(204);
    assert_problem("used", &reset(stage, &email, &second).await, 422, "INVALID_CODE");
    assert_eq!(outbox(stage, &email).await, Vec::<Value>::new());
    log_in(stage, &email, NEW).await.is(200);
    assert_problem("the old one", &log_in(stage, &email, PASSWORD).await, 401, "INVALID_CREDENTIALS");
    assert_problem("its session", &refresh(stage, session.text("refresh_token")).await, 401, "UNAUTHORIZED");
}

#[tokio::test]
async fn an_unknown_address_is_answered_like_a_known_one() {
    let stage = Stage::shared();
    let (known, unknown) = (address(), address());
    registered(stage, &known).await;
    let (one, other) = (forgot(stage, &known).await.is(202), forgot(stage, &unknown).await.is(202));
    assert_eq!(one.body, other.body);
    assert_eq!((outbox(stage, &known).await.len(), outbox(stage, &unknown).await.len()), (1, 0));
    assert_problem("no code", &reset(stage, &unknown, "00000000").await, 422, "INVALID_CODE");
}

#[tokio::test]
async fn after_five_wrong_codes_the_right_one_is_wrong_too() {
    let stage = Stage::shared();
    let email = address();
    registered(stage, &email).await;
    forgot(stage, &email).await.is(202);
    let right = code(stage, &email).await;
    for _ in 0..5 {
        assert_problem("guessed", &reset(stage, &email, "00000000").await, 422, "INVALID_CODE");
    }
    assert_problem("too late", &reset(stage, &email, &right).await, 422, "INVALID_CODE");
    forgot(stage, &email).await.is(202);
    reset(stage, &email, &code(stage, &email).await).await.is(204);
}

#[tokio::test]
async fn a_code_lives_for_ten_minutes() {
    let stage = Stage::shared();
    let email = address();
    let user = registered(stage, &email).await.body["user"]["user_id"].as_str().unwrap().to_owned();
    forgot(stage, &email).await.is(202);
    let code = code(stage, &email).await;
    let statement = format!(
        "update identity.password_reset set expires_at = expires_at - interval '10 minutes' where user_id = '{user}'"
    );
    assert_eq!(in_the_tables(stage, &statement).await, 1);
    assert_problem("too late", &reset(stage, &email, &code).await, 422, "INVALID_CODE");
}

#[tokio::test]
async fn codes_are_asked_for_five_times_and_then_later() {
    let stage = Stage::shared();
    for email in [address(), address()] {
        for _ in 0..5 {
            forgot(stage, &email).await.is(202);
        }
        assert_problem("again", &forgot(stage, &email).await, 429, "RATE_LIMITED");
    }
}

#[tokio::test]
async fn the_outbox_is_a_page_for_people() {
    let stage = Stage::shared();
    let email = address();
    registered(stage, &email).await;
    forgot(stage, &email).await.is(202);
    let url = format!("{}/dev/outbox?to={email}", stage.dev.url());
    let page = reqwest::Client::new().get(url).header("accept", "text/html").send().await.unwrap();
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let text = page.text().await.unwrap();
    assert!(text.contains(&email) && text.contains("Your code is "), "{text}");
}
