use chrono::{DateTime, Utc};

use super::Standing;
use crate::booking::agreement::sum;
use crate::booking::{
    AgreedItem, Balance, Booking, BookingEvent, BookingRefusal, Charging, DetailsChange, Ending, Item,
    ItemMove, ItemStatus, Passenger, PassengerChange,
};
use crate::departure::Flight;
use crate::values::{Actor, ActorKind, ItemId, Money, PriceLine};

type Decided = Result<Vec<BookingEvent>, BookingRefusal>;

/// Most items of one booking, those given up included.
pub const ITEMS_MAX: usize = 1_000;

impl Booking {
    pub(in crate::booking) fn change_passenger(
        &self,
        passenger: Box<PassengerChange>,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        let standing = self.standing()?;
        if !standing.agreement.passengers.contains(&passenger.id) {
            return Err(BookingRefusal::NoSuchPassenger);
        }
        if standing.agreement.was_firm {
            return Err(BookingRefusal::PassengersLocked);
        }
        let of = standing.agreement.of.clone();
        Ok(vec![BookingEvent::PassengerChanged { of, passenger, changed_by: by, changed_at: now }])
    }

    pub(in crate::booking) fn change_details(
        &self,
        details: DetailsChange,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        let of = self.standing()?.agreement.of.clone();
        if details == DetailsChange::default() {
            return Ok(vec![]);
        }
        Ok(vec![BookingEvent::DetailsChanged { of, details, changed_by: by, changed_at: now }])
    }

    /// An item, if it can have another unit now. The engine may move whoever has checked in, too.
    ///
    /// # Errors
    /// When the booking does not stand, the cut-off has passed, or the item is not (only) claimed.
    pub fn movable(
        &self,
        item_id: ItemId,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Result<&AgreedItem, BookingRefusal> {
        let agreed = self.standing()?.item(item_id)?;
        self.changeable(by, now)?;
        let may_move = match by.kind {
            ActorKind::System => agreed.is_open(),
            ActorKind::Customer | ActorKind::Staff => agreed.status == ItemStatus::Claimed,
        };
        if !may_move {
            return Err(BookingRefusal::ItemIs { status: agreed.status.word() });
        }
        Ok(agreed)
    }

    /// Whether its items may be changed: customers may as long as they could cancel it.
    ///
    /// # Errors
    /// When the booking does not stand, or the cut-off has passed.
    pub fn changeable(&self, by: Actor, now: DateTime<Utc>) -> Result<(), BookingRefusal> {
        match self.standing()?.agreement.cut_off_passed(by, now) {
            Some(minutes) => Err(BookingRefusal::TooLateToChange { minutes }),
            None => Ok(()),
        }
    }

    pub(in crate::booking) fn add_item(
        &self,
        item: Box<Item>,
        flight: Box<Flight>,
        passenger: Option<Box<Passenger>>,
        charging: Charging,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        self.changeable(by, now)?;
        let standing = self.standing()?;
        if ITEMS_MAX <= standing.agreement.items.len() {
            return Err(BookingRefusal::TooManyItems { max: ITEMS_MAX });
        }
        standing.in_currency(&item.price_lines)?;
        let balance = standing.balance(sum(&item.price_lines), charging)?;
        let of = standing.agreement.of.clone();
        let added_at = now;
        let added = BookingEvent::ItemAdded { of, item, flight, passenger, balance, added_by: by, added_at };
        Ok(standing.settled(vec![added], balance, by, now))
    }

    /// All of them are one change: each event says how the booking stands in the end, the last one what comes back.
    pub(in crate::booking) fn move_items(
        &self,
        moves: Vec<ItemMove>,
        flight: &Flight,
        charging: Charging,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        let standing = self.standing()?;
        let mut change = 0_i64;
        for ItemMove { item_id, price_lines, .. } in &moves {
            standing.in_currency(price_lines)?;
            let before = self.movable(*item_id, by, now)?.price();
            change = change.saturating_add(sum(price_lines)).saturating_sub(before);
        }
        let balance = standing.balance(change, charging)?;
        let nothing_yet = Balance { refund_amount: Money::zero(balance.total_price.currency), ..balance };
        let last = moves.len().saturating_sub(1);
        let mut events = vec![];
        for (index, ItemMove { item_id, to, price_lines }) in moves.into_iter().enumerate() {
            events.push(BookingEvent::ItemMoved {
                of: standing.agreement.of.clone(),
                item_id,
                from: standing.item(item_id)?.item.claim.clone(),
                to,
                price_lines,
                flight: Box::new(flight.clone()),
                balance: if index == last { balance } else { nothing_yet },
                moved_by: by,
                moved_at: now,
            });
        }
        Ok(standing.settled(events, balance, by, now))
    }

    /// With the last of its items the booking itself is given up.
    pub(in crate::booking) fn cancel_item(
        &self,
        item_id: ItemId,
        reason: String,
        charging: Charging,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        if let Self::Ended(Ending::Cancelled, agreement) = self {
            return agreement.item(item_id).map(|_| vec![]).ok_or(BookingRefusal::NoSuchItem);
        }
        let standing = self.standing()?;
        let agreed = standing.item(item_id)?;
        if agreed.status == ItemStatus::Cancelled {
            return Ok(vec![]);
        }
        if !agreed.is_open() {
            return Err(BookingRefusal::ItemIs { status: agreed.status.word() });
        }
        if standing.agreement.live().count() == 1 {
            return self.cancel(by, reason, None, now);
        }
        if let Some(minutes) = standing.agreement.cut_off_passed(by, now) {
            return Err(BookingRefusal::TooLateToCancel { minutes });
        }
        let price_lines = standing.agreement.kept_lines(agreed, by, now);
        let change = sum(&price_lines).saturating_sub(agreed.price());
        let balance = standing.balance(change, charging)?;
        let cancelled = BookingEvent::ItemCancelled {
            of: standing.agreement.of.clone(),
            item_id,
            cancellation_reason: reason,
            price_lines,
            balance,
            cancelled_by: by,
            cancelled_at: now,
        };
        Ok(standing.settled(vec![cancelled], balance, by, now))
    }

    pub(in crate::booking) fn adjust_price(
        &self,
        price_line: PriceLine,
        reason: String,
        charging: Charging,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        let standing = self.standing()?;
        standing.in_currency(std::slice::from_ref(&price_line))?;
        let sum = standing.agreement.changed_sum(price_line.price.minor)?;
        if price_line.price.minor == 0 || sum < 0 {
            return Err(BookingRefusal::PriceOutOfRange);
        }
        let balance = standing.balance(price_line.price.minor, charging)?;
        let adjusted = BookingEvent::PriceAdjusted {
            of: standing.agreement.of.clone(),
            price_line,
            adjustment_reason: reason,
            balance,
            adjusted_by: by,
            adjusted_at: now,
        };
        Ok(standing.settled(vec![adjusted], balance, by, now))
    }
}

impl<'b> Standing<'b> {
    fn item(&self, item_id: ItemId) -> Result<&'b AgreedItem, BookingRefusal> {
        self.agreement.item(item_id).ok_or(BookingRefusal::NoSuchItem)
    }

    fn in_currency(&self, lines: &[PriceLine]) -> Result<(), BookingRefusal> {
        let currency = self.agreement.total_price.currency;
        if lines.iter().all(|line| line.price.currency == currency) {
            return Ok(());
        }
        Err(BookingRefusal::MixedCurrencies)
    }

    fn balance(&self, change: i64, charging: Charging) -> Result<Balance, BookingRefusal> {
        let sum = self.agreement.changed_sum(change)?;
        Ok(self.agreement.balance(sum, self.is_firm, charging))
    }

    /// The changes, and that nothing is owed any more, if that is so.
    fn settled(
        &self,
        mut changes: Vec<BookingEvent>,
        balance: Balance,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Vec<BookingEvent> {
        let is_settled = !self.is_firm && balance.awaiting.is_none();
        let confirmed = is_settled.then(|| BookingEvent::Confirmed {
            of: self.agreement.of.clone(),
            confirmed_by: by,
            confirmation_timestamp: now,
        });
        changes.extend(confirmed);
        changes
    }
}
