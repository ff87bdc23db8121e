//! The table itself: appended to, and nothing else.

use booking::database::DatabaseRole;
use sqlx::{Executor, PgPool};

use crate::support::scene::{Scene, exactly};

const EDITS: [&str; 3] = [
    "update journal.event set payload = '{}' where position = 1",
    "delete from journal.event where position = 1",
    "truncate journal.event",
];

#[tokio::test]
async fn nobody_edits_an_event_not_even_the_owner() {
    let scene = Scene::new().await;
    let owner = scene.database.owner().await;
    for edit in EDITS {
        let refusal = owner.execute(edit).await.unwrap_err().to_string();
        assert!(refusal.contains("only ever appended to"), "{edit}: {refusal}");
    }
}

#[tokio::test]
async fn no_role_of_ours_may_write_events_past_the_append_function() {
    let scene = Scene::new().await;
    for role in [
        DatabaseRole::Command,
        DatabaseRole::Relay,
        DatabaseRole::Projector,
        DatabaseRole::Reader,
        DatabaseRole::Reactor,
        DatabaseRole::Identity,
    ] {
        let pool = scene.database.pool(role);
        for edit in EDITS.iter().chain(&["insert into journal.event select * from journal.event"]) {
            assert_eq!(refusal_code(&pool, edit).await, "42501", "{role:?}: {edit}");
        }
    }
    let reader = scene.database.pool(DatabaseRole::Reader);
    assert_eq!(refusal_code(&reader, "delete from keys.subject").await, "42501");
    assert_eq!(refusal_code(&reader, "select journal.outcomes('{}', '{}', '{}', '{}')").await, "42501");
}

/// Who may come in is nobody's business but that of one role, and that role knows nothing else.
#[tokio::test]
async fn only_one_role_sees_accounts_and_it_sees_nothing_else() {
    let scene = Scene::new().await;
    let accounts = ["account", "session", "attempt", "password_reset"];
    for role in [
        DatabaseRole::Command,
        DatabaseRole::Relay,
        DatabaseRole::Projector,
        DatabaseRole::Reader,
        DatabaseRole::Reactor,
    ] {
        for table in accounts {
            let look = format!("select * from identity.{table}");
            assert_eq!(refusal_code(&scene.database.pool(role), &look).await, "42501", "{role:?}: {look}");
        }
    }
    let pool = scene.database.pool(DatabaseRole::Identity);
    for table in ["journal.event", "keys.subject", "read.booking_v1", "react.timer", "journal.ledger"] {
        assert_eq!(refusal_code(&pool, &format!("select * from {table}")).await, "42501", "{table}");
    }
    for table in accounts {
        assert_eq!(refusal_code(&pool, &format!("select * from identity.{table}")).await, "done", "{table}");
    }
}

#[tokio::test]
async fn an_unsold_seat_has_no_stream() {
    let scene = Scene::new().await;
    scene.done(scene.place(exactly(&["12A"]))).await;
    let pool = scene.database.pool(DatabaseRole::Relay);
    let seats: Vec<String> =
        sqlx::query_scalar("select distinct aggregate_id from journal.event where aggregate_type = 'seat'")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(seats, [format!("{}/12A", scene.flight)]);
}

async fn refusal_code(pool: &PgPool, statement: &str) -> String {
    match pool.execute(statement).await {
        Ok(_) => "done".to_owned(),
        Err(failure) => {
            let code = failure.as_database_error().and_then(|database| database.code());
            code.map_or_else(|| failure.to_string(), |code| code.into_owned())
        }
    }
}
