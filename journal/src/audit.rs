//! The audit: folds the whole journal from its first event and finds what must never be.

use std::collections::HashMap;

use booking_domain::booking::Booking;
use booking_domain::decide::Decide;
use booking_domain::pool::Pool;
use booking_domain::seat::Seat;
use booking_domain::values::{BookingId, ClaimId, TenantId};
use booking_domain::{Event, StreamId};
use chrono::{DateTime, Utc};

use crate::Recorded;

/// Findings beyond this many are counted, not kept.
pub const FINDINGS_MAX: usize = 100;

/// Something that must never be, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The position at which it shows; 0 for what shows only at the end.
    pub position: i64,
    /// What is wrong.
    pub what: String,
}

/// Folds events in order of position; ask for the findings at the end.
#[derive(Debug, Default)]
pub struct Audit {
    position: i64,
    recorded_at: Option<DateTime<Utc>>,
    streams: HashMap<(String, String), Stream>,
    seats: HashMap<StreamId, Seat>,
    pools: HashMap<StreamId, Pool>,
    bookings: HashMap<BookingId, Booking>,
    /// Open claims, and the booking that each belongs to.
    claims: HashMap<ClaimId, BookingId>,
    breaches: Vec<Breach>,
    uncounted: u64,
}

#[derive(Debug)]
struct Stream {
    sequence: i64,
    tenant: TenantId,
}

impl Audit {
    /// Folds the next event.
    pub fn fold(&mut self, recorded: &Recorded) {
        self.check_order(recorded);
        self.check_stream(recorded);
        let stream = StreamId::parse(&recorded.aggregate_type, &recorded.aggregate_id);
        match (stream, recorded.event()) {
            (Ok(stream), Ok(event)) => self.fold_event(recorded, stream, &event),
            (Err(unknown), _) => self.breach(recorded.position, unknown.to_string()),
            (_, Err(unreadable)) => self.breach(recorded.position, unreadable.to_string()),
        }
    }

    /// How many events were folded.
    pub const fn events(&self) -> i64 {
        self.position
    }

    /// Every breach found, at most [`FINDINGS_MAX`], and how many more there are.
    pub fn finish(mut self) -> (Vec<Breach>, u64) {
        self.check_claims();
        (self.breaches, self.uncounted)
    }

    fn check_order(&mut self, recorded: &Recorded) {
        let expected = self.position + 1;
        if recorded.position != expected {
            self.breach(recorded.position, format!("position {expected} is missing"));
        }
        if self.recorded_at.is_some_and(|before| recorded.recorded_at < before) {
            self.breach(recorded.position, "recorded before the event in front of it".to_owned());
        }
        self.position = recorded.position;
        self.recorded_at = Some(recorded.recorded_at);
    }

    fn check_stream(&mut self, recorded: &Recorded) {
        let key = (recorded.aggregate_type.clone(), recorded.aggregate_id.clone());
        let tenant = recorded.tenant_id;
        let stream = self.streams.entry(key).or_insert(Stream { sequence: 0, tenant });
        stream.sequence += 1;
        let (expected, same_tenant) = (stream.sequence, stream.tenant == tenant);
        stream.sequence = recorded.sequence;
        let name = || format!("{} {}", recorded.aggregate_type, recorded.aggregate_id);
        if recorded.sequence != expected {
            let what = format!("{} has no event {expected}", name());
            self.breach(recorded.position, what);
        }
        if !same_tenant {
            let what = format!("{} has events of two tenants", name());
            self.breach(recorded.position, what);
        }
    }

    fn fold_event(&mut self, recorded: &Recorded, stream: StreamId, event: &Event) {
        match event {
            Event::Seat(event) => {
                let seat = self.seats.entry(stream.clone()).or_default();
                let was_free = seat.is_free();
                seat.evolve(event);
                self.check_seat(recorded.position, &stream, event, was_free);
            }
            Event::Pool(event) => {
                let pool = self.pools.entry(stream.clone()).or_default();
                pool.evolve(event);
                let (claimed, limit) = (pool.claimed(), pool.limit());
                self.check_pool(recorded.position, &stream, event, claimed, limit);
            }
            Event::Booking(event) => {
                if let StreamId::Booking(booking_id) = stream {
                    self.bookings.entry(booking_id).or_default().evolve(event);
                }
            }
            Event::Tenant(_) | Event::Departure(_) | Event::Customer(_) | Event::User(_) => {}
        }
    }

    fn check_seat(
        &mut self,
        position: i64,
        stream: &StreamId,
        event: &booking_domain::seat::SeatEvent,
        was_free: bool,
    ) {
        use booking_domain::seat::SeatEvent;
        match event {
            SeatEvent::Claimed { claim_id, booking_id, .. } => {
                if !was_free {
                    self.breach(position, format!("{stream} was claimed twice"));
                }
                self.claims.insert(*claim_id, *booking_id);
            }
            SeatEvent::Released { claim_id, .. } => drop(self.claims.remove(claim_id)),
            SeatEvent::Blocked { .. } | SeatEvent::Unblocked { .. } => {}
        }
    }

    fn check_pool(
        &mut self,
        position: i64,
        stream: &StreamId,
        event: &booking_domain::pool::PoolEvent,
        claimed: u32,
        limit: u32,
    ) {
        use booking_domain::pool::PoolEvent;
        match event {
            PoolEvent::Claimed { claim_id, booking_id, .. } => {
                if limit < claimed {
                    self.breach(position, format!("{stream} has {claimed} claims on {limit} places"));
                }
                self.claims.insert(*claim_id, *booking_id);
            }
            PoolEvent::Released { claim_id, .. } => drop(self.claims.remove(claim_id)),
            PoolEvent::CapacityChanged { .. } => {}
        }
    }

    /// Every live item holds its unit, and no unit is held by anything else.
    fn check_claims(&mut self) {
        let mut open = std::mem::take(&mut self.claims);
        let mut breaches = vec![];
        for (booking_id, booking) in &self.bookings {
            for claim_id in booking.live_items().map(|item| item.claim.claim_id()) {
                if open.remove(&claim_id) != Some(*booking_id) {
                    breaches.push(format!("booking {booking_id} does not hold its claim {claim_id}"));
                }
            }
        }
        for (claim_id, booking_id) in open {
            breaches
                .push(format!("claim {claim_id} is held for booking {booking_id}, which does not have it"));
        }
        breaches.into_iter().for_each(|what| self.breach(0, what));
    }

    fn breach(&mut self, position: i64, what: String) {
        if self.breaches.len() < FINDINGS_MAX {
            self.breaches.push(Breach { position, what });
        } else {
            self.uncounted += 1;
        }
    }
}
