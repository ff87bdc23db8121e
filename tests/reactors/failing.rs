//! A failure before a deed, after it, and again and again.

use booking_reactors::TRIES_MAX;
use chrono::TimeDelta;
use sqlx::Executor;

use crate::stage::{Stage, eventually, is_ready};
use crate::support::scene::exactly;

const SHUT: &str = "revoke execute on function journal.append from booking_command";
const OPEN: &str = "grant execute on function journal.append to booking_command";

/// No timer can be settled while this stands.
const HOLD: [&str; 2] = [
    "create function react.hold() returns trigger language plpgsql as $$
     begin raise exception 'the test holds it' using errcode = 'lock_not_available'; end $$",
    "create trigger hold before delete on react.timer for each row execute function react.hold()",
];
const LET_GO: &str = "drop trigger hold on react.timer";

#[tokio::test(flavor = "multi_thread")]
async fn a_deed_that_fails_is_tried_again_until_it_is_done() {
    let stage = Stage::set().await;
    let (unpaid, _) = stage.place_due_in(TimeDelta::minutes(-5), exactly(&["12A"])).await;
    stage.owner.execute(SHUT).await.unwrap();

    let reactors = stage.reactors().await;
    stage
        .await_count("react.timer where 0 < attempts and last_error is not null and due_at < next_try_at", 1)
        .await;
    assert_eq!(stage.expirations(unpaid).await, 0);
    stage.owner.execute(OPEN).await.unwrap();
    stage.await_expired(unpaid).await;
    stage.await_rest().await;

    assert_eq!(stage.expirations(unpaid).await, 1);
    reactors.stop().await;
}

/// As if the process had died between deed and settlement, many times.
#[tokio::test(flavor = "multi_thread")]
async fn a_deed_that_was_done_and_not_settled_is_repeated_and_done_once() {
    let stage = Stage::set().await;
    for statement in HOLD {
        stage.owner.execute(statement).await.unwrap();
    }
    let (unpaid, _) = stage.place_due_in(TimeDelta::minutes(-5), exactly(&["12A"])).await;

    let reactors = stage.reactors().await;
    stage.await_expired(unpaid).await;
    eventually("health says it", async || (!is_ready(reactors.parts()).await).then_some(())).await;
    assert_eq!(stage.count("react.timer").await, 1, "it stands there as before");
    reactors.stop().await;
    let next = stage.reactors().await;
    eventually("health says it again", async || (!is_ready(next.parts()).await).then_some(())).await;
    stage.owner.execute(LET_GO).await.unwrap();
    stage.await_rest().await;

    assert_eq!(stage.expirations(unpaid).await, 1);
    next.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deed_is_given_up_in_the_end_and_can_be_taken_up_by_hand() {
    let stage = Stage::set().await;
    let (unpaid, _) = stage.place_due_in(TimeDelta::minutes(10), exactly(&["12A"])).await;
    last_try(&stage).await;

    let late = stage.reactors_ahead(20).await;
    stage
        .await_count(&format!("react.dead_letter where attempts = {TRIES_MAX} and last_error <> ''"), 1)
        .await;
    assert_eq!(stage.count("react.timer").await, 0);
    stage.owner.execute(OPEN).await.unwrap();
    stage.owner.execute(ONCE_MORE).await.unwrap();
    stage.await_expired(unpaid).await;
    stage.await_rest().await;

    assert_eq!((stage.expirations(unpaid).await, stage.count("react.dead_letter").await), (1, 0));
    late.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_goes_when_nothing_is_left_to_be_done() {
    let stage = Stage::set().await;
    let (unpaid, _) = stage.place_due_in(TimeDelta::minutes(10), exactly(&["12A"])).await;
    last_try(&stage).await;
    let late = stage.reactors_ahead(20).await;
    stage.await_count("react.dead_letter", 1).await;

    stage.owner.execute(OPEN).await.unwrap();
    stage.scene.done(stage.scene.cancel(unpaid)).await;

    stage.await_count("react.dead_letter", 0).await;
    assert_eq!(stage.expirations(unpaid).await, 0);
    late.stop().await;
}

/// The only timer has failed as often as it may but once, and the journal's door is shut.
async fn last_try(stage: &Stage) {
    let early = stage.reactors().await;
    stage.await_count("react.timer", 1).await;
    early.stop().await;
    let tried = format!("update react.timer set attempts = {}", TRIES_MAX - 1);
    stage.owner.execute(tried.as_str()).await.unwrap();
    stage.owner.execute(SHUT).await.unwrap();
}

/// As migrations/README.md says it.
const ONCE_MORE: &str = "
    with letter as (delete from react.dead_letter where key is not null returning *)
    insert into react.timer
        (tenant_id, reactor, key, subject_id, due_at, cause_id, correlation_id, attempts, next_try_at)
    select tenant_id, reactor, key, subject_id, due_at, cause_id, correlation_id, 0, due_at from letter";
