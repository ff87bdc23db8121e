//! What follows from a sheet's items, counted again when one of them has changed.

use super::{FurtherFlight, PaymentStatus, Sheet, SheetItem, Status};
use crate::booking::{Awaiting, ItemStatus};
use crate::departure::Flight;
use crate::values::DepartureId;

impl Sheet {
    /// After a change of the items: times, seats, flights, price lines and who still travels. `new` is a departure
    /// that the sheet may not know yet.
    pub(super) fn recount(&mut self, new: Option<&Flight>) {
        let live = || self.items.iter().filter(|item| item.is_live());
        let start_time = live().map(|item| item.start_time).min();
        let end_time = live().map(|item| item.end_time).max();
        let allocated_seats = live().filter_map(|item| item.seat_number).collect();
        let price_lines = self.items.iter().flat_map(|item| item.price_lines.clone());
        let price_lines = price_lines.chain(self.adjustments.iter().cloned()).collect();
        for passenger in &mut self.passengers {
            let theirs = |item: &&SheetItem| item.passenger_id == Some(passenger.passenger_id);
            let live = || self.items.iter().filter(|item| item.is_live());
            passenger.seat = live().filter(theirs).find_map(|item| item.seat_number);
        }
        let travels = |id| self.items.iter().any(|item| item.is_live() && item.passenger_id == Some(id));
        let travelling =
            self.passengers.iter().filter(|one| !one.kind.needs_seat() || travels(one.passenger_id));
        self.passengers_count = travelling.count();
        self.set_flights(new);
        (self.start_time, self.end_time) = (start_time, end_time);
        (self.allocated_seats, self.price_lines) = (allocated_seats, price_lines);
    }

    /// Which departures the live items are on, in their order.
    fn set_flights(&mut self, new: Option<&Flight>) {
        let mut known: Vec<FurtherFlight> = new.map(FurtherFlight::of).into_iter().collect();
        known.extend(self.first_flight());
        known.append(&mut self.further_flights);
        let mut ids: Vec<DepartureId> = vec![];
        for item in self.items.iter().filter(|item| item.is_live()) {
            if !ids.contains(&item.flight_id) {
                ids.push(item.flight_id);
            }
        }
        let of_id = |id: &DepartureId| known.iter().find(|flight| flight.flight_id == *id).cloned();
        let mut flights = ids.iter().filter_map(of_id);
        if let Some(first) = flights.next() {
            self.flight_id = Some(first.flight_id);
            self.time_zone = Some(first.time_zone);
            self.flight_details = Some(first.details);
        }
        self.further_flights = flights.collect();
    }

    fn first_flight(&self) -> Option<FurtherFlight> {
        let details = self.flight_details.clone()?;
        Some(FurtherFlight { flight_id: self.flight_id?, time_zone: self.time_zone?, details })
    }

    /// A firm booking reads as its items do, when all of them are alike.
    pub(super) fn restate(&mut self) {
        let live: Vec<ItemStatus> = self
            .items
            .iter()
            .map(|item| item.status)
            .filter(|status| *status != ItemStatus::Cancelled)
            .collect();
        let all = |statuses: &[ItemStatus]| live.iter().all(|status| statuses.contains(status));
        self.status = if live.is_empty() {
            Status::Confirmed
        } else if all(&[ItemStatus::CheckedIn]) {
            Status::CheckedIn
        } else if all(&[ItemStatus::NoShow]) {
            Status::NoShow
        } else if all(&[ItemStatus::Completed, ItemStatus::NoShow]) {
            Status::Completed
        } else {
            Status::Confirmed
        };
    }

    /// What is known of the money, by what is owed and what was paid.
    pub(super) fn repay(&mut self) {
        self.payment_status = if self.awaiting == Some(Awaiting::Payment) {
            PaymentStatus::Due
        } else if 0 < self.amount_paid.minor {
            PaymentStatus::Captured
        } else if self.total_price.minor == 0 {
            PaymentStatus::None
        } else {
            PaymentStatus::Due
        };
    }
}

impl SheetItem {
    /// Whether it holds a unit.
    pub(super) fn is_live(&self) -> bool {
        self.status != ItemStatus::Cancelled
    }
}
