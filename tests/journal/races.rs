//! The journal's door: races, repeats, and what two writing processes see of each other.

use std::collections::BTreeSet;

use booking_domain::values::BookingId;
use booking_journal::Outcome;
use futures::future::join_all;

use crate::support::scene::{Scene, booking_of, done, exactly, refused};

/// How often a seat is freed through one process and booked through the other; 300 when absent.
const FREED_TIMES: &str = "BOOKING_FREED_TIMES";

#[tokio::test]
async fn a_booking_and_its_seats_are_one_commit_without_gaps() {
    let scene = Scene::new().await;
    let head = scene.reader.head().await.unwrap();
    let receipt = scene.done(scene.place_of(None, exactly(&["12A", "12B"]), 2)).await;

    let events = scene.reader.after(head, 10).await.unwrap();
    let names: Vec<&str> = events.iter().map(|event| event.event_type.as_str()).collect();
    assert_eq!(names, ["seat.claimed", "seat.claimed", "booking.created"]);
    assert_eq!(receipt.position, head + 3);
    assert_eq!(scene.breaches().await, Vec::<String>::new());
}

#[tokio::test]
async fn of_five_hundred_buyers_of_one_seat_one_gets_it_on_the_streams_first_command() {
    let scene = Scene::new().await;
    let buyers = (0..500).map(|_| scene.submit(&scene.journal, scene.place(exactly(&["12A"])), None));
    let (mut won, mut lost) = (0, 0);
    for outcome in join_all(buyers).await {
        match outcome.unwrap() {
            Outcome::Done(_) => won += 1,
            Outcome::Refused(refused) => {
                assert_eq!(refused.code, "SEAT_TAKEN");
                lost += 1;
            }
            Outcome::KeyReused => panic!("every buyer has a key of their own"),
        }
    }
    assert_eq!((won, lost), (1, 499));
    assert_eq!(scene.breaches().await, Vec::<String>::new());
}

#[tokio::test]
async fn two_processes_sell_a_pool_of_five_hundred_exactly_out() {
    let scene = Scene::with_places(500).await;
    let other = scene.another_journal();
    let buyers = (0..2_000).map(|n| {
        let journal = if n % 2 == 0 { &scene.journal } else { &other };
        scene.submit(journal, scene.place_in_pool(), None)
    });
    let outcomes = join_all(buyers).await;
    let won = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Outcome::Done(_)))).count();
    let full = |outcome: &&_| matches!(outcome, Ok(Outcome::Refused(no)) if no.code == "FLIGHT_UNAVAILABLE");
    assert_eq!((won, outcomes.iter().filter(full).count()), (500, 1_500));
    assert_eq!(scene.breaches().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_is_never_refused_against_itself() {
    let scene = Scene::new().await;
    let other = scene.another_journal();
    let submit = |journal| scene.submit(journal, scene.place(exactly(&["12A"])), Some("key"));
    let first = done(submit(&scene.journal).await);
    for journal in [&scene.journal, &other] {
        let again = done(submit(journal).await);
        assert_eq!((again.position, again.subject.clone()), (first.position, first.subject.clone()));
        assert!(again.replayed && !first.replayed);
    }
    assert_eq!(scene.breaches().await, Vec::<String>::new());
}

#[tokio::test]
async fn repeats_in_flight_share_one_booking() {
    let scene = Scene::new().await;
    let other = scene.another_journal();
    let repeats = (0..100).map(|n| {
        let journal = if n % 2 == 0 { &scene.journal } else { &other };
        scene.submit(journal, scene.place_in_pool(), Some("key"))
    });
    let bookings: BTreeSet<BookingId> =
        join_all(repeats).await.into_iter().map(|outcome| booking_of(&done(outcome))).collect();
    assert_eq!(bookings.len(), 1);
}

#[tokio::test]
async fn a_refusal_under_a_given_key_stays_when_the_seat_is_free_again() {
    let scene = Scene::new().await;
    let holder = scene.done(scene.place(exactly(&["12A"]))).await;
    let try_it = || scene.submit(&scene.journal, scene.place(exactly(&["12A"])), Some("late"));
    assert_eq!(refused(try_it().await).code, "SEAT_TAKEN");
    scene.done(scene.cancel(booking_of(&holder))).await;
    let again = refused(try_it().await);
    assert_eq!((again.code.as_str(), again.replayed), ("SEAT_TAKEN", true));
    scene.done(scene.place(exactly(&["12A"]))).await;
}

#[tokio::test]
async fn a_seat_freed_through_one_process_is_never_refused_by_the_other() {
    let scene = Scene::new().await;
    let other = scene.another_journal();
    for _ in 0..freed_times() {
        let booked = done(scene.submit(&other, scene.place(exactly(&["12A"])), None).await);
        scene.done(scene.cancel(booking_of(&booked))).await;
    }
    assert_eq!(scene.breaches().await, Vec::<String>::new());
}

fn freed_times() -> u32 {
    std::env::var(FREED_TIMES).ok().and_then(|times| times.parse().ok()).unwrap_or(300)
}
