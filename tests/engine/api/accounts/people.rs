//! People with accounts, each with an address of their own.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::stage::Stage;
use crate::support::process::{Answer, Caller};

pub const PASSWORD: &str = "correct horse battery";

/// An address that nobody has yet.
pub fn address() -> String {
    format!("ada.{}@example.com", Uuid::now_v7().simple())
}

/// A registration of that address.
pub fn newcomer(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "full_name": "Ada Lovelace", "phone_number": "+44 20 7946 0000"})
}

/// Nobody: without a token.
pub fn guest(stage: &Stage) -> Caller {
    Caller::new(&stage.dev.url(), "")
}

/// Registers somebody, at the first demo business.
pub async fn registered(stage: &Stage, email: &str) -> Answer {
    guest(stage).post("/api/v1/auth/register", newcomer(email)).await.is(201)
}

/// Whoever came in by this answer.
pub fn who(stage: &Stage, session: &Answer) -> Caller {
    Caller::new(&stage.dev.url(), session.text("access_token"))
}

pub async fn log_in(stage: &Stage, email: &str, password: &str) -> Answer {
    guest(stage).post("/api/v1/auth/login", json!({"email": email, "password": password})).await
}

pub async fn refresh(stage: &Stage, token: &str) -> Answer {
    guest(stage).post("/api/v1/auth/refresh", json!({"refresh_token": token})).await
}

/// Runs a statement on the tables, past the engine: time that has passed, a crash.
pub async fn in_the_tables(stage: &Stage, statement: &str) -> u64 {
    let url = stage.dev.banner["database_url"].as_str().unwrap();
    let pool = booking::database::owner(url).await.unwrap();
    let done = sqlx::query(statement).execute(&pool).await.unwrap();
    pool.close().await;
    done.rows_affected()
}
