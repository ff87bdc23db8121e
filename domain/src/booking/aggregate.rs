use std::sync::Arc;

use chrono::{DateTime, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::agreement::sum;
use super::{
    AgreedItem, Agreement, Awaiting, Balance, BookingCommand, BookingEvent, BookingRefusal, Item, ItemClaim,
    ItemStatus, Order, RefundQuote, Subject,
};
use crate::decide::Decide;
use crate::values::{ItemId, Money};

/// Only what deciding needs; what screens need is a [`Sheet`](super::Sheet).
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Booking {
    /// Never placed.
    #[default]
    Absent,
    /// Units are kept for a while.
    Held(Arc<Hold>),
    /// Agreed, but something is awaited.
    Created(Arc<Agreement>),
    /// Firm.
    Confirmed(Arc<Agreement>),
    /// Over; its units are free again.
    Ended(Ending, Arc<Agreement>),
}

/// Units that are kept, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// What would be agreed to.
    pub agreement: Agreement,
    /// First instant at which it may run out.
    pub until: DateTime<Utc>,
    /// How often it was extended.
    pub extensions: u32,
}

/// How a booking ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// Given up by someone.
    Cancelled,
    /// Turned down by staff.
    Declined,
    /// Not paid in time; or a hold that ran out or was let go.
    Expired,
}

impl Booking {
    /// What was agreed, whatever became of it.
    pub fn agreement(&self) -> Option<&Agreement> {
        match self {
            Self::Absent => None,
            Self::Held(hold) => Some(&hold.agreement),
            Self::Created(agreement) | Self::Confirmed(agreement) | Self::Ended(_, agreement) => {
                Some(agreement)
            }
        }
    }

    /// The items whose units are still held.
    pub fn live_items(&self) -> impl Iterator<Item = &Item> {
        let agreement = match self {
            Self::Absent | Self::Ended(..) => None,
            Self::Held(_) | Self::Created(_) | Self::Confirmed(_) => self.agreement(),
        };
        agreement.into_iter().flat_map(Agreement::live).map(|agreed| &agreed.item)
    }

    fn end(&mut self, ending: Ending, refund: Option<&RefundQuote>) {
        match self {
            Self::Held(hold) => *self = Self::Ended(ending, Arc::new(hold.agreement.clone())),
            Self::Created(agreement) | Self::Confirmed(agreement) => {
                let mut agreement = agreement.clone();
                if let Some(refund) = refund.filter(|refund| 0 < refund.estimated_refund_amount.minor) {
                    Arc::make_mut(&mut agreement).give_back(refund.estimated_refund_amount);
                }
                *self = Self::Ended(ending, agreement);
            }
            Self::Absent | Self::Ended(..) => {}
        }
    }

    fn confirm_now(&mut self) {
        let Self::Created(agreement) = self else { return };
        let paid = if agreement.awaiting == Some(Awaiting::Payment) {
            agreement.total_price
        } else {
            agreement.paid
        };
        let (awaiting, payment_due_at, was_firm) = (None, None, true);
        let settled = Agreement { awaiting, payment_due_at, paid, was_firm, ..(**agreement).clone() };
        *self = Self::Confirmed(Arc::new(settled));
    }

    fn extend(&mut self, until: DateTime<Utc>) {
        if let Self::Held(hold) = self {
            let hold = Arc::make_mut(hold);
            hold.until = until;
            hold.extensions += 1;
        }
    }

    fn reinstate_now(
        &mut self,
        claims: &[ItemClaim],
        awaiting: Option<Awaiting>,
        payment_due_at: Option<DateTime<Utc>>,
    ) {
        let Self::Ended(_, agreement) = self else { return };
        let mut agreement = Agreement { awaiting, payment_due_at, archived: false, ..(**agreement).clone() };
        for ItemClaim { item_id, claim } in claims {
            if let Some(agreed) = agreement.item_mut(*item_id) {
                agreed.item.claim = claim.clone();
                agreed.status = ItemStatus::Claimed;
            }
        }
        let agreement = Arc::new(agreement);
        *self = if awaiting.is_some() { Self::Created(agreement) } else { Self::Confirmed(agreement) };
    }

    /// Changes an agreement that stands, and what is owed for it.
    fn amend(&mut self, balance: &Balance, change: impl FnOnce(&mut Agreement)) {
        let (Self::Created(agreement) | Self::Confirmed(agreement)) = self else { return };
        let mut changed = (**agreement).clone();
        change(&mut changed);
        changed.settle(balance);
        let is_firm = matches!(self, Self::Confirmed(_)) && balance.awaiting.is_none();
        let changed = Arc::new(changed);
        *self = if is_firm { Self::Confirmed(changed) } else { Self::Created(changed) };
    }

    fn set_status(&mut self, item_id: ItemId, status: ItemStatus) {
        let (Self::Created(agreement) | Self::Confirmed(agreement)) = self else { return };
        let agreement = Arc::make_mut(agreement);
        // What is ahead again is not put away.
        agreement.archived &= status != ItemStatus::Claimed;
        if let Some(agreed) = agreement.item_mut(item_id) {
            agreed.status = status;
        }
    }

    fn archive_now(&mut self) {
        match self {
            Self::Created(agreement) | Self::Confirmed(agreement) | Self::Ended(_, agreement) => {
                Arc::make_mut(agreement).archived = true;
            }
            Self::Absent | Self::Held(_) => {}
        }
    }
}

impl Ending {
    /// As readers of refusals and lists see it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
            Self::Expired => "expired",
        }
    }
}

impl Subject {
    /// Whose order it is.
    pub fn of(order: &Order) -> Self {
        Self {
            booking_id: order.booking_id,
            booking_reference: order.booking_reference.clone(),
            user_id: order.user_id,
            customer_id: order.customer_id,
        }
    }
}

impl Decide for Booking {
    fn decide(&self, command: BookingCommand) -> Result<Vec<BookingEvent>, BookingRefusal> {
        match command {
            BookingCommand::Hold { order, until, by, now } => self.hold(order, until, by, now),
            BookingCommand::ExtendHold { until, extensions_max, by, now } => {
                self.extend_hold(until, extensions_max, by, now)
            }
            BookingCommand::ReleaseHold { by, now } => self.release_hold(by, now),
            BookingCommand::Place { order, by, now } => self.place(order, by, now),
            BookingCommand::Confirm { by, now } => self.confirm(by, now),
            BookingCommand::Decline { by, reason, comments, now } => self.decline(by, reason, comments, now),
            BookingCommand::Cancel { by, reason, comments, now } => self.cancel(by, reason, comments, now),
            BookingCommand::Expire { now } => self.expire(now),
            BookingCommand::Reinstate { claims, payment_due_at, by, now } => {
                self.reinstate(claims, payment_due_at, by, now)
            }
            BookingCommand::Archive { by, now } => self.archive(by, now),
            BookingCommand::ChangePassenger { change, by, now } => self.change_passenger(change, by, now),
            BookingCommand::ChangeDetails { change, by, now } => self.change_details(change, by, now),
            BookingCommand::AddItem { item, flight, passenger, charging, by, now } => {
                self.add_item(item, flight, passenger, charging, by, now)
            }
            BookingCommand::MoveItems { moves, flight, charging, by, now } => {
                self.move_items(moves, &flight, charging, by, now)
            }
            BookingCommand::CancelItem { item_id, reason, charging, by, now } => {
                self.cancel_item(item_id, reason, charging, by, now)
            }
            BookingCommand::Fulfil { item_id, step, windows, by, now } => {
                self.fulfil(item_id, step, windows, by, now)
            }
            BookingCommand::AdjustPrice { price_line, reason, charging, by, now } => {
                self.adjust_price(price_line, reason, charging, by, now)
            }
        }
    }

    fn evolve(&mut self, event: &BookingEvent) {
        match event {
            BookingEvent::Held { order, hold_expires_at, .. } => {
                let (agreement, until) = (Agreement::of(order), *hold_expires_at);
                *self = Self::Held(Arc::new(Hold { agreement, until, extensions: 0 }));
            }
            BookingEvent::HoldExtended { hold_expires_at, .. } => self.extend(*hold_expires_at),
            BookingEvent::Created { order, .. } => *self = Self::Created(Arc::new(Agreement::of(order))),
            BookingEvent::Confirmed { .. } => self.confirm_now(),
            BookingEvent::Cancelled { refund, .. } => self.end(Ending::Cancelled, Some(refund)),
            BookingEvent::Declined { refund, .. } => self.end(Ending::Declined, Some(refund)),
            BookingEvent::HoldReleased { .. } | BookingEvent::Expired { .. } => {
                self.end(Ending::Expired, None);
            }
            BookingEvent::Reinstated { claims, awaiting, payment_due_at, .. } => {
                self.reinstate_now(claims, *awaiting, *payment_due_at);
            }
            BookingEvent::Archived { .. } => self.archive_now(),
            BookingEvent::PassengerChanged { .. } | BookingEvent::DetailsChanged { .. } => {}
            BookingEvent::ItemAdded { item, passenger, balance, .. } => self.amend(balance, |agreement| {
                agreement.passengers.extend(passenger.iter().map(|passenger| passenger.id));
                agreement.items.push(AgreedItem { item: (**item).clone(), status: ItemStatus::Claimed });
            }),
            BookingEvent::ItemMoved { item_id, to, price_lines, balance, .. } => {
                self.amend(balance, |agreement| {
                    agreement.item_mut(*item_id).into_iter().for_each(|one| one.moved(to, price_lines));
                });
            }
            BookingEvent::ItemCancelled { item_id, price_lines, balance, .. } => {
                self.amend(balance, |agreement| {
                    agreement.item_mut(*item_id).into_iter().for_each(|one| one.given_up(price_lines));
                });
            }
            BookingEvent::ItemCheckedIn(of) => self.set_status(of.item_id, ItemStatus::CheckedIn),
            BookingEvent::ItemCompleted(of) => self.set_status(of.item_id, ItemStatus::Completed),
            BookingEvent::ItemMarkedNoShow(of) => self.set_status(of.item_id, ItemStatus::NoShow),
            BookingEvent::CheckInReverted(of) | BookingEvent::NoShowReverted(of) => {
                self.set_status(of.item_id, ItemStatus::Claimed);
            }
            BookingEvent::PriceAdjusted { price_line, balance, .. } => self.amend(balance, |agreement| {
                let adjusted = agreement.adjusted.minor.saturating_add(sum(std::slice::from_ref(price_line)));
                agreement.adjusted = Money::of(adjusted, agreement.adjusted.currency);
            }),
        }
    }
}

impl Aggregate for Booking {
    const TYPE: &'static str = "booking";
    type Command = BookingCommand;
    type Event = BookingEvent;
    type Error = BookingRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: BookingCommand,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), BookingRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: BookingEvent) {
        self.evolve(&event);
    }
}
