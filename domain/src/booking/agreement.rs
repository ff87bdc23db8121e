//! What both sides agreed to, and the arithmetic on it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Awaiting, Balance, BookingRefusal, Charging, Claim, Item, ItemStatus, Order, RefundQuote, Subject,
};
use crate::values::{Actor, ActorKind, ItemId, Money, PassengerId, PriceKind, PriceLine};

/// Only what deciding needs of an order, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    pub of: Subject,
    /// Those that were given up stay, with what is kept of their price.
    pub items: Vec<AgreedItem>,
    /// Who travels; nobody while it is only held.
    pub passengers: Vec<PassengerId>,
    /// All adjustments of the price together.
    pub adjusted: Money,
    /// The sum of all items' lines and the adjustments.
    pub total_price: Money,
    /// What was paid and has not come back.
    pub paid: Money,
    /// Nothing once it is confirmed.
    pub awaiting: Option<Awaiting>,
    /// First instant at which it may expire. Absent: it never does.
    pub payment_due_at: Option<DateTime<Utc>>,
    /// Put away.
    pub archived: bool,
}

/// An item and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedItem {
    pub item: Item,
    pub status: ItemStatus,
}

impl Agreement {
    /// That of an order.
    pub fn of(order: &Order) -> Self {
        let agreed = |item: &Item| AgreedItem { item: item.clone(), status: ItemStatus::Claimed };
        Self {
            of: Subject::of(order),
            items: order.items.iter().map(agreed).collect(),
            passengers: order.passengers.iter().map(|passenger| passenger.id).collect(),
            adjusted: Money::zero(order.currency),
            total_price: order.total_price,
            paid: Money::zero(order.currency),
            awaiting: order.awaiting,
            payment_due_at: order.payment_due_at,
            archived: false,
        }
    }

    /// Items that hold a unit.
    pub fn live(&self) -> impl Iterator<Item = &AgreedItem> {
        self.items.iter().filter(|agreed| agreed.status != ItemStatus::Cancelled)
    }

    /// Items that are still ahead.
    pub fn open(&self) -> impl Iterator<Item = &AgreedItem> {
        self.items.iter().filter(|agreed| agreed.is_open())
    }

    /// One of them.
    pub fn item(&self, item_id: ItemId) -> Option<&AgreedItem> {
        self.items.iter().find(|agreed| agreed.item.item_id == item_id)
    }

    /// When the first of the live items starts; cut-offs count from it.
    pub fn earliest_start(&self) -> Option<DateTime<Utc>> {
        self.live().map(|agreed| agreed.item.claim.span().from()).min()
    }

    pub(super) fn may_still_confirm(&self, now: DateTime<Utc>) -> Result<(), BookingRefusal> {
        match self.payment_due_at {
            Some(due_at) if due_at <= now => Err(BookingRefusal::PaymentWindowPassed { due_at }),
            Some(_) | None => Ok(()),
        }
    }

    /// The strictest cut-off that has passed, in minutes: of the live items, from the earliest start (S3-4).
    /// Customers alone are bound by it.
    pub(super) fn cut_off_passed(&self, by: Actor, now: DateTime<Utc>) -> Option<u32> {
        if by.kind != ActorKind::Customer {
            return None;
        }
        let start = self.earliest_start()?;
        let closed = |agreed: &&AgreedItem| !agreed.item.terms.may_cancel(start - now);
        self.live().filter(closed).map(|agreed| agreed.item.terms.cancel_cutoff_minutes).max()
    }

    /// What comes back when all that is ahead is given up: what was paid and is not kept.
    pub(super) fn refund(&self, by: Actor, now: DateTime<Utc>) -> RefundQuote {
        let kept: i64 = match by.kind {
            ActorKind::System => self.used().map(AgreedItem::price).sum(),
            ActorKind::Customer | ActorKind::Staff => {
                let open: i64 = self.open().map(|agreed| self.kept_of(agreed, by, now)).sum();
                let closed: i64 = self.items.iter().filter(|one| !one.is_open()).map(AgreedItem::price).sum();
                open + closed + self.adjusted.minor
            }
        };
        let back = (self.paid.minor - kept).clamp(0, self.paid.minor);
        RefundQuote::of(Money::of(back, self.paid.currency))
    }

    /// What is kept of an item that is given up alone: nothing of one that nobody paid for.
    pub(super) fn kept_lines(&self, agreed: &AgreedItem, by: Actor, now: DateTime<Utc>) -> Vec<PriceLine> {
        let kept = if 0 < self.paid.minor { self.kept_of(agreed, by, now) } else { 0 };
        let price = Money::of(kept, self.total_price.currency);
        (kept != 0).then_some(PriceLine { kind: PriceKind::Fee, price }).into_iter().collect()
    }

    /// What the tiers leave of its price, rounded down for each item by itself.
    fn kept_of(&self, agreed: &AgreedItem, by: Actor, now: DateTime<Utc>) -> i64 {
        let percent = match (by.kind, self.earliest_start()) {
            (ActorKind::System, _) | (_, None) => 100,
            (ActorKind::Customer | ActorKind::Staff, Some(start)) => {
                agreed.item.terms.refund_percent(start - now)
            }
        };
        let price = agreed.price();
        price - Money::of(price, self.total_price.currency).percent(percent).minor
    }

    fn used(&self) -> impl Iterator<Item = &AgreedItem> {
        self.live().filter(|agreed| !agreed.is_open())
    }

    /// How the booking stands when its price changes by so much.
    pub(super) fn balance(
        &self,
        change: i64,
        is_firm: bool,
        charging: Charging,
    ) -> Result<Balance, BookingRefusal> {
        let total = self.total_price.minor.checked_add(change).filter(|total| 0 <= *total);
        let total = total.ok_or(BookingRefusal::PriceOutOfRange)?;
        let money = |minor| Money::of(minor, self.total_price.currency);
        let owes = self.paid.minor < total;
        let charged = is_firm && charging == Charging::Beforehand && self.total_price.minor < total;
        let awaiting = match self.awaiting {
            Some(Awaiting::Payment) => owes.then_some(Awaiting::Payment),
            Some(other) => Some(other),
            None => (owes && charged).then_some(Awaiting::Payment),
        };
        let refund_amount = money((self.paid.minor - total).max(0));
        Ok(Balance { total_price: money(total), awaiting, refund_amount })
    }

    pub(super) fn settle(&mut self, balance: &Balance) {
        // A difference has no deadline: what was paid before is never lost to it.
        if self.awaiting.is_none() {
            self.payment_due_at = None;
        }
        self.total_price = balance.total_price;
        self.awaiting = balance.awaiting;
        self.paid.minor -= balance.refund_amount.minor;
    }

    pub(super) fn item_mut(&mut self, item_id: ItemId) -> Option<&mut AgreedItem> {
        self.items.iter_mut().find(|agreed| agreed.item.item_id == item_id)
    }
}

impl AgreedItem {
    /// Whether it is still ahead.
    pub const fn is_open(&self) -> bool {
        matches!(self.status, ItemStatus::Claimed | ItemStatus::CheckedIn)
    }

    /// Its lines together, in minor units of the booking's currency.
    pub fn price(&self) -> i64 {
        sum(&self.item.price_lines)
    }

    pub(super) fn moved(&mut self, to: &Claim, price_lines: &[PriceLine]) {
        self.item.claim = to.clone();
        self.item.price_lines = price_lines.to_vec();
    }

    pub(super) fn given_up(&mut self, kept: &[PriceLine]) {
        self.status = ItemStatus::Cancelled;
        self.item.price_lines = kept.to_vec();
    }
}

/// Lines of one currency together, in minor units; as much as can be counted.
pub fn sum(lines: &[PriceLine]) -> i64 {
    lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.price.minor))
}
