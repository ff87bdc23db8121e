//! Two writing processes never act on stale news. Each promise is shown twice: it holds, and it breaks when
//! its guard, the look at what has moved since, is taken out of the append function.

use std::sync::Arc;
use std::time::Duration;

use booking::database::DatabaseRole;
use booking_domain::UseCase;
use booking_domain::use_cases::{CancelDeparture, Seats};
use booking_journal::Outcome;
use chrono::Utc;
use sqlx::{Executor, PgPool};

use crate::support::guard;
use crate::support::scene::{Scene, booking_of, done, exactly};

/// Buyers at work while their flight is cancelled.
const BUYERS: usize = 500;

/// How often a queue is looked at before the test gives up.
const LOOKS_MAX: u32 = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_seat_is_claimed_after_its_flight_was_cancelled() {
    let scene = Arc::new(Scene::new().await);
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
    assert_eq!(claims_after_the_cancellation(&scene).await, 0);
    assert_eq!(scene.breaches().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_buyer_decided_on_old_news_is_decided_again() {
    assert_eq!(claims_decided_before_and_stored_after_a_cancellation(&Scene::new().await).await, 0);
}

#[tokio::test]
async fn without_the_guard_a_buyer_decided_on_old_news_sits_in_a_cancelled_flight() {
    let scene = Scene::new().await;
    take_the_guard_out(&scene).await;
    assert_eq!(claims_decided_before_and_stored_after_a_cancellation(&scene).await, 1);
}

#[tokio::test]
async fn a_refusal_decided_on_old_news_is_decided_again() {
    assert!(buys_a_seat_that_is_being_freed(&Scene::new().await).await);
}

#[tokio::test]
async fn without_the_guard_a_seat_that_was_freed_is_refused() {
    let scene = Scene::new().await;
    take_the_guard_out(&scene).await;
    assert!(!buys_a_seat_that_is_being_freed(&scene).await);
}

/// The cancellation and the order wait for one lock, in this order; the order was decided before either.
async fn claims_decided_before_and_stored_after_a_cancellation(scene: &Scene) -> i64 {
    let canceller = scene.another_journal();
    scene.done(scene.place_in_pool()).await;
    let cancel = scene.submit(&canceller, cancel_flight(scene), None);
    let buy = scene.submit(&scene.journal, scene.place(Seats::Preferring(vec![])), None);
    let (cancelled, bought) = one_after_the_other(scene, cancel, buy).await;
    done(cancelled);
    bought.unwrap();
    claims_after_the_cancellation(scene).await
}

/// A process that knows the seat as taken gets an order for it while another process is freeing it.
async fn buys_a_seat_that_is_being_freed(scene: &Scene) -> bool {
    let other = scene.another_journal();
    let taken = done(scene.submit(&other, scene.place(exactly(&["12A"])), None).await);
    let free = scene.submit(&scene.journal, scene.cancel(booking_of(&taken)), None);
    let buy = scene.submit(&other, scene.place(exactly(&["12A"])), None);
    let (freed, bought) = one_after_the_other(scene, free, buy).await;
    done(freed);
    matches!(bought.unwrap(), Outcome::Done(_))
}

/// Lets two requests be decided while the append lock is held, and be stored in this order.
async fn one_after_the_other<A, B>(
    scene: &Scene,
    first: impl Future<Output = A>,
    then: impl Future<Output = B>,
) -> (A, B) {
    let owner = scene.database.owner().await;
    let mut lock = owner.begin().await.unwrap();
    lock.execute("select pg_advisory_xact_lock(journal.append_lock())").await.unwrap();
    let pool = scene.database.pool(DatabaseRole::Relay);
    let then = async {
        queue_of(&pool, 1).await;
        then.await
    };
    let release = async {
        queue_of(&pool, 2).await;
        lock.rollback().await.unwrap();
    };
    let (first, then, ()) = tokio::join!(first, then, release);
    (first, then)
}

/// Waits until so many wait for the append lock.
async fn queue_of(pool: &PgPool, length: i64) {
    for _ in 0..LOOKS_MAX {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_locks join pg_database on pg_database.oid = database
             where locktype = 'advisory' and not granted and datname = current_database()",
        )
        .fetch_one(pool)
        .await
        .unwrap();
        if waiting == length {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("nobody came to wait for the lock");
}

fn cancel_flight(scene: &Scene) -> UseCase {
    let (flight_id, now) = (scene.flight, Utc::now());
    UseCase::CancelDeparture(CancelDeparture { flight_id, reason: None, now })
}

async fn claims_after_the_cancellation(scene: &Scene) -> i64 {
    let pool = scene.database.pool(DatabaseRole::Relay);
    sqlx::query_scalar(
        "select count(*) from journal.event claim
         where claim.event_type in ('seat.claimed', 'pool.claimed')
           and claim.position > (select position from journal.event where event_type = 'departure.cancelled')",
    )
    .fetch_one(&pool)
    .await
    .unwrap()
}

/// The append function as it is, but blind to what has moved.
async fn take_the_guard_out(scene: &Scene) {
    let owner = scene.database.owner().await;
    guard::take_out(&owner, "if known < head then", "if false then").await;
    owner.close().await;
}
