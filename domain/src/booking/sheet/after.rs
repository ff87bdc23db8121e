//! The sheet after one more event.

use chrono::{DateTime, Utc};

use super::begin::kind;
use super::{Sheet, SheetItem, SheetPassenger, Status};
use crate::booking::{
    Awaiting, Balance, BookingEvent, Claim, DetailsChange, Fulfilment, ItemClaim, ItemStatus,
    PassengerChange, RefundQuote, RefundStatus,
};
use crate::departure::Flight;
use crate::values::{ItemId, Money, PriceLine};

impl Sheet {
    /// The sheet after one more event, `version` being its sequence. Nothing before the first; what the sheet has
    /// seen changes nothing.
    pub fn after(before: Option<Self>, event: &BookingEvent, version: i64) -> Option<Self> {
        if before.as_ref().is_some_and(|sheet| version <= sheet.version) {
            return before;
        }
        if let BookingEvent::Created { order, created_at, .. } = event {
            return Some(Self::new(order, *created_at, version));
        }
        if let BookingEvent::Held { order, hold_expires_at, held_at, .. } = event {
            let hold_expires_at = Some(*hold_expires_at);
            let sheet = Self::new(order, *held_at, version);
            return Some(Self { status: Status::Held, hold_expires_at, ..sheet });
        }
        let mut sheet = before?;
        let at = sheet.apply(event);
        (sheet.updated_at, sheet.version) = (at, version);
        Some(sheet)
    }

    /// Takes an event in, and says when it was.
    fn apply(&mut self, event: &BookingEvent) -> DateTime<Utc> {
        match event {
            BookingEvent::Held { held_at: at, .. } | BookingEvent::Created { created_at: at, .. } => *at,
            BookingEvent::HoldExtended { hold_expires_at, extended_at, .. } => {
                self.hold_expires_at = Some(*hold_expires_at);
                *extended_at
            }
            BookingEvent::Confirmed { confirmation_timestamp: at, .. } => self.confirmed(*at),
            BookingEvent::Declined { decline_reason, refund, declined_at, .. } => {
                self.declined_at = Some(*declined_at);
                self.decline_reason = Some(decline_reason.clone());
                self.quoted(refund);
                self.ended(Status::Declined, *declined_at)
            }
            BookingEvent::Cancelled { cancellation_reason, refund, cancelled_at, .. } => {
                self.cancelled_at = Some(*cancelled_at);
                self.cancellation_reason = Some(cancellation_reason.clone());
                self.quoted(refund);
                self.ended(Status::Cancelled, *cancelled_at)
            }
            BookingEvent::Expired { expired_at: at, .. }
            | BookingEvent::HoldReleased { released_at: at, .. } => {
                self.expired_at = Some(*at);
                self.ended(Status::Expired, *at)
            }
            BookingEvent::Reinstated { claims, awaiting, payment_due_at, reinstated_at, .. } => {
                self.reinstated(claims, *awaiting, *payment_due_at);
                *reinstated_at
            }
            BookingEvent::Archived { archived_at: at, .. } => self.put_away(*at),
            BookingEvent::PassengerChanged { passenger, changed_at, .. } => {
                self.mend(passenger);
                *changed_at
            }
            BookingEvent::DetailsChanged { details, changed_at, .. } => {
                self.rewrite(details);
                *changed_at
            }
            BookingEvent::ItemAdded { item, flight, passenger, balance, added_at, .. } => {
                let items = std::slice::from_ref(&**item);
                let newcomer = passenger.iter().map(|passenger| SheetPassenger::of(passenger, items));
                self.passengers.extend(newcomer);
                self.items.push(SheetItem::of(item, std::slice::from_ref(&**flight)));
                self.amended(Some(&**flight), balance);
                *added_at
            }
            BookingEvent::ItemMoved { item_id, to, price_lines, flight, balance, moved_at, .. } => {
                self.moved(*item_id, to, price_lines, flight);
                self.amended(Some(&**flight), balance);
                *moved_at
            }
            BookingEvent::ItemCancelled { item_id, price_lines, balance, cancelled_at, .. } => {
                if let Some(item) = self.item_mut(*item_id) {
                    (item.status, item.price_lines) = (ItemStatus::Cancelled, price_lines.clone());
                }
                self.amended(None, balance);
                *cancelled_at
            }
            BookingEvent::ItemCheckedIn(of) => self.fulfilled(of, ItemStatus::CheckedIn),
            BookingEvent::ItemCompleted(of) => self.fulfilled(of, ItemStatus::Completed),
            BookingEvent::ItemMarkedNoShow(of) => self.fulfilled(of, ItemStatus::NoShow),
            BookingEvent::CheckInReverted(of) | BookingEvent::NoShowReverted(of) => {
                self.fulfilled(of, ItemStatus::Claimed)
            }
            BookingEvent::PriceAdjusted { price_line, balance, adjusted_at, .. } => {
                self.adjustments.push(price_line.clone());
                self.amended(None, balance);
                *adjusted_at
            }
        }
    }

    fn confirmed(&mut self, at: DateTime<Utc>) -> DateTime<Utc> {
        if self.awaiting == Some(Awaiting::Payment) {
            self.amount_paid = self.total_price;
        }
        (self.awaiting, self.payment_due_at, self.confirmed_at) = (None, None, Some(at));
        self.restate();
        self.repay();
        at
    }

    const fn put_away(&mut self, at: DateTime<Utc>) -> DateTime<Utc> {
        self.archived = true;
        at
    }

    /// What took place stays so.
    fn ended(&mut self, status: Status, at: DateTime<Utc>) -> DateTime<Utc> {
        let open = |item: &&mut SheetItem| matches!(item.status, ItemStatus::Claimed | ItemStatus::CheckedIn);
        self.items.iter_mut().filter(open).for_each(|item| item.status = ItemStatus::Cancelled);
        (self.status, self.awaiting, self.payment_due_at, self.hold_expires_at) = (status, None, None, None);
        at
    }

    /// What comes back now, with what came back before.
    fn quoted(&mut self, refund: &RefundQuote) {
        self.give_back(refund.estimated_refund_amount);
        self.show_refund(self.amount_refunded.minor, true);
    }

    const fn give_back(&mut self, refund: Money) {
        self.amount_paid.minor = self.amount_paid.minor.saturating_sub(refund.minor);
        self.amount_refunded.minor = self.amount_refunded.minor.saturating_add(refund.minor);
    }

    fn show_refund(&mut self, minor: i64, has_ended: bool) {
        let status = if 0 < minor { RefundStatus::Initiated } else { RefundStatus::NotDue };
        let is_shown = has_ended || 0 < minor;
        self.refund_status = is_shown.then_some(status);
        self.estimated_refund_amount = is_shown.then_some(Money::of(minor, self.currency));
    }

    fn reinstated(
        &mut self,
        claims: &[ItemClaim],
        awaiting: Option<Awaiting>,
        payment_due_at: Option<DateTime<Utc>>,
    ) {
        for ItemClaim { item_id, .. } in claims {
            self.item_mut(*item_id).into_iter().for_each(|item| item.status = ItemStatus::Claimed);
        }
        (self.awaiting, self.payment_due_at, self.archived) = (awaiting, payment_due_at, false);
        (self.cancelled_at, self.cancellation_reason, self.expired_at) = (None, None, None);
        self.show_refund(self.amount_refunded.minor, false);
        match awaiting {
            Some(_) => self.status = Status::Created,
            None => self.restate(),
        }
        self.repay();
    }

    fn mend(&mut self, change: &PassengerChange) {
        for passenger in &mut self.passengers {
            if change.is_primary {
                passenger.is_primary = passenger.passenger_id == change.id;
            }
            if passenger.passenger_id == change.id {
                passenger.mend(change);
            }
        }
    }

    fn rewrite(&mut self, change: &DetailsChange) {
        if let Some(special_requests) = &change.special_requests {
            self.special_requests.clone_from(special_requests);
        }
        if let Some(notes) = &change.notes {
            self.notes.clone_from(notes);
        }
    }

    fn moved(&mut self, item_id: ItemId, to: &Claim, price_lines: &[PriceLine], flight: &Flight) {
        let Some(item) = self.item_mut(item_id) else { return };
        *item = SheetItem {
            kind: kind(to).to_owned(),
            flight_id: to.flight_id(),
            flight_number: Some(flight.flight_number.clone()),
            class: to.class().clone(),
            seat_number: to.seat_number(),
            units: to.units(),
            start_time: to.span().from(),
            end_time: to.span().until(),
            price_lines: price_lines.to_vec(),
            ..item.clone()
        };
    }

    fn amended(&mut self, new: Option<&Flight>, balance: &Balance) {
        (self.total_price, self.awaiting) = (balance.total_price, balance.awaiting);
        self.payment_due_at = balance.payment_due_at;
        self.archived &= balance.awaiting.is_none();
        self.give_back(balance.refund_amount);
        self.show_refund(self.amount_refunded.minor, false);
        self.recount(new);
        match (self.status, balance.awaiting) {
            (Status::Held | Status::Created, _) => {}
            (_, Some(_)) => self.status = Status::Created,
            (_, None) => self.restate(),
        }
        self.repay();
    }

    fn fulfilled(&mut self, of: &Fulfilment, status: ItemStatus) -> DateTime<Utc> {
        self.item_mut(of.item_id).into_iter().for_each(|item| item.status = status);
        self.archived &= status != ItemStatus::Claimed;
        self.restate();
        of.at
    }

    fn item_mut(&mut self, item_id: ItemId) -> Option<&mut SheetItem> {
        self.items.iter_mut().find(|item| item.item_id == item_id)
    }
}

impl SheetPassenger {
    fn mend(&mut self, change: &PassengerChange) {
        let PassengerChange { first_name, last_name, email, phone_number, date_of_birth, .. } = change;
        first_name.iter().for_each(|new| self.first_name.clone_from(new));
        last_name.iter().for_each(|new| self.last_name.clone_from(new));
        let optional = [
            (&mut self.email, email),
            (&mut self.phone_number, phone_number),
            (&mut self.date_of_birth, date_of_birth),
            (&mut self.passport_number, &change.passport_number),
        ];
        for (field, new) in optional {
            if new.is_some() {
                field.clone_from(new);
            }
        }
    }
}
