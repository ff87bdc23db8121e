use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::CustomerEvent;
use crate::decide::Decide;
use crate::values::{BookingId, CustomerId, PassengerId};

/// What may be asked of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerCommand {
    /// One more hold. The same again is nothing to do.
    OpenHold {
        customer_id: CustomerId,
        booking_id: BookingId,
        /// Holds that may be open at once.
        max: u32,
        now: DateTime<Utc>,
    },
    /// The hold is over. One that is not open is nothing to do.
    CloseHold { customer_id: CustomerId, booking_id: BookingId, now: DateTime<Utc> },
    /// The person, and the passengers named, are to be forgotten. The same again is nothing to do.
    Erase { customer_id: CustomerId, passenger_ids: Vec<PassengerId>, now: DateTime<Utc> },
}

/// Why a command on a customer was turned down. Nothing is stored when it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomerRefusal {
    #[error("{open} holds are open already: place one, or let one go")]
    TooManyHolds {
        /// As many as may be.
        open: u32,
    },
    #[error("the personal data of this customer was erased: nothing more is kept of them")]
    Erased,
    #[error(
        "bookings of this customer that are still ahead, or held: {open}; cancel them, and let holds go, first"
    )]
    StillTravels { open: usize },
}

impl CustomerRefusal {
    /// Stable, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooManyHolds { .. } => "TOO_MANY_HOLDS",
            Self::Erased => "CUSTOMER_ERASED",
            Self::StillTravels { .. } => "CUSTOMER_HAS_BOOKINGS",
        }
    }
}

/// Which holds are open, and who is forgotten. Never more holds at once than the business allowed when the last one
/// began.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub(super) holds: BTreeSet<BookingId>,
    /// The passengers who were forgotten with the customer; nothing as long as the customer is not.
    pub(super) erased: Option<BTreeSet<PassengerId>>,
}

impl Customer {
    fn open_hold(
        &self,
        customer_id: CustomerId,
        booking_id: BookingId,
        max: u32,
        now: DateTime<Utc>,
    ) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        if self.holds.contains(&booking_id) {
            return Ok(vec![]);
        }
        if self.erased.is_some() {
            return Err(CustomerRefusal::Erased);
        }
        if max as usize <= self.holds.len() {
            return Err(CustomerRefusal::TooManyHolds { open: max });
        }
        Ok(vec![CustomerEvent::HoldOpened { customer_id, booking_id, opened_at: now }])
    }

    fn erase(
        &self,
        customer_id: CustomerId,
        mut passenger_ids: Vec<PassengerId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        if !self.holds.is_empty() {
            return Err(CustomerRefusal::StillTravels { open: self.holds.len() });
        }
        passenger_ids.retain(|id| self.erased.as_ref().is_none_or(|erased| !erased.contains(id)));
        if self.erased.is_some() && passenger_ids.is_empty() {
            return Ok(vec![]);
        }
        Ok(vec![CustomerEvent::Erased { customer_id, passenger_ids, erased_at: now }])
    }
}

impl Decide for Customer {
    fn decide(&self, command: CustomerCommand) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        match command {
            CustomerCommand::OpenHold { customer_id, booking_id, max, now } => {
                self.open_hold(customer_id, booking_id, max, now)
            }
            CustomerCommand::CloseHold { customer_id, booking_id, now } => {
                let closed = CustomerEvent::HoldClosed { customer_id, booking_id, closed_at: now };
                Ok(self.holds.contains(&booking_id).then_some(closed).into_iter().collect())
            }
            CustomerCommand::Erase { customer_id, passenger_ids, now } => {
                self.erase(customer_id, passenger_ids, now)
            }
        }
    }

    fn evolve(&mut self, event: &CustomerEvent) {
        match event {
            CustomerEvent::HoldOpened { booking_id, .. } => drop(self.holds.insert(*booking_id)),
            CustomerEvent::HoldClosed { booking_id, .. } => drop(self.holds.remove(booking_id)),
            CustomerEvent::Erased { passenger_ids, .. } => {
                self.erased.get_or_insert_default().extend(passenger_ids);
            }
        }
    }
}

impl Aggregate for Customer {
    const TYPE: &'static str = "customer";
    type Command = CustomerCommand;
    type Event = CustomerEvent;
    type Error = CustomerRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: CustomerCommand,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), CustomerRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: CustomerEvent) {
        self.evolve(&event);
    }
}
