//! Those who book, whoever captures the money, the staff and the timer: each asks for one thing after another,
//! and asks again under the same key until it has an answer.

use std::collections::VecDeque;

use booking_domain::use_cases::{CancelBooking, CancelDeparture, ConfirmBooking, ExpireBooking, Wanted};
use booking_domain::values::{Actor, ActorKind, BookingId};
use booking_domain::{StreamId, UseCase};
use booking_journal::writer::Ticket;
use booking_journal::{CommandKey, Intent, KeyOrigin, Outcome, Request, SubmitFailure, Trace};
use chrono::{DateTime, Utc};
use tokio::sync::oneshot::{self, Receiver};
use uuid::Uuid;

use crate::chance::Chance;
use crate::scene;

/// What somebody wants done.
#[derive(Debug, Clone)]
pub enum Wish {
    Place(Vec<Wanted>),
    /// Their booking, if they have one; paid.
    Confirm,
    /// Their booking, if they have one.
    Cancel,
    /// Nothing is sold on it any more.
    CancelDeparture(usize),
    /// Some booking, late or too early.
    Expire,
}

/// What somebody was told.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Told {
    Done { subject: String, position: i64, events: usize, replayed: bool },
    Refused { code: String, position: i64, replayed: bool },
    KeyReused,
    Failed(&'static str),
}

/// One request that was sent.
#[derive(Debug)]
pub struct Attempt {
    pub key: String,
    pub origin: KeyOrigin,
    pub told: Option<Told>,
}

/// All that was ever sent.
pub type Log = Vec<Attempt>;

/// A wish on its way to being fulfilled.
struct Errand {
    wish: Wish,
    key: CommandKey,
    /// How often it is asked again when it was answered.
    repeats: usize,
}

pub struct Client {
    number: usize,
    wishes: VecDeque<Errand>,
    booking: Option<BookingId>,
    /// The attempt whose answer is awaited.
    awaited: Option<(usize, Receiver<Result<Outcome, SubmitFailure>>)>,
}

impl Client {
    /// Wishes come with the origin of their key, and how often they are repeated when they were answered.
    pub fn new(number: usize, wishes: Vec<(Wish, KeyOrigin, usize)>) -> Self {
        let errand = |(n, (wish, origin, repeats))| Errand { wish, key: key(number, n, origin), repeats };
        Self {
            number,
            wishes: wishes.into_iter().enumerate().map(errand).collect(),
            booking: None,
            awaited: None,
        }
    }

    pub fn waits(&self) -> bool {
        self.awaited.is_some()
    }

    /// Whether it has had all its answers.
    pub fn is_done(&self) -> bool {
        self.wishes.is_empty() && self.awaited.is_none()
    }

    pub fn gives_up_waiting(&mut self) {
        self.awaited = None;
    }

    /// Sends what it wants next; `None` when that has come to nothing.
    pub fn send<'b>(
        &mut self,
        chance: &mut Chance,
        now: DateTime<Utc>,
        mut bookings: impl Iterator<Item = &'b StreamId>,
        log: &mut Log,
    ) -> Option<Ticket> {
        let Errand { wish, key, .. } = self.wishes.front()?;
        let staff = Actor { kind: ActorKind::Staff, id: Uuid::from_u128(2) };
        let case = match wish {
            Wish::Place(wanted) => Some(scene::order(chance, self.number, wanted, now)),
            Wish::Confirm => self.booking.map(|booking_id| {
                UseCase::ConfirmBooking(ConfirmBooking { booking_id, by: Actor::SYSTEM, now })
            }),
            Wish::Cancel => self.booking.map(|booking_id| {
                let (by, reason) = (scene::customer(self.number), "user_requested".to_owned());
                UseCase::CancelBooking(CancelBooking { booking_id, by, reason, comments: None, now })
            }),
            Wish::CancelDeparture(n) => {
                let (flight_id, reason) = (scene::departure(*n), None);
                Some(UseCase::CancelDeparture(CancelDeparture { flight_id, reason, now }))
            }
            Wish::Expire => some_booking(chance, &mut bookings)
                .map(|booking_id| UseCase::ExpireBooking(ExpireBooking { booking_id, now })),
        };
        let Some(case) = case else {
            self.wishes.pop_front();
            return None;
        };
        let (attempt, (answer, receiver)) = (log.len(), oneshot::channel());
        log.push(Attempt { key: key.key.clone(), origin: key.origin, told: None });
        let request = request(case, key.clone(), staff, attempt, now);
        self.awaited = Some((attempt, receiver));
        Some(Ticket { request, answer, tries: 0 })
    }

    /// Looks whether its answer is there. Without one that is final it is going to ask again.
    pub fn hear(&mut self, log: &mut Log) -> Option<Told> {
        let (attempt, receiver) = self.awaited.as_mut()?;
        let told = match receiver.try_recv() {
            Err(oneshot::error::TryRecvError::Empty) => return None,
            Err(oneshot::error::TryRecvError::Closed) => None,
            Ok(outcome) => Some(told(outcome)),
        };
        log[*attempt].told.clone_from(&told);
        self.awaited = None;
        if let Some(Told::Done { .. } | Told::Refused { .. } | Told::KeyReused) = &told {
            self.is_told(told.as_ref());
        }
        told
    }

    fn is_told(&mut self, told: Option<&Told>) {
        let Some(errand) = self.wishes.front_mut() else { return };
        if let (Wish::Place(_), Some(Told::Done { subject, .. })) = (&errand.wish, told) {
            self.booking = subject.parse().ok();
        }
        match errand.repeats.checked_sub(1) {
            Some(repeats) => errand.repeats = repeats,
            None => drop(self.wishes.pop_front()),
        }
    }
}

fn some_booking<'b>(
    chance: &mut Chance,
    bookings: &mut impl Iterator<Item = &'b StreamId>,
) -> Option<BookingId> {
    let ids = bookings.filter_map(|stream| match stream {
        StreamId::Booking(id) => Some(*id),
        StreamId::Tenant(_)
        | StreamId::Departure(_)
        | StreamId::Seat(..)
        | StreamId::Pool(..)
        | StreamId::Customer(..)
        | StreamId::User(..) => None,
    });
    let ids: Vec<BookingId> = ids.collect();
    (!ids.is_empty()).then(|| chance.pick(&ids))
}

fn key(client: usize, wish: usize, origin: KeyOrigin) -> CommandKey {
    let (caller, key) = (format!("client {client}"), format!("{client}.{wish}"));
    CommandKey { caller, key, fingerprint: [7; 32], origin }
}

fn request(case: UseCase, key: CommandKey, actor: Actor, attempt: usize, now: DateTime<Utc>) -> Request {
    Request {
        tenant: scene::tenant(),
        actor,
        case,
        key,
        keys: vec![],
        trace: Trace { correlation_id: Some(attempt.to_string()), ..Trace::default() },
        occurred_at: now,
        quiet: false,
        versions: None,
        intent: Intent::Store,
    }
}

fn told(outcome: Result<Outcome, SubmitFailure>) -> Told {
    match outcome {
        Ok(Outcome::Done(done)) => Told::Done {
            subject: done.subject,
            position: done.position,
            events: done.events.len(),
            replayed: done.replayed,
        },
        Ok(Outcome::Refused(no)) => {
            Told::Refused { code: no.code, position: no.position, replayed: no.replayed }
        }
        Ok(Outcome::KeyReused) => Told::KeyReused,
        Err(SubmitFailure::Unknown) => Told::Failed(UNKNOWN),
        Err(SubmitFailure::Unavailable) => Told::Failed("told: nothing was stored"),
        Err(SubmitFailure::TooBusy) => Told::Failed("told: too busy"),
        Err(SubmitFailure::Broken) => Told::Failed("told: broken"),
    }
}

/// The only failure that leaves open whether something was stored.
pub const UNKNOWN: &str = "told: unknown";
