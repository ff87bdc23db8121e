use std::sync::Arc;

use chrono::{DateTime, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::order::earliest_start;
use super::{
    Awaiting, BookingCommand, BookingEvent, BookingRefusal, Item, Order, RefundQuote, RefundStatus, Subject,
};
use crate::decide::Decide;
use crate::values::{Actor, ActorKind, Money, Sealed};

/// Only what deciding needs; what screens need is a [`Sheet`](super::Sheet).
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Booking {
    /// Never placed.
    #[default]
    Absent,
    /// Agreed, but something is awaited.
    Created(Arc<Agreement>),
    /// Firm.
    Confirmed(Arc<Agreement>),
    /// Over; its units are free again.
    Ended(Ending, Arc<Agreement>),
}

/// What both sides agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    pub of: Subject,
    pub items: Vec<Item>,
    pub total_price: Money,
    /// Nothing once it is confirmed.
    pub awaiting: Option<Awaiting>,
    /// First instant at which it may expire. Absent: it never does.
    pub payment_due_at: Option<DateTime<Utc>>,
}

/// How a booking ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// Given up by someone.
    Cancelled,
    /// Not paid in time.
    Expired,
}

impl Booking {
    /// What was agreed, whatever became of it.
    pub fn agreement(&self) -> Option<&Agreement> {
        match self {
            Self::Absent => None,
            Self::Created(agreement) | Self::Confirmed(agreement) | Self::Ended(_, agreement) => {
                Some(agreement)
            }
        }
    }

    /// The items whose units are still held.
    pub fn live_items(&self) -> &[Item] {
        match self {
            Self::Absent | Self::Ended(..) => &[],
            Self::Created(agreement) | Self::Confirmed(agreement) => &agreement.items,
        }
    }

    fn place(
        &self,
        order: Box<Order>,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Result<Vec<BookingEvent>, BookingRefusal> {
        if order.items.is_empty() {
            return Err(BookingRefusal::NothingOrdered);
        }
        match self {
            Self::Absent => {
                let confirmed = order.awaiting.is_none().then(|| BookingEvent::Confirmed {
                    of: Subject::of(&order),
                    confirmed_by: by,
                    confirmation_timestamp: now,
                });
                let created = BookingEvent::Created { order, created_by: by, created_at: now };
                Ok(std::iter::once(created).chain(confirmed).collect())
            }
            Self::Created(_) | Self::Confirmed(_) | Self::Ended(..) => Err(BookingRefusal::AlreadyPlaced),
        }
    }

    fn confirm(&self, by: Actor, now: DateTime<Utc>) -> Result<Vec<BookingEvent>, BookingRefusal> {
        match self {
            Self::Absent => Err(BookingRefusal::NotFound),
            Self::Created(agreement) => {
                agreement.may_still_confirm(now)?;
                let of = agreement.of.clone();
                Ok(vec![BookingEvent::Confirmed { of, confirmed_by: by, confirmation_timestamp: now }])
            }
            Self::Confirmed(_) => Ok(vec![]),
            Self::Ended(ending, _) => Err(BookingRefusal::Ended { ending: ending.word() }),
        }
    }

    fn cancel(
        &self,
        by: Actor,
        reason: String,
        comments: Option<Sealed>,
        now: DateTime<Utc>,
    ) -> Result<Vec<BookingEvent>, BookingRefusal> {
        let (agreement, paid) = match self {
            Self::Absent => return Err(BookingRefusal::NotFound),
            Self::Ended(Ending::Expired, _) => return Err(BookingRefusal::CannotCancelExpired),
            Self::Ended(Ending::Cancelled, _) => return Ok(vec![]),
            Self::Created(agreement) => (agreement, false),
            Self::Confirmed(agreement) => (agreement, true),
        };
        if by.kind == ActorKind::Customer {
            agreement.may_still_cancel(now)?;
        }
        Ok(vec![BookingEvent::Cancelled {
            of: agreement.of.clone(),
            cancellation_reason: reason,
            comments,
            refund: agreement.refund(paid, by, now),
            cancelled_by: by,
            cancelled_at: now,
        }])
    }

    fn expire(&self, now: DateTime<Utc>) -> Result<Vec<BookingEvent>, BookingRefusal> {
        match self {
            Self::Absent => Err(BookingRefusal::NotFound),
            Self::Created(agreement) => {
                let due_at = agreement.payment_due_at.ok_or(BookingRefusal::NeverExpires)?;
                if now < due_at {
                    return Err(BookingRefusal::PaymentWindowOpen { due_at });
                }
                Ok(vec![BookingEvent::Expired { of: agreement.of.clone(), expired_at: now }])
            }
            Self::Confirmed(_) | Self::Ended(..) => Ok(vec![]),
        }
    }

    fn end(&mut self, ending: Ending) {
        if let Self::Created(agreement) | Self::Confirmed(agreement) = self {
            *self = Self::Ended(ending, agreement.clone());
        }
    }
}

impl Agreement {
    fn may_still_confirm(&self, now: DateTime<Utc>) -> Result<(), BookingRefusal> {
        match self.payment_due_at {
            Some(due_at) if due_at <= now => Err(BookingRefusal::PaymentWindowPassed { due_at }),
            Some(_) | None => Ok(()),
        }
    }

    /// The strictest of the items' cut-offs counts, from the earliest start (S3-4).
    fn may_still_cancel(&self, now: DateTime<Utc>) -> Result<(), BookingRefusal> {
        let Some(start) = earliest_start(&self.items) else { return Ok(()) };
        let closed = |item: &&Item| !item.terms.may_cancel(start - now);
        let strictest = self.items.iter().filter(closed).map(|item| item.terms.cancel_cutoff_minutes).max();
        strictest.map_or(Ok(()), |minutes| Err(BookingRefusal::TooLateToCancel { minutes }))
    }

    /// What comes back: all when the engine itself cancels, else by the tiers; nothing when nothing was paid.
    fn refund(&self, paid: bool, by: Actor, now: DateTime<Utc>) -> RefundQuote {
        let percent = |item: &Item| match (by.kind, earliest_start(&self.items)) {
            (ActorKind::System, _) | (_, None) => 100,
            (ActorKind::Customer | ActorKind::Staff, Some(start)) => item.terms.refund_percent(start - now),
        };
        let lines = |item: &Item| item.price_lines.iter().map(|line| line.price.minor).sum();
        let back =
            |item: &Item| Money::of(lines(item), self.total_price.currency).percent(percent(item)).minor;
        let minor = if paid { self.items.iter().map(back).sum() } else { 0 };
        RefundQuote {
            refund_status: if 0 < minor { RefundStatus::Initiated } else { RefundStatus::NotDue },
            estimated_refund_amount: Money::of(minor, self.total_price.currency),
        }
    }
}

impl Ending {
    /// As readers of refusals and lists see it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
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
            BookingCommand::Place { order, by, now } => self.place(order, by, now),
            BookingCommand::Confirm { by, now } => self.confirm(by, now),
            BookingCommand::Cancel { by, reason, comments, now } => self.cancel(by, reason, comments, now),
            BookingCommand::Expire { now } => self.expire(now),
        }
    }

    fn evolve(&mut self, event: &BookingEvent) {
        match event {
            BookingEvent::Created { order, .. } => {
                *self = Self::Created(Arc::new(Agreement {
                    of: Subject::of(order),
                    items: order.items.clone(),
                    total_price: order.total_price,
                    awaiting: order.awaiting,
                    payment_due_at: order.payment_due_at,
                }));
            }
            BookingEvent::Confirmed { .. } => {
                if let Self::Created(agreement) = self {
                    let settled = Agreement { awaiting: None, payment_due_at: None, ..(**agreement).clone() };
                    *self = Self::Confirmed(Arc::new(settled));
                }
            }
            BookingEvent::Cancelled { .. } => self.end(Ending::Cancelled),
            BookingEvent::Expired { .. } => self.end(Ending::Expired),
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
