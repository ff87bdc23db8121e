//! What is left unpaid is given back, once, whatever becomes of the reactors.

use futures::StreamExt;
use serde_json::{Value, json};
use sqlx::Executor;

use super::house::House;
use crate::support::roles::eventually;

/// A clock so far ahead sees every payment window passed: they are half an hour long.
const AN_HOUR_AHEAD: &str = "60";
/// Bookings that run out at the same time: several rounds of the reactors.
const MANY: usize = 300;
/// Orders under way at once.
const AT_ONCE: usize = 32;

/// Statements that wait for the append lock.
const WAITING: &str = "
    select count(*) from pg_locks join pg_database on pg_database.oid = database
    where locktype = 'advisory' and not granted and datname = current_database()";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_unpaid_is_given_back_and_what_was_confirmed_is_not() {
    let house = House::open().await;
    let (unpaid, confirmed) =
        (house.place(&house.flights[0], None).await, house.place(&house.flights[0], None).await);
    house.staff().post(&format!("{}/confirm", confirmed.header("location")), json!({})).await.is(200);
    let seat = unpaid.body["allocated_seats"][0].as_str().unwrap();
    house.place_refused(&house.flights[0], seat).await;

    let mut reactors = house.engine.reactors(AN_HOUR_AHEAD).await;
    let ended = house.await_status(&unpaid, "expired").await;

    assert_eq!((&ended.body["payment_due_at"], &ended.body["version"]), (&Value::Null, &json!(2)));
    house.await_no_timer().await;
    assert_eq!(house.read(&confirmed).await.text("status"), "confirmed");
    assert_eq!(house.events("booking.expired").await, 1);
    assert_eq!(reactors.stop().await, Some(0), "{}", reactors.log());
    house.place(&house.flights[0], Some(seat)).await;
    house.engine.run(&["verify"]).await.succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_booking_expires_once_though_reactors_are_killed_at_their_work() {
    let house = House::open().await;
    let orders = (0..MANY).map(|number| house.place(&house.flights[number % house.flights.len()], None));
    futures::stream::iter(orders).for_each_concurrent(AT_ONCE, |placed| async { drop(placed.await) }).await;
    assert_eq!(house.events("booking.expired").await, 0, "bookings are taken as ever without reactors");

    let mut first = house.engine.unready_role(&["reactors"], &[("CLOCK_AHEAD_MINUTES", AN_HOUR_AHEAD)]);
    let mut second = house.engine.unready_role(&["reactors"], &[("CLOCK_AHEAD_MINUTES", AN_HOUR_AHEAD)]);
    house.await_expired(1).await;
    first.kill().await;
    first.start();
    house.await_expired(MANY / 2).await;
    second.kill().await;
    first.kill().await;
    second.start();
    house.await_expired(MANY).await;
    house.await_no_timer().await;
    second.await_ready().await;

    assert_eq!(house.events("booking.expired").await, MANY);
    assert_eq!(
        house
            .count(
                "select count(distinct aggregate_id) from journal.event where event_type = 'booking.expired'"
            )
            .await,
        MANY
    );
    assert_eq!(house.events("seat.released").await, MANY);
    assert_eq!(house.count("select count(*) from react.dead_letter").await, 0);
    assert_eq!(second.stop().await, Some(0));
    house.engine.run(&["verify"]).await.succeeded();
}

/// It holds the locks of its timers, and its connections stay open. Postgres lets go of them in its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_paused_at_its_work_does_not_keep_the_others_from_it() {
    let house = House::open().await;
    let unpaid = house.place(&house.flights[0], None).await;
    let owner = house.engine.owner().await;
    let mut door = owner.begin().await.unwrap();
    door.execute("select pg_advisory_xact_lock(journal.append_lock())").await.unwrap();
    let paused = house.engine.reactors(AN_HOUR_AHEAD).await;
    eventually("its deed waits to be stored", async || (house.count(WAITING).await == 1).then_some(())).await;
    paused.signal("STOP").await;
    door.rollback().await.unwrap();
    house.await_expired(1).await;
    assert_eq!(house.count("select count(*) from react.timer").await, 1, "nobody has settled it");

    let mut other = house.engine.reactors(AN_HOUR_AHEAD).await;
    house.await_no_timer().await;
    house.await_status(&unpaid, "expired").await;
    paused.signal("CONT").await;
    let mut paused = paused;
    paused.await_ready().await;

    assert_eq!(house.events("booking.expired").await, 1);
    assert_eq!([paused.stop().await, other.stop().await], [Some(0), Some(0)]);
    house.engine.run(&["verify"]).await.succeeded();
}
