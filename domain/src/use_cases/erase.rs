//! A person is forgotten: the customer, those who travelled with their bookings, and the account.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::booking::Booking;
use crate::customer::{Customer, CustomerCommand, CustomerRefusal};
use crate::event::{Family, StreamId};
use crate::refusal::Refusal;
use crate::user::{User, UserCommand};
use crate::values::{BookingId, CustomerId, PassengerId, TenantId, UserId};
use crate::world::Draft;

/// Bookings of one request at most: who has more is forgotten in several.
pub const ERASED_BOOKINGS_MAX: usize = 100;

/// Forgets a customer within the draft's tenant. Bookings stay as they are; nothing of them can be read that was
/// anybody's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EraseCustomer {
    pub customer_id: CustomerId,
    /// The customer's account, which is deactivated; absent for a customer without one.
    pub user_id: Option<UserId>,
    /// Bookings of theirs, at most [`ERASED_BOOKINGS_MAX`]. One that is another's is passed over.
    pub bookings: Vec<BookingId>,
    pub now: DateTime<Utc>,
}

impl EraseCustomer {
    pub(super) fn needs(&self, tenant: TenantId) -> Vec<Family> {
        let users = self.user_id.map(|user_id| Family::User(tenant, user_id));
        let bookings = self.bookings.iter().map(|id| Family::Booking(*id));
        [Family::Customer(tenant, self.customer_id)].into_iter().chain(users).chain(bookings).collect()
    }

    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let Self { customer_id, now, .. } = *self;
        let theirs = self.theirs(draft);
        let open = theirs.iter().filter(|booking| is_ahead(booking, now)).count();
        if 0 < open {
            return Err(CustomerRefusal::StillTravels { open }.into());
        }
        let passenger_ids = passengers(&theirs);
        let erase = CustomerCommand::Erase { customer_id, passenger_ids, now };
        draft.command::<Customer>(&StreamId::Customer(draft.tenant(), customer_id), erase)?;
        self.deactivate(draft)
    }

    fn theirs(&self, draft: &mut Draft<'_>) -> Vec<Booking> {
        let bookings = self.bookings.iter().map(|id| draft.read::<Booking>(&StreamId::Booking(*id)));
        let is_theirs = |booking: &Booking| {
            booking.agreement().is_some_and(|agreement| agreement.of.customer_id == self.customer_id)
        };
        bookings.filter(is_theirs).collect()
    }

    fn deactivate(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let Some(user_id) = self.user_id else { return Ok(()) };
        let stream = StreamId::User(draft.tenant(), user_id);
        match draft.read::<User>(&stream) {
            User::Absent | User::Deactivated => Ok(()),
            User::Active { .. } => {
                Ok(draft.command::<User>(&stream, UserCommand::Deactivate { now: self.now })?)
            }
        }
    }
}

/// Whether somebody is still to travel on it. Who has boarded travels until it is over.
fn is_ahead(booking: &Booking, now: DateTime<Utc>) -> bool {
    match booking {
        Booking::Held(_) => true,
        Booking::Created(agreement) | Booking::Confirmed(agreement) => {
            agreement.open().any(|agreed| now < agreed.item.claim.span().until())
        }
        Booking::Absent | Booking::Ended(..) => false,
    }
}

/// Each once.
fn passengers(bookings: &[Booking]) -> Vec<PassengerId> {
    let agreements = bookings.iter().filter_map(Booking::agreement);
    let passengers: BTreeSet<PassengerId> =
        agreements.flat_map(|agreement| agreement.passengers.iter().copied()).collect();
    passengers.into_iter().collect()
}
