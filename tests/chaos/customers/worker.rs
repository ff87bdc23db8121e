//! One customer: does one thing after another, and reads what came of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use booking_http::Role;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::{Method, StatusCode};
use tokio::time::Duration;
use uuid::Uuid;

use super::Office;
use super::door::patiently;
use crate::intents::{Accepted, Deed, Intent, Outcome, position};
use crate::support::process::Caller;

/// Tries of one deed before it is left open until the end.
const TRIES_MAX: usize = 4;
const TRY_AGAIN: Duration = Duration::from_millis(50);
/// One deed in so many is repeated at the other door though it was answered.
const REPEATED_EVERY: u32 = 3;

pub struct Worker {
    office: Arc<Office>,
    id: Uuid,
    customer: Caller,
    staff: Caller,
    reader: Caller,
    chance: StdRng,
    number: u64,
    deeds: usize,
    /// Bookings that can be cancelled or confirmed, with the state that they are in.
    bookings: Vec<(String, &'static str)>,
    /// The highest position that was shown or answered.
    seen: i64,
}

impl Worker {
    pub fn new(office: Arc<Office>, number: u64, seed: u64) -> Self {
        let id = Uuid::now_v7();
        let customer = office.doors.caller(Role::Customer, id);
        let staff = office.doors.caller(Role::Owner, id);
        let reader = customer.at(&office.doors.query_api);
        let chance = StdRng::seed_from_u64(seed.wrapping_add(number + 1));
        Self { office, id, customer, staff, reader, chance, number, deeds: 0, bookings: vec![], seen: 0 }
    }

    pub async fn work(mut self) {
        while !self.office.closing.load(Ordering::Relaxed) {
            self.office.pace.lock().await.tick().await;
            let deed = self.next();
            let place = self.note(deed);
            self.insist(place).await;
            self.take_in(place).await;
        }
    }

    fn next(&mut self) -> Deed {
        let roll = self.chance.random_range(0..1_000);
        if roll < 10
            && let Some(flight_id) = self.office.flights.doom().cloned()
        {
            return Deed::CancelFlight { flight_id };
        }
        if self.bookings.is_empty() || 400 <= roll {
            return Deed::Place(self.office.flights.order(&mut self.chance));
        }
        let which = self.chance.random_range(0..self.bookings.len());
        let (booking_id, state) = self.bookings.swap_remove(which);
        if state == "created" && roll < 150 {
            Deed::Confirm { booking_id }
        } else {
            Deed::Cancel { booking_id }
        }
    }

    fn note(&mut self, deed: Deed) -> usize {
        self.deeds += 1;
        let sent_ms = u64::try_from(self.office.began.elapsed().as_millis()).unwrap();
        let key = format!("customer-{}-{}", self.number, self.deeds);
        let outcome = Outcome::Unknown;
        self.office.log.add(Intent { key, customer: self.id, deed, sent_ms, tries: 0, outcome })
    }

    /// Tries some times, and sometimes once more than needed.
    async fn insist(&mut self, place: usize) {
        let first: usize = self.chance.random_range(0..2);
        let mut door = first;
        while !self.send(place, door).await {
            door += 1;
            if first + TRIES_MAX <= door {
                return;
            }
            tokio::time::sleep(TRY_AGAIN).await;
        }
        if self.chance.random_ratio(1, REPEATED_EVERY) {
            self.send(place, door + 1).await;
        }
    }

    async fn send(&self, place: usize, door: usize) -> bool {
        let is_for_staff = self.office.log.get(place).deed.is_for_staff();
        self.office.send(if is_for_staff { &self.staff } else { &self.customer }, place, door).await
    }

    /// A booking whose last deed is open is left alone, so that its end can be told.
    async fn take_in(&mut self, place: usize) {
        let intent = self.office.log.get(place);
        let Outcome::Accepted(accepted) = intent.outcome else { return };
        let state = match intent.deed {
            Deed::Place(_) => "created",
            Deed::Confirm { .. } => "confirmed",
            Deed::Cancel { .. } => "cancelled",
            Deed::CancelFlight { .. } => return,
        };
        self.read(&accepted, state).await;
        if state != "cancelled" {
            self.bookings.push((accepted.id, state));
        }
    }

    /// Who names a position sees the booking as it is there, or is told to come again; and never less than
    /// was shown before.
    async fn read(&mut self, accepted: &Accepted, state: &str) {
        let least = self.seen.max(accepted.position);
        let (path, token) = (format!("/api/v1/bookings/{}", accepted.id), format!("1.{least}"));
        let headers = [("booking-min-position", token.as_str())];
        let Some(answer) = patiently(self.reader.try_call(Method::GET, &path, None, &headers)).await else {
            return;
        };
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            return;
        }
        let shown = position(&answer).unwrap_or_default();
        if answer.status != StatusCode::OK || answer.body["status"] != state || shown < least {
            let (status, body) = (answer.status, &answer.body);
            self.office.log.complain(format!("read at {token}, {state}: {status} at {shown}, {body}"));
        }
        self.seen = self.seen.max(shown);
        self.office.reads.fetch_add(1, Ordering::Relaxed);
    }
}
