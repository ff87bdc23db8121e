//! A tenant with a flight, and orders on it, straight through the journal's door.

use booking::database::DatabaseRole;
use booking_domain::booking::Passenger;
use booking_domain::tenant::Business;
use booking_domain::use_cases::{
    ApproveTenant, CancelBooking, PlaceBooking, RegisterTenant, ScheduleDeparture, Seats, Wanted,
};
use booking_domain::values::{
    Actor, ActorKind, BookingId, BookingReference, Cabin, Cabins, Class, Currency, DepartureId, Money,
    Places, Rows, SeatNumber, Seating, TenantId, ZonedTime,
};
use booking_domain::{StreamId, UseCase};
use booking_journal::{
    Audit, CommandKey, FAMILIES_MAX, Journal, KeyOrigin, Outcome, READ_EVENTS_MAX, Reader, Receipt, Refused,
    Request, SubmitFailure, Trace,
};
use chrono::{TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::airline::flight;
use super::database::Database;
use super::passenger::passenger;

/// A database with an active tenant and one flight.
pub struct Scene {
    pub database: Database,
    pub journal: Journal,
    pub reader: Reader,
    pub tenant: TenantId,
    pub flight: DepartureId,
    pub shutdown: CancellationToken,
}

impl Scene {
    /// `economy` has rows 1 to 30, six abreast; `pool` has `places` without numbers.
    pub async fn with_places(places: u32) -> Self {
        let database = Database::fresh().await;
        let shutdown = CancellationToken::new();
        let journal = open(&database, &shutdown);
        let reader = Reader::new(database.pool(DatabaseRole::Relay));
        let (tenant, flight) = (Uuid::now_v7().into(), Uuid::now_v7().into());
        let scene = Self { database, journal, reader, tenant, flight, shutdown };
        scene.done(scene.register()).await;
        scene.done(UseCase::ApproveTenant(ApproveTenant { now: Utc::now() })).await;
        scene.done(scene.schedule(flight, places)).await;
        scene
    }

    pub async fn new() -> Self {
        Self::with_places(500).await
    }

    /// Another writing process on the same database.
    pub fn another_journal(&self) -> Journal {
        open(&self.database, &self.shutdown)
    }

    pub async fn done(&self, case: UseCase) -> Receipt {
        done(self.submit(&self.journal, case, None).await)
    }

    pub async fn refused(&self, case: UseCase) -> Refused {
        refused(self.submit(&self.journal, case, None).await)
    }

    pub async fn submit(
        &self,
        journal: &Journal,
        case: UseCase,
        key: Option<&str>,
    ) -> Result<Outcome, SubmitFailure> {
        let key = match key {
            None => CommandKey::once(Uuid::now_v7()),
            Some(key) => CommandKey {
                caller: "someone".to_owned(),
                key: key.to_owned(),
                fingerprint: [7; 32],
                origin: KeyOrigin::Given,
            },
        };
        let request = Request {
            tenant: self.tenant,
            actor: staff(),
            case,
            key,
            keys: vec![],
            trace: Trace::default(),
            occurred_at: Utc::now(),
            quiet: false,
            versions: None,
            intent: booking_journal::Intent::Store,
        };
        journal.submit(request).await
    }

    /// What the audit of the whole journal finds.
    pub async fn breaches(&self) -> Vec<String> {
        let mut audit = Audit::default();
        loop {
            let events = self.reader.after(audit.events(), READ_EVENTS_MAX).await.unwrap();
            if events.is_empty() {
                return audit.finish().0.into_iter().map(|breach| breach.what).collect();
            }
            events.iter().for_each(|event| audit.fold(event));
        }
    }

    pub fn place(&self, seats: Seats) -> UseCase {
        self.place_of(None, seats, 1)
    }

    pub fn place_in_pool(&self) -> UseCase {
        self.place_of(Some("pool"), Seats::Preferring(vec![]), 1)
    }

    pub fn place_of(&self, class: Option<&str>, seats: Seats, passengers: usize) -> UseCase {
        let travellers: Vec<Passenger> = (0..passengers).map(|_| passenger(Uuid::now_v7().into())).collect();
        let wanted = Wanted {
            flight_id: self.flight,
            class: class.map(|class| Class::new(class).unwrap()),
            seats,
            passengers: travellers.iter().map(|one| one.id).collect(),
        };
        let (user, now) = (Uuid::now_v7(), Utc::now());
        UseCase::PlaceBooking(Box::new(PlaceBooking {
            booking_id: Uuid::now_v7().into(),
            references: (0..3).map(|_| BookingReference::new(now.date_naive(), rand::random())).collect(),
            user_id: Some(user.into()),
            customer_id: user.into(),
            by: Actor { kind: ActorKind::Customer, id: user },
            wanted: vec![wanted],
            passengers: travellers,
            special_requests: None,
            notes: None,
            expected_total: None,
            fresh: (0..2 * passengers).map(|_| Uuid::now_v7()).collect(),
            now,
        }))
    }

    pub fn cancel(&self, booking_id: BookingId) -> UseCase {
        let (by, reason, now) = (staff(), "staff_requested".to_owned(), Utc::now());
        UseCase::CancelBooking(CancelBooking { booking_id, by, reason, comments: None, now })
    }

    pub fn register(&self) -> UseCase {
        let business = Business {
            business_id: self.tenant,
            name: "Acme Air".to_owned(),
            subdomain: format!("acme-{}", self.tenant),
            time_zone: chrono_tz::Tz::UTC,
            currency: Currency::USD,
            language: "en".to_owned(),
        };
        UseCase::RegisterTenant(RegisterTenant { business, now: Utc::now() })
    }

    pub fn schedule(&self, flight_id: DepartureId, places: u32) -> UseCase {
        let departure = ZonedTime::at(Utc::now() + TimeDelta::days(30), chrono_tz::Tz::America__New_York);
        let flight = flight(flight_id, departure, chrono_tz::Tz::America__Los_Angeles);
        let cabin = |class: &str, seating, minor| Cabin {
            class: Class::new(class).unwrap(),
            seating,
            price: Money::of(minor, Currency::USD),
        };
        let rows = Rows { first_row: 1, last_row: 30, letters: "ABC DEF".into() };
        let cabins = Cabins::new(vec![
            cabin("economy", Seating::Numbered(rows), 29_999),
            cabin("pool", Seating::Counted(Places { count: places, overbooking_limit: 0 }), 9_999),
        ]);
        let (cabins, now) = (cabins.unwrap(), Utc::now());
        UseCase::ScheduleDeparture(Box::new(ScheduleDeparture { flight, cabins, sales_open: true, now }))
    }
}

fn open(database: &Database, shutdown: &CancellationToken) -> Journal {
    Journal::open(database.pool(DatabaseRole::Command), FAMILIES_MAX, shutdown.clone()).0
}

#[track_caller]
pub fn done(outcome: Result<Outcome, SubmitFailure>) -> Receipt {
    match outcome {
        Ok(Outcome::Done(receipt)) => receipt,
        other => panic!("not done: {other:?}"),
    }
}

#[track_caller]
pub fn refused(outcome: Result<Outcome, SubmitFailure>) -> Refused {
    match outcome {
        Ok(Outcome::Refused(refused)) => refused,
        other => panic!("not refused: {other:?}"),
    }
}

pub fn booking_of(receipt: &Receipt) -> BookingId {
    receipt.subject.parse().unwrap()
}

pub fn seat(number: &str) -> SeatNumber {
    number.parse().unwrap()
}

pub fn exactly(numbers: &[&str]) -> Seats {
    Seats::Exactly(numbers.iter().map(|number| seat(number)).collect())
}

pub fn seat_stream(scene: &Scene, number: &str) -> StreamId {
    StreamId::Seat(scene.flight, seat(number))
}

fn staff() -> Actor {
    Actor { kind: ActorKind::Staff, id: Uuid::from_u128(1) }
}
