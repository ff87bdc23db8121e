//! Unpaid bookings give back what they hold, each once, whoever is at work.

use booking_journal::Outcome;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::stage::{Stage, eventually, is_ready};
use crate::support::scene::{done, exactly};

/// Bookings that run out at the same time: more than one round takes.
const MANY: usize = 200;

/// How late an expiration may be on a busy machine.
const LATE_MAX: TimeDelta = TimeDelta::seconds(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_left_unpaid_before_reactors_were_started_gives_its_seat_back() {
    let stage = Stage::set().await;
    let (unpaid, _) = stage.place_due_in(TimeDelta::minutes(-5), exactly(&["12A"])).await;
    let order = stage.scene.place(exactly(&["12A"]));
    assert!(matches!(stage.scene.submit(&stage.scene.journal, order, None).await, Ok(Outcome::Refused(_))));

    let reactors = stage.reactors().await;
    stage.await_expired(unpaid).await;
    stage.await_rest().await;

    stage.scene.done(stage.scene.place(exactly(&["12A"]))).await;
    assert_eq!(stage.expirations(unpaid).await, 1);
    assert_eq!(stage.scene.breaches().await, Vec::<String>::new());
    reactors.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_expires_at_its_deadline_in_the_engines_name_and_in_the_train_of_its_order() {
    let stage = Stage::set().await;
    let reactors = stage.reactors().await;
    eventually("the reactors are ready", async || is_ready(reactors.parts()).await.then_some(())).await;

    let (unpaid, due_at) = stage.place_due_in(TimeDelta::seconds(2), exactly(&["12A"])).await;
    stage.await_count("react.timer", 1).await;
    let key: String =
        sqlx::query_scalar("select key from react.timer").fetch_one(&stage.owner).await.unwrap();
    stage.await_expired(unpaid).await;

    let (payload, metadata) = stage.expiration(unpaid).await;
    let expired_at: DateTime<Utc> = payload["expired_at"].as_str().unwrap().parse().unwrap();
    assert!(due_at <= expired_at && expired_at < due_at + LATE_MAX, "{due_at} {expired_at}");
    let cause: uuid::Uuid =
        sqlx::query_scalar("select event_id from journal.event where event_type = 'booking.created'")
            .fetch_one(&stage.owner)
            .await
            .unwrap();
    assert_eq!(metadata["causation_id"], json!(cause));
    assert_eq!(metadata["actor"]["kind"], "system");
    assert_eq!(key, format!("payment/{unpaid}"));
    reactors.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_confirmed_or_cancelled_in_time_does_not_expire() {
    let stage = Stage::set().await;
    let (confirmed, _) = stage.place_due_in(TimeDelta::minutes(10), exactly(&["12A"])).await;
    let (cancelled, _) = stage.place_due_in(TimeDelta::minutes(10), exactly(&["12B"])).await;
    let (open, _) = stage.place_due_in(TimeDelta::minutes(50), exactly(&["12C"])).await;
    let early = stage.reactors().await;
    stage.await_count("react.timer", 3).await;
    stage.confirm(confirmed).await;
    stage.scene.done(stage.scene.cancel(cancelled)).await;
    stage.await_count("react.timer", 1).await;
    early.stop().await;

    let late = stage.reactors_ahead(20).await;
    stage.await_read().await;
    eventually("the timers were looked at", async || is_ready(late.parts()).await.then_some(())).await;
    late.stop().await;

    for booking in [confirmed, cancelled, open] {
        assert_eq!(stage.expirations(booking).await, 0);
    }
    assert_eq!(stage.count("react.timer").await, 1, "the open one waits");
}

/// The timer is dropped by the event alone; until that is read, the aggregate has the last word.
#[tokio::test(flavor = "multi_thread")]
async fn a_timer_that_is_dropped_too_late_does_no_harm() {
    let stage = Stage::set().await;
    let (confirmed, _) = stage.place_due_in(TimeDelta::minutes(10), exactly(&["12A"])).await;
    let early = stage.reactors().await;
    stage.await_count("react.timer", 1).await;
    early.stop().await;
    stage.confirm(confirmed).await;
    // It reads no further.
    let hold = "update react.checkpoint set epoch = epoch + 1";
    sqlx::query(hold).execute(&stage.owner).await.unwrap();

    let late = stage.reactors_ahead(20).await;
    stage.await_count("react.timer", 0).await;

    assert_eq!(stage.expirations(confirmed).await, 0);
    assert!(!is_ready(late.parts()).await, "another epoch is told");
    late.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_that_wakes_too_early_is_set_to_what_the_booking_says() {
    let stage = Stage::set().await;
    let (open, due_at) = stage.place_due_in(TimeDelta::minutes(10), exactly(&["12A"])).await;
    let reactors = stage.reactors().await;
    stage.await_count("react.timer", 1).await;

    let early =
        "update react.timer set due_at = now() - interval '1 hour', next_try_at = now() - interval '1 hour'";
    sqlx::query(early).execute(&stage.owner).await.unwrap();
    let again: DateTime<Utc> = eventually("it is set to another instant", async || {
        let due: Option<DateTime<Utc>> =
            sqlx::query_scalar("select next_try_at from react.timer where now() < due_at and attempts = 0")
                .fetch_optional(&stage.owner)
                .await
                .unwrap();
        due
    })
    .await;

    assert_eq!(again, due_at);
    assert_eq!(stage.expirations(open).await, 0);
    reactors.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_read_twice_changes_nothing() {
    let stage = Stage::set().await;
    let (unpaid, _) = stage.place_due_in(TimeDelta::minutes(-5), exactly(&["12A"])).await;
    let (open, due_at) = stage.place_due_in(TimeDelta::minutes(10), exactly(&["12B"])).await;
    for _ in 0..2 {
        sqlx::query("update react.checkpoint set position = 0").execute(&stage.owner).await.unwrap();
        let reactors = stage.reactors().await;
        stage.await_expired(unpaid).await;
        stage.await_read().await;
        stage.await_count("react.timer", 1).await;
        reactors.stop().await;
    }

    assert_eq!((stage.expirations(unpaid).await, stage.expirations(open).await), (1, 0));
    let left: DateTime<Utc> =
        sqlx::query_scalar("select due_at from react.timer").fetch_one(&stage.owner).await.unwrap();
    assert_eq!(left, due_at);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_share_what_is_due_and_each_booking_expires_once() {
    let stage = Stage::set().await;
    for _ in 0..MANY {
        stage.place_in_pool_due_in(TimeDelta::minutes(-5)).await;
    }
    let first = stage.reactors().await;
    let second = stage.reactors().await;
    stage.await_rest().await;

    let of_each = "(select aggregate_id from journal.event where event_type = 'booking.expired'
                    group by aggregate_id having count(*) = 1) as once";
    assert_eq!(stage.count(of_each).await, MANY as i64);
    assert_eq!(stage.count("journal.event where event_type = 'booking.expired'").await, MANY as i64);
    assert_eq!(stage.count("react.dead_letter").await, 0);
    assert_eq!(stage.scene.breaches().await, Vec::<String>::new());
    first.stop().await;
    second.stop().await;
    done(stage.scene.submit(&stage.scene.journal, stage.scene.place_in_pool(), None).await);
}
