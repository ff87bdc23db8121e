//! The journal folded anew, without the engine's own code: who sits where, and what is wrong in itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Finding, Kind};
use crate::company::Stored;

/// What the journal says.
#[derive(Debug, Default)]
pub struct Fold {
    /// By flight and seat: whose it is.
    pub seats: BTreeMap<(String, String), String>,
    /// By flight and class: places claimed.
    pub pools: BTreeMap<(String, String), i64>,
    /// By booking.
    pub states: BTreeMap<String, &'static str>,
    cancelled_flights: BTreeSet<String>,
    capacities: BTreeMap<(String, String), i64>,
    pub findings: Vec<Finding>,
}

impl Fold {
    pub fn of(events: &[Stored]) -> Self {
        let mut fold = Self::default();
        for (event, expected) in events.iter().zip(1..) {
            if event.position != expected {
                let what = format!("event {expected} stands at position {}", event.position);
                fold.findings.push(Kind::Wrong.finding(what));
            }
            fold.take(event);
        }
        fold
    }

    fn take(&mut self, event: &Stored) {
        let text = |name: &str| text(&event.payload, name);
        let place = |name: &str| (text("flight_id"), text(name));
        match event.event_type.as_str() {
            "booking.created" => self.set_state(event, "created"),
            "booking.confirmed" => self.set_state(event, "confirmed"),
            "booking.cancelled" => self.set_state(event, "cancelled"),
            "departure.cancelled" => drop(self.cancelled_flights.insert(text("flight_id"))),
            "seat.claimed" => self.claim_seat(event, place("seat_number")),
            "seat.released" => self.release_seat(event, &place("seat_number")),
            "pool.capacity_changed" => {
                let limit = number(&event.payload, "capacity") + number(&event.payload, "overbooking_limit");
                self.capacities.insert(place("class"), limit);
            }
            "pool.claimed" => self.claim_places(event, place("class"), number(&event.payload, "units")),
            "pool.released" => self.claim_places(event, place("class"), -number(&event.payload, "units")),
            _ => {}
        }
    }

    fn set_state(&mut self, event: &Stored, state: &'static str) {
        let before = self.states.insert(event.aggregate_id.clone(), state);
        let is_legal = match state {
            "created" => before.is_none(),
            "confirmed" => before == Some("created"),
            _ => matches!(before, Some("created" | "confirmed")),
        };
        if !is_legal {
            let what = format!("position {}: {state} after {before:?}", event.position);
            self.findings.push(Kind::Doubled.finding(what));
        }
    }

    fn claim_seat(&mut self, event: &Stored, place: (String, String)) {
        self.check_flight(event, &place.0);
        let booking_id = text(&event.payload, "booking_id");
        if let Some(holder) = self.seats.insert(place.clone(), booking_id.clone()) {
            let what = format!("position {}: {place:?} of {holder} is sold to {booking_id}", event.position);
            self.findings.push(Kind::Doubled.finding(what));
        }
    }

    fn release_seat(&mut self, event: &Stored, place: &(String, String)) {
        let booking_id = text(&event.payload, "booking_id");
        let holder = self.seats.remove(place);
        if holder.as_ref() != Some(&booking_id) {
            let what = format!("position {}: {booking_id} gives {place:?} of {holder:?} up", event.position);
            self.findings.push(Kind::Wrong.finding(what));
        }
    }

    fn claim_places(&mut self, event: &Stored, place: (String, String), units: i64) {
        if 0 < units {
            self.check_flight(event, &place.0);
        }
        let capacity = self.capacities.get(&place).copied().unwrap_or_default();
        let claimed = self.pools.entry(place.clone()).or_default();
        *claimed += units;
        if *claimed < 0 || capacity < *claimed {
            let what = format!("position {}: {claimed} of {capacity} of {place:?} are sold", event.position);
            self.findings.push(Kind::Doubled.finding(what));
        }
    }

    fn check_flight(&mut self, event: &Stored, flight_id: &str) {
        if self.cancelled_flights.contains(flight_id) {
            let what = format!("position {}: a claim on {flight_id}, which is cancelled", event.position);
            self.findings.push(Kind::Wrong.finding(what));
        }
    }
}

pub fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

pub fn number(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or_default()
}
