use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::CustomerEvent;
use crate::decide::Decide;
use crate::values::{BookingId, CustomerId};

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
}

/// Why a command on a customer was turned down. Nothing is stored when it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomerRefusal {
    #[error("{open} holds are open already: place one, or let one go")]
    TooManyHolds {
        /// As many as may be.
        open: u32,
    },
}

impl CustomerRefusal {
    /// Stable, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooManyHolds { .. } => "TOO_MANY_HOLDS",
        }
    }
}

/// Which holds are open. Never more at once than the business allowed when the last one began.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub(super) holds: BTreeSet<BookingId>,
}

impl Decide for Customer {
    fn decide(&self, command: CustomerCommand) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        match command {
            CustomerCommand::OpenHold { booking_id, .. } if self.holds.contains(&booking_id) => Ok(vec![]),
            CustomerCommand::OpenHold { max, .. } if max as usize <= self.holds.len() => {
                Err(CustomerRefusal::TooManyHolds { open: max })
            }
            CustomerCommand::OpenHold { customer_id, booking_id, now, .. } => {
                Ok(vec![CustomerEvent::HoldOpened { customer_id, booking_id, opened_at: now }])
            }
            CustomerCommand::CloseHold { customer_id, booking_id, now } => {
                let closed = CustomerEvent::HoldClosed { customer_id, booking_id, closed_at: now };
                Ok(self.holds.contains(&booking_id).then_some(closed).into_iter().collect())
            }
        }
    }

    fn evolve(&mut self, event: &CustomerEvent) {
        match event {
            CustomerEvent::HoldOpened { booking_id, .. } => drop(self.holds.insert(*booking_id)),
            CustomerEvent::HoldClosed { booking_id, .. } => drop(self.holds.remove(booking_id)),
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
