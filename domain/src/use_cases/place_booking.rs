//! Placing a booking: several items over several departures, all or nothing.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::claiming::Claiming;
use super::ordering;
use super::wanted::Wanted;
use crate::booking::{Awaiting, Booking, BookingCommand, Item, Order, Passenger, Subject};
use crate::departure::Flight;
use crate::event::{Family, StreamId};
use crate::refusal::Refusal;
use crate::tenant::{Settings, Tenant};
use crate::values::{Actor, BookingId, BookingReference, CustomerId, Money, Sealed, TenantId, UserId};
use crate::world::Draft;

/// An order as it comes in, with everything that deciding needs besides the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBooking {
    pub booking_id: BookingId,
    /// Tried in order; the first that is not another booking's is taken.
    pub references: Vec<BookingReference>,
    pub user_id: Option<UserId>,
    pub customer_id: CustomerId,
    pub by: Actor,
    /// At least one.
    pub wanted: Vec<Wanted>,
    pub passengers: Vec<Passenger>,
    pub special_requests: Option<Sealed>,
    pub notes: Option<Sealed>,
    /// When given, the order is refused if it would cost anything else.
    pub expected_total: Option<Money>,
    /// Fresh ids, two for each passenger of each wanted departure: an item's and a claim's.
    pub fresh: Vec<Uuid>,
    pub now: DateTime<Utc>,
}

impl PlaceBooking {
    pub(super) fn needs(&self, tenant: TenantId) -> Vec<Family> {
        let flights = self.wanted.iter().map(|wanted| Family::Departure(wanted.flight_id));
        std::iter::once(Family::Tenant(tenant)).chain(flights).collect()
    }

    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let tenant: Tenant = draft.read(&StreamId::Tenant(draft.tenant()));
        let settings = tenant.selling()?;
        let claiming = Claiming { booking_id: self.booking_id, now: self.now };
        let (items, flights) = claiming.wanted(draft, &self.wanted, settings, &self.fresh)?;
        let total_price = ordering::total(items.iter())?;
        ordering::as_expected(total_price, self.expected_total)?;
        let reference = ordering::reference(draft, self.booking_id, &self.references);
        let order = self.order(reference, items, flights, total_price, settings);
        let place = BookingCommand::Place { order: Box::new(order), by: self.by, now: self.now };
        Ok(draft.command::<Booking>(&StreamId::Booking(self.booking_id), place)?)
    }

    fn order(
        &self,
        booking_reference: BookingReference,
        items: Vec<Item>,
        flights: Vec<Flight>,
        total_price: Money,
        settings: &Settings,
    ) -> Order {
        let Self { booking_id, user_id, customer_id, .. } = *self;
        let of = Subject { booking_id, booking_reference, user_id, customer_id };
        let payment_due_at = payment_due_at(total_price, settings, self.now);
        Order {
            passengers: self.passengers.clone(),
            special_requests: self.special_requests.clone(),
            notes: self.notes.clone(),
            awaiting: payment_due_at.map(|_| Awaiting::Payment),
            payment_due_at,
            ..Order::of(of, items, flights, total_price)
        }
    }
}

/// Until when so much is to be paid; nothing when there is nothing to pay, or it is paid on site.
pub(super) fn payment_due_at(
    total_price: Money,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let window = settings.payment_window_minutes;
    (0 < total_price.minor && 0 < window).then(|| now + TimeDelta::minutes(i64::from(window)))
}
