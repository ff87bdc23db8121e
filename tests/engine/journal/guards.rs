//! Two writing processes never act on stale news. Each promise is shown twice: it holds, and it breaks when
//! its guard, the look at what has moved since, is taken out of the append function.

use std::sync::Arc;

use booking::database::DatabaseRole;
use booking_domain::UseCase;
use booking_domain::use_cases::{CancelDeparture, Seats};
use booking_journal::Outcome;
use chrono::Utc;
use sqlx::Executor;

use crate::support::scene::{Scene, booking_of, done, exactly};

/// Buyers at work while their flight is cancelled.
const BUYERS: usize = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_seat_is_claimed_after_its_flight_was_cancelled() {
    let scene = Arc::new(Scene::new().await);
    assert_eq!(claims_after_cancelling(scene).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_the_guard_seats_are_claimed_on_a_cancelled_flight() {
    let scene = Arc::new(Scene::new().await);
    take_the_guard_out(&scene).await;
    // The buyers' process learns of the cancellation late; whoever it decides meanwhile gets in.
    assert_ne!(claims_while_news_is_held_back(&scene).await, 0);
}

#[tokio::test]
async fn with_the_guard_news_that_is_late_does_no_harm() {
    let scene = Arc::new(Scene::new().await);
    assert_eq!(claims_while_news_is_held_back(&scene).await, 0);
}

#[tokio::test]
async fn a_seat_freed_by_one_process_is_refused_by_another_once_the_guard_is_gone() {
    let scene = Scene::new().await;
    take_the_guard_out(&scene).await;
    let other = scene.another_journal();
    let mut refusals = 0;
    for _ in 0..200 {
        let booked = done(scene.submit(&scene.journal, scene.place(exactly(&["12A"])), None).await);
        drop(scene.submit(&other, scene.place(exactly(&["12A"])), None).await);
        scene.done(scene.cancel(booking_of(&booked))).await;
        match scene.submit(&other, scene.place(exactly(&["12A"])), None).await {
            Ok(Outcome::Done(receipt)) => {
                let freed = scene.submit(&other, scene.cancel(booking_of(&receipt)), None).await;
                done(freed);
            }
            Ok(Outcome::Refused(_) | Outcome::KeyReused) | Err(_) => refusals += 1,
        }
    }
    assert_ne!(refusals, 0);
}

/// Five hundred buyers through one process, and a cancellation through another in their midst.
async fn claims_after_cancelling(scene: Arc<Scene>) -> i64 {
    let canceller = scene.another_journal();
    let buyers: Vec<_> = (0..BUYERS)
        .map(|_| {
            let scene = scene.clone();
            tokio::spawn(async move {
                let order = scene.place(Seats::Preferring(vec![]));
                scene.submit(&scene.journal, order, None).await.unwrap();
            })
        })
        .collect();
    done(scene.submit(&canceller, cancel_flight(&scene), None).await);
    for buyer in buyers {
        buyer.await.unwrap();
    }
    claims_after_the_cancellation(&scene).await
}

/// The buyers' world holds the flight; then it is cancelled elsewhere, and one who buys at that very moment is
/// decided on what the process knew before.
async fn claims_while_news_is_held_back(scene: &Scene) -> i64 {
    let canceller = scene.another_journal();
    scene.done(scene.place(Seats::Preferring(vec![]))).await;
    let cancel = scene.submit(&canceller, cancel_flight(scene), None);
    let buy = async {
        for _ in 0..50 {
            scene.submit(&scene.journal, scene.place(Seats::Preferring(vec![])), None).await.unwrap();
        }
    };
    let (cancelled, ()) = tokio::join!(cancel, buy);
    done(cancelled);
    claims_after_the_cancellation(scene).await
}

fn cancel_flight(scene: &Scene) -> UseCase {
    let (flight_id, now) = (scene.flight, Utc::now());
    UseCase::CancelDeparture(CancelDeparture { flight_id, reason: None, now })
}

async fn claims_after_the_cancellation(scene: &Scene) -> i64 {
    let pool = scene.database.pool(DatabaseRole::Relay);
    sqlx::query_scalar(
        "select count(*) from journal.event claim
         where claim.event_type = 'seat.claimed'
           and claim.position > (select position from journal.event where event_type = 'departure.cancelled')",
    )
    .fetch_one(&pool)
    .await
    .unwrap()
}

/// The append function as it is, but blind to what has moved.
async fn take_the_guard_out(scene: &Scene) {
    let owner = scene.database.owner().await;
    let function: String = sqlx::query_scalar("select pg_get_functiondef('journal.append'::regproc)")
        .fetch_one(&owner)
        .await
        .unwrap();
    let guard = "if known < head then";
    assert!(function.contains(guard), "the guard stands where this test looks for it");
    owner.execute(function.replace(guard, "if false then").as_str()).await.unwrap();
    owner.close().await;
}
