//! Holding units for a while, and placing what was held.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::claiming::{Claiming, ahead, must_have_unit, span_of};
use super::manage_booking::is_theirs;
use super::place_booking::payment_due_at;
use super::{ordering, wanted::Wanted};
use crate::booking::{
    Agreement, Awaiting, Booking, BookingCommand, BookingRefusal, Item, Order, Passenger, Subject,
};
use crate::customer::{Customer, CustomerCommand};
use crate::departure::Schedule;
use crate::event::{Family, StreamId};
use crate::refusal::{Refusal, SaleRefusal};
use crate::tenant::Tenant;
use crate::values::{
    Actor, BookingId, BookingReference, CustomerId, DepartureId, Money, Sealed, TenantId, UserId,
};
use crate::world::{Draft, World};

/// Units to be kept for a customer. Nobody is named yet, nothing is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldBooking {
    pub booking_id: BookingId,
    /// Tried in order; the first that is not another booking's is taken.
    pub references: Vec<BookingReference>,
    pub user_id: Option<UserId>,
    pub customer_id: CustomerId,
    pub by: Actor,
    /// At least one. Their passengers only say how many units are wanted.
    pub wanted: Vec<Wanted>,
    /// When given, refused if it would cost anything else.
    pub expected_total: Option<Money>,
    /// Fresh ids, two for each unit: an item's and a claim's.
    pub fresh: Vec<Uuid>,
    pub now: DateTime<Utc>,
}

/// A hold that becomes a booking, at the price at which it was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceHeld {
    pub booking_id: BookingId,
    pub by: Actor,
    /// Those who need a unit get those of each departure in their order.
    pub passengers: Vec<Passenger>,
    pub special_requests: Option<Sealed>,
    pub notes: Option<Sealed>,
    pub expected_total: Option<Money>,
    pub now: DateTime<Utc>,
}

impl HoldBooking {
    pub(super) fn needs(&self, tenant: TenantId) -> Vec<Family> {
        let flights = self.wanted.iter().map(|wanted| Family::Departure(wanted.flight_id));
        [Family::Tenant(tenant), Family::Customer(tenant, self.customer_id)]
            .into_iter()
            .chain(flights)
            .collect()
    }

    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let tenant: Tenant = draft.read(&StreamId::Tenant(draft.tenant()));
        let settings = tenant.selling()?;
        let claiming = Claiming { booking_id: self.booking_id, now: self.now };
        let (mut items, flights) = claiming.wanted(draft, &self.wanted, settings, &self.fresh)?;
        items.iter_mut().for_each(|item| item.passenger_id = None);
        let total_price = ordering::total(items.iter())?;
        ordering::as_expected(total_price, self.expected_total)?;
        let Self { booking_id, user_id, customer_id, .. } = *self;
        let booking_reference = ordering::reference(draft, booking_id, &self.references);
        let of = Subject { booking_id, booking_reference, user_id, customer_id };
        let order = Box::new(Order::of(of, items, flights, total_price));
        let until = self.now + TimeDelta::minutes(i64::from(settings.hold_minutes));
        let hold = BookingCommand::Hold { order, until, by: self.by, now: self.now };
        draft.command::<Booking>(&StreamId::Booking(self.booking_id), hold)?;
        self.count(draft, settings.holds_per_customer_max)
    }

    fn count(&self, draft: &mut Draft<'_>, max: u32) -> Result<(), Refusal> {
        let Self { customer_id, booking_id, now, .. } = *self;
        let open = CustomerCommand::OpenHold { customer_id, booking_id, max, now };
        Ok(draft.command::<Customer>(&StreamId::Customer(draft.tenant(), customer_id), open)?)
    }
}

impl PlaceHeld {
    /// The hold, and once it is there, what it holds and whose it is.
    pub(super) fn needs(&self, tenant: TenantId, world: &World) -> Vec<Family> {
        let mut families = vec![Family::Tenant(tenant), Family::Booking(self.booking_id)];
        if let Some(Booking::Held(hold)) = world.booking(tenant, self.booking_id) {
            families.push(Family::Customer(tenant, hold.agreement.of.customer_id));
            families.extend(flights_of(&hold.agreement).into_iter().map(Family::Departure));
        }
        families
    }

    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let stream = StreamId::Booking(self.booking_id);
        let booking: Booking = draft.read(&stream);
        let held = self.held(draft.tenant(), &booking)?;
        let tenant: Tenant = draft.read(&StreamId::Tenant(draft.tenant()));
        let settings = tenant.selling()?;
        ordering::as_expected(held.total_price, self.expected_total)?;
        let schedules = flights_of(held).into_iter().map(|id| ahead(draft, id, self.now));
        let schedules = schedules.collect::<Result<Vec<_>, Refusal>>()?;
        let payment_due_at = payment_due_at(held.total_price, settings, self.now);
        let order = Box::new(self.order(held, &schedules, payment_due_at)?);
        draft.command::<Booking>(&stream, BookingCommand::Place { order, by: self.by, now: self.now })?;
        close_hold(draft, held, self.now)
    }

    /// What is held, if it is this caller's to place.
    fn held<'b>(&self, tenant: TenantId, booking: &'b Booking) -> Result<&'b Agreement, Refusal> {
        if !is_theirs(tenant, booking, self.by) {
            return Err(BookingRefusal::NotFound.into());
        }
        match booking {
            Booking::Absent => Err(BookingRefusal::NotFound.into()),
            Booking::Held(hold) => Ok(&hold.agreement),
            Booking::Created(_) | Booking::Confirmed(_) => Err(BookingRefusal::HoldWasPlaced.into()),
            Booking::Ended(ending, _) => Err(BookingRefusal::Ended { ending: ending.word() }.into()),
        }
    }

    fn order(
        &self,
        held: &Agreement,
        schedules: &[Arc<Schedule>],
        payment_due_at: Option<DateTime<Utc>>,
    ) -> Result<Order, Refusal> {
        let mut items = self.items(held)?;
        items.iter_mut().try_for_each(|item| as_scheduled(item, schedules))?;
        let flights = schedules.iter().map(|schedule| schedule.flight.clone()).collect();
        Ok(Order {
            passengers: self.passengers.clone(),
            special_requests: self.special_requests.clone(),
            notes: self.notes.clone(),
            awaiting: payment_due_at.map(|_| Awaiting::Payment),
            payment_due_at,
            ..Order::of(held.of.clone(), items, flights, held.total_price)
        })
    }

    /// Each departure's items, one for each passenger that needs one.
    fn items(&self, held: &Agreement) -> Result<Vec<Item>, Refusal> {
        let seated: Vec<_> = self.passengers.iter().filter(|one| one.kind.needs_seat()).collect();
        let mut items: Vec<Item> = held.live().map(|agreed| agreed.item.clone()).collect();
        for flight_id in flights_of(held) {
            let on_it = |item: &&mut Item| item.claim.flight_id() == flight_id;
            let of_flight: Vec<&mut Item> = items.iter_mut().filter(on_it).collect();
            if of_flight.len() != seated.len() {
                let (seats, passengers) = (of_flight.len(), seated.len());
                return Err(SaleRefusal::SeatCount { seats, passengers }.into());
            }
            for (item, passenger) in of_flight.into_iter().zip(&seated) {
                item.passenger_id = Some(passenger.id);
            }
        }
        Ok(items)
    }
}

/// The departure may have got another time or other seats while the item was held.
fn as_scheduled(item: &mut Item, schedules: &[Arc<Schedule>]) -> Result<(), Refusal> {
    let flight_id = item.claim.flight_id();
    for schedule in schedules.iter().filter(|schedule| schedule.flight.flight_id == flight_id) {
        must_have_unit(schedule, &item.claim)?;
        item.claim = item.claim.during(span_of(&schedule.flight));
    }
    Ok(())
}

/// The departures of its live items, each once, in their order.
pub(super) fn flights_of(agreement: &Agreement) -> Vec<DepartureId> {
    let mut flights = vec![];
    for agreed in agreement.live() {
        let flight_id = agreed.item.claim.flight_id();
        if !flights.contains(&flight_id) {
            flights.push(flight_id);
        }
    }
    flights
}

/// The customer has one hold less.
pub(super) fn close_hold(draft: &mut Draft<'_>, held: &Agreement, now: DateTime<Utc>) -> Result<(), Refusal> {
    let (customer_id, booking_id) = (held.of.customer_id, held.of.booking_id);
    let close = CustomerCommand::CloseHold { customer_id, booking_id, now };
    Ok(draft.command::<Customer>(&StreamId::Customer(draft.tenant(), customer_id), close)?)
}
