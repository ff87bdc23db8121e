//! The schema's way forwards and back, and programs that are older or newer than it.

use sqlx::Executor;

use crate::support::roles::Engine;
use crate::support::said::Said;

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_migration_is_taken_back_unless_rows_would_be_lost() {
    let engine = Engine::with_flights().await;
    let status = engine.run(&["migrate", "status"]).await.succeeded().stdout;
    assert!(status.contains("0001 journal: there") && !status.contains("to come"), "{status}");

    // Read models, timers and an empty chain are made again; names are not.
    let (back, refused) = revert_until_refused(&engine).await;
    assert!(back[0].starts_with("0020") && back.last().unwrap().starts_with("0003"), "{back:?}");
    assert!(refused.stderr.contains("rows of journal.name"), "{refused:?}");
    let status = engine.run(&["migrate", "status"]).await.succeeded().stdout;
    assert!(status.contains("0002 append: there") && status.contains("0003 read: to come"), "{status}");

    engine.run(&["migrate"]).await.succeeded();
    engine.run(&["rebuild", "flight_v1"]).await.succeeded();
    engine.run(&["rebuild", "booking_v1"]).await.succeeded();
    engine.run(&["verify"]).await.succeeded();
}

/// What nobody can make again: here the hash chain, and a dead letter.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_nothing_makes_again_keep_their_migration() {
    let engine = Engine::start().await;
    let owner = engine.owner().await;
    owner.execute(DEAD_LETTER).await.unwrap();

    let (_, refused) = revert_until_refused(&engine).await;

    assert!(refused.stderr.contains("1 rows of react.dead_letter"), "{refused:?}");
    owner.execute("delete from react.dead_letter").await.unwrap();
    engine.run(&["migrate", "revert"]).await.succeeded();
}

/// What each step back said, and why there was none any more.
async fn revert_until_refused(engine: &Engine) -> (Vec<String>, Said) {
    let mut back = vec![];
    loop {
        let said = engine.run(&["migrate", "revert"]).await;
        if said.code != Some(0) {
            return (back, said.ended_with(2));
        }
        back.push(said.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_says_when_the_schema_is_older_or_newer_than_itself() {
    let engine = Engine::start().await;
    engine.run(&["migrate", "revert"]).await.succeeded();
    let refused = engine.run(&["query-api"]).await.ended_with(2);
    assert!(
        refused.stderr.contains("lacks migration 20") && refused.stderr.contains("booking migrate"),
        "{refused:?}"
    );

    engine.run(&["migrate"]).await.succeeded();
    engine.owner().await.execute(LATER).await.unwrap();
    let refused = engine.run(&["migrate"]).await.ended_with(2);
    assert!(
        refused.stderr.contains("migration 9999") && refused.stderr.contains("older than the"),
        "{refused:?}"
    );
    let role = engine.query_api().await;
    assert!(role.log().contains("older than the schema"), "it runs, and says so: {}", role.log());
}

const DEAD_LETTER: &str = "
    insert into react.dead_letter
        (tenant_id, reactor, key, subject_id, due_at, cause_id, attempts, last_error, given_up_at)
    values (gen_random_uuid(), 'expiry', 'payment/x', gen_random_uuid(), now(), gen_random_uuid(), 20, 'GONE', now())";

const LATER: &str = "
    insert into _sqlx_migrations (version, description, success, checksum, execution_time)
    values (9999, 'of a later program', true, '', 0)";
