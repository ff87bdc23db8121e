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
    /// Confirmed once: whoever travels stays the same from then on.
    pub was_firm: bool,
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
            was_firm: false,
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

    /// When the first of the items that are still ahead starts; cut-offs and tiers count from it.
    pub fn earliest_start(&self) -> Option<DateTime<Utc>> {
        self.open().map(|agreed| agreed.item.claim.span().from()).min()
    }

    pub(super) fn may_still_confirm(&self, now: DateTime<Utc>) -> Result<(), BookingRefusal> {
        match self.payment_due_at {
            Some(due_at) if due_at <= now => Err(BookingRefusal::PaymentWindowPassed { due_at }),
            Some(_) | None => Ok(()),
        }
    }

    /// The strictest cut-off that has passed, in minutes: of the items ahead, from the earliest start (S3-4).
    /// Customers alone are bound by it.
    pub(super) fn cut_off_passed(&self, by: Actor, now: DateTime<Utc>) -> Option<u32> {
        if by.kind != ActorKind::Customer {
            return None;
        }
        let start = self.earliest_start()?;
        let closed = |agreed: &&AgreedItem| !agreed.item.terms.may_cancel(start - now);
        self.open().filter(closed).map(|agreed| agreed.item.terms.cancel_cutoff_minutes).max()
    }

    /// What comes back when all that is ahead is given up: what was paid and is not kept.
    pub(super) fn refund(&self, by: Actor, now: DateTime<Utc>) -> RefundQuote {
        let kept: i64 = match by.kind {
            ActorKind::System => total(self.used().map(AgreedItem::price)),
            ActorKind::Customer | ActorKind::Staff => {
                let open = total(self.open().map(|agreed| self.kept_of(agreed, by, now)));
                let closed = total(self.items.iter().filter(|one| !one.is_open()).map(AgreedItem::price));
                open.saturating_add(closed).saturating_add(self.adjusted.minor)
            }
        };
        let back = self.paid.minor.saturating_sub(kept).clamp(0, self.paid.minor);
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

    /// What all lines and adjustments come to after a change; below nothing when more was let off than is left.
    pub(super) fn changed_sum(&self, change: i64) -> Result<i64, BookingRefusal> {
        let lines = total(self.items.iter().map(AgreedItem::price)).saturating_add(self.adjusted.minor);
        lines.checked_add(change).filter(|sum| *sum < i64::MAX).ok_or(BookingRefusal::PriceOutOfRange)
    }

    /// How the booking stands when its lines come to so much. Nobody is owed more than was paid.
    pub(super) fn balance(&self, sum: i64, is_firm: bool, charging: Charging) -> Balance {
        let total = sum.max(0);
        let money = |minor| Money::of(minor, self.total_price.currency);
        let owes = self.paid.minor < total;
        let due_at = match charging {
            Charging::Beforehand { due_at } => Some(due_at),
            Charging::OnSite => None,
        };
        let charged = is_firm && due_at.is_some() && self.total_price.minor < total;
        let awaiting = match self.awaiting {
            Some(Awaiting::Payment) => owes.then_some(Awaiting::Payment),
            Some(other) => Some(other),
            None => (owes && charged).then_some(Awaiting::Payment),
        };
        let payment_due_at = match (awaiting, self.awaiting) {
            (Some(_), Some(_)) => self.payment_due_at,
            (Some(_), None) => due_at.filter(|_| self.paid.minor == 0),
            (None, _) => None,
        };
        let refund_amount = money(self.paid.minor.saturating_sub(total).max(0));
        Balance { total_price: money(total), awaiting, payment_due_at, refund_amount }
    }

    pub(super) fn settle(&mut self, balance: &Balance) {
        self.total_price = balance.total_price;
        self.awaiting = balance.awaiting;
        self.payment_due_at = balance.payment_due_at;
        self.paid.minor = self.paid.minor.saturating_sub(balance.refund_amount.minor);
        self.archived &= balance.awaiting.is_none();
    }

    /// It has ended, and so much comes back: whoever lets it stand again asks for it anew.
    pub(super) fn give_back(&mut self, refund: Money) {
        if 0 < refund.minor {
            self.paid.minor = self.paid.minor.saturating_sub(refund.minor);
            self.awaiting = Some(Awaiting::Payment);
        }
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

fn total(prices: impl Iterator<Item = i64>) -> i64 {
    prices.fold(0, i64::saturating_add)
}

/// Lines of one currency together, in minor units; as much as can be counted.
pub fn sum(lines: &[PriceLine]) -> i64 {
    lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.price.minor))
}
