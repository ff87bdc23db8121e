//! Reading the journal as it was: by instant, by family, along a stretch, stream by stream.

use booking::database::DatabaseRole;
use booking_domain::Family;
use booking_domain::values::{ActorKind, BookingId};
use booking_journal::{Passed, READ_EVENTS_MAX, ReadFailure, Reader, Recorded, Scan};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Executor;
use uuid::Uuid;

use crate::support::scene::{Scene, booking_of, exactly};

const SEATS: [&str; 5] = ["1A", "1B", "1C", "2A", "2B"];

/// A scene with some bookings, two of which are cancelled; its reader has the rights of the query API.
struct Told {
    scene: Scene,
    reader: Reader,
    bookings: Vec<BookingId>,
    events: Vec<Recorded>,
}

impl Told {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let mut bookings = vec![];
        for seat in SEATS {
            bookings.push(booking_of(&scene.done(scene.place(exactly(&[seat]))).await));
        }
        for booking in &bookings[..2] {
            scene.done(scene.cancel(*booking)).await;
        }
        let reader = Reader::new(scene.database.pool(DatabaseRole::Reader));
        let events = reader.after(0, READ_EVENTS_MAX).await.unwrap();
        Self { scene, reader, bookings, events }
    }

    fn head(&self) -> i64 {
        self.events.last().unwrap().position
    }

    /// Found by looking at each event in turn.
    fn position_at(&self, instant: DateTime<Utc>) -> i64 {
        let before = self.events.iter().filter(|event| event.recorded_at <= instant);
        before.map(|event| event.position).max().unwrap_or(0)
    }
}

fn positions(events: &[Recorded]) -> Vec<i64> {
    events.iter().map(|event| event.position).collect()
}

#[tokio::test]
async fn an_instant_is_the_last_position_that_was_recorded_by_then() {
    let told = Told::new().await;
    let micro = TimeDelta::microseconds(1);
    let at = |event: &Recorded| event.recorded_at;
    let around = told.events.iter().map(at).flat_map(|at| [at - micro, at, at + micro]);
    let far = [DateTime::UNIX_EPOCH, Utc::now() + TimeDelta::days(365)];
    for instant in around.chain(far) {
        let position = told.reader.position_at(instant).await.unwrap();
        assert_eq!(position, told.position_at(instant), "{instant}");
        let [this, next] =
            [position, position + 1].map(|one| told.events.iter().find(|event| event.position == one));
        assert!(this.map(at) != next.map(at) || this.is_none(), "a commit is never cut in two");
    }
    assert_eq!(told.reader.recorded_at(told.head()).await.unwrap(), told.events.last().map(at));
    assert_eq!(told.reader.recorded_at(told.head() + 1).await.unwrap(), None);
}

#[tokio::test]
async fn before_the_first_event_there_is_no_position() {
    let scene = Scene::new().await;
    let owner = scene.database.owner().await;
    let empty =
        "set session_replication_role = replica; delete from journal.event; reset session_replication_role";
    owner.execute(empty).await.unwrap();
    assert_eq!(scene.reader.position_at(Utc::now()).await.unwrap(), 0);
}

/// The search goes by positions: one that is missing is an alarm, and no wrong answer.
#[tokio::test]
async fn a_hole_on_the_way_to_an_instant_is_an_alarm() {
    let told = Told::new().await;
    let middle = (told.head() + 1) / 2;
    let gone = format!(
        "set session_replication_role = replica; delete from journal.event where position = {middle};
         reset session_replication_role"
    );
    told.scene.database.owner().await.execute(gone.as_str()).await.unwrap();
    let failure = told.reader.position_at(Utc::now()).await.unwrap_err();
    assert!(matches!(failure, ReadFailure::Hole { position } if position == middle), "{failure:?}");
}

#[tokio::test]
async fn a_family_is_read_up_to_a_position_in_the_order_of_positions() {
    let told = Told::new().await;
    let family = Family::Departure(told.scene.flight);
    let is_of_it = |event: &&Recorded| event.aggregate_id.starts_with(&told.scene.flight.to_string());
    for until in 0..=told.head() {
        let found = told.reader.family(told.scene.tenant, family, 0, until).await.unwrap();
        let expected: Vec<Recorded> =
            told.events.iter().filter(is_of_it).filter(|event| event.position <= until).cloned().collect();
        assert_eq!(found, expected, "until {until}");
    }
    let after = told.reader.family(told.scene.tenant, family, 5, told.head()).await.unwrap();
    assert!(after.iter().all(|event| 5 < event.position) && !after.is_empty());
    let booking = Family::Booking(told.bookings[0]);
    let found = told.reader.family(told.scene.tenant, booking, 0, told.head()).await.unwrap();
    assert_eq!(
        found.iter().map(|event| event.event_type.as_str()).collect::<Vec<_>>(),
        ["booking.created", "booking.cancelled"]
    );
    for family in [family, booking, Family::Tenant(told.scene.tenant)] {
        let of_another = told.reader.family(Uuid::now_v7().into(), family, 0, told.head()).await.unwrap();
        assert_eq!(of_another, [], "another tenant's");
    }
}

#[tokio::test]
async fn bookings_are_read_together_and_found_by_their_references() {
    let told = Told::new().await;
    let (tenant, ids) = (told.scene.tenant, &told.bookings[..3]);
    let found = told.reader.bookings(tenant, ids, told.head()).await.unwrap();
    let is_one = |event: &&Recorded| ids.iter().any(|id| event.aggregate_id == id.to_string());
    let mut found = positions(&found);
    found.sort_unstable();
    assert_eq!(found, told.events.iter().filter(is_one).map(|event| event.position).collect::<Vec<_>>());
    let created = told.events.iter().find(|event| event.aggregate_id == ids[0].to_string()).unwrap();
    let before = told.reader.bookings(tenant, ids, created.position).await.unwrap();
    assert_eq!(positions(&before), [created.position]);
    assert_eq!(told.reader.bookings(Uuid::now_v7().into(), ids, told.head()).await.unwrap(), []);

    let payload: serde_json::Value = serde_json::from_str(&created.payload).unwrap();
    let reference = payload["booking_reference"].as_str().unwrap();
    assert_eq!(told.reader.booking_of(tenant, reference).await.unwrap(), Some(ids[0]));
    assert_eq!(told.reader.booking_of(Uuid::now_v7().into(), reference).await.unwrap(), None);
    assert_eq!(told.reader.booking_of(tenant, "BK-20261120-000000").await.unwrap(), None);
}

#[tokio::test]
async fn a_stretch_is_narrowed_by_tenant_type_and_actor() {
    let told = Told::new().await;
    let all = Scan { until: told.head(), limit: 1_000, ..Scan::default() };
    let of = |scan: Scan| {
        let reader = &told.reader;
        async move {
            let (up, mut down) = (reader.oldest(&scan).await.unwrap(), reader.newest(&scan).await.unwrap());
            down.reverse();
            assert_eq!(up, down, "both ways find the same");
            up
        }
    };
    assert_eq!(of(all.clone()).await, told.events);
    assert_eq!(positions(&of(Scan { after: 2, until: 5, ..all.clone() }).await), [3, 4, 5]);
    assert_eq!(of(Scan { tenant: Some(told.scene.tenant), ..all.clone() }).await, told.events);
    assert_eq!(of(Scan { tenant: Some(Uuid::now_v7().into()), ..all.clone() }).await, []);
    let cancelled = of(Scan { types: Some(vec!["booking.cancelled".to_owned()]), ..all.clone() }).await;
    assert_eq!(cancelled.len(), 2);
    assert_eq!(of(Scan { types: Some(vec![]), ..all.clone() }).await, []);
    let id = cancelled[0].about().unwrap().actor.unwrap().id;
    assert_eq!(of(Scan { actor_id: Some(id), ..all.clone() }).await, told.events, "staff did all of it");
    assert_eq!(of(Scan { actor_kind: Some(ActorKind::Staff), ..all.clone() }).await, told.events);
    assert_eq!(of(Scan { actor_kind: Some(ActorKind::System), ..all.clone() }).await, []);
    let first = Scan { limit: 1, ..all };
    assert_eq!(positions(&told.reader.oldest(&first).await.unwrap()), [1]);
    assert_eq!(positions(&told.reader.newest(&first).await.unwrap()), [told.head()]);
}

#[tokio::test]
async fn all_streams_of_a_type_are_passed_once_each_in_its_order() {
    let told = Told::new().await;
    let (mut passed, mut found) = (Passed::default(), vec![]);
    loop {
        let events = told.reader.along("booking", &passed).await.unwrap();
        let Some(last) = events.last() else { break };
        passed = Passed { aggregate_id: last.aggregate_id.clone(), sequence: last.sequence };
        found.extend(events);
    }
    let of = |event: &Recorded| (event.aggregate_id.clone(), event.sequence);
    assert!(found.iter().map(of).is_sorted());
    let mut found = positions(&found);
    found.sort_unstable();
    let bookings = told.events.iter().filter(|event| event.aggregate_type == "booking");
    assert_eq!(found, bookings.map(|event| event.position).collect::<Vec<_>>());
}
