//! Use cases: what a request commands, over one aggregate or several, in one commit.
//!
//! A use case says which streams it needs in memory and is then decided from their states. Everything it needs
//! besides (the clock, fresh ids, chance) is in the request.

mod change_booking;
mod choose;
mod claiming;
mod erase;
mod flights;
mod hold_booking;
mod manage_booking;
mod ordering;
mod place_booking;
#[cfg(test)]
mod scenarios;
mod settle_departure;
mod tenants;
mod users;
mod wanted;

pub use change_booking::{AddItems, BookingChange, ChangeBooking, Items, MoveItems, Moved};
pub use erase::{ERASED_BOOKINGS_MAX, EraseCustomer};
pub use flights::{
    CancelDeparture, ChangeSeatMap, Depart, NewTime, RequestRebooking, RescheduleDeparture,
    ScheduleDeparture, SetSales, SetSeat,
};
pub use hold_booking::{HoldBooking, PlaceHeld};
pub use manage_booking::{CancelBooking, ConfirmBooking, ExpireBooking};
pub use place_booking::PlaceBooking;
pub use settle_departure::SettleDeparture;
pub use tenants::{ApproveTenant, RegisterTenant};
pub use users::CommandUser;
pub use wanted::{Seats, Wanted};

use crate::event::{Family, StreamId};
use crate::refusal::Refusal;
use crate::values::TenantId;
use crate::world::{Draft, World};

/// Everything that can be asked of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UseCase {
    RegisterTenant(RegisterTenant),
    ApproveTenant(ApproveTenant),
    ScheduleDeparture(Box<ScheduleDeparture>),
    CancelDeparture(CancelDeparture),
    SetSales(SetSales),
    RescheduleDeparture(Box<RescheduleDeparture>),
    ChangeSeatMap(Box<ChangeSeatMap>),
    Depart(Depart),
    RequestRebooking(Box<RequestRebooking>),
    SetSeat(SetSeat),
    SettleDeparture(SettleDeparture),
    PlaceBooking(Box<PlaceBooking>),
    ConfirmBooking(ConfirmBooking),
    CancelBooking(CancelBooking),
    ExpireBooking(ExpireBooking),
    HoldBooking(Box<HoldBooking>),
    PlaceHeld(Box<PlaceHeld>),
    ChangeBooking(Box<ChangeBooking>),
    CommandUser(Box<CommandUser>),
    EraseCustomer(Box<EraseCustomer>),
}

impl UseCase {
    /// Families that must be in memory before it can be decided, as far as can be said by now: ask again when
    /// they are there.
    pub fn needs(&self, tenant: TenantId, world: &World) -> Vec<Family> {
        match self {
            Self::RegisterTenant(_) | Self::ApproveTenant(_) => vec![Family::Tenant(tenant)],
            Self::ScheduleDeparture(case) => vec![Family::Departure(case.flight.flight_id)],
            Self::CancelDeparture(case) => vec![Family::Departure(case.flight_id)],
            Self::SetSales(case) => vec![Family::Departure(case.flight_id)],
            Self::RescheduleDeparture(case) => vec![Family::Departure(case.flight_id)],
            Self::ChangeSeatMap(case) => vec![Family::Departure(case.flight_id)],
            Self::Depart(case) => vec![Family::Departure(case.flight_id)],
            Self::RequestRebooking(case) => case.needs(),
            Self::SetSeat(case) => vec![Family::Departure(case.flight_id)],
            Self::SettleDeparture(case) => case.needs(tenant, world),
            Self::PlaceBooking(case) => case.needs(tenant),
            Self::ConfirmBooking(case) => vec![Family::Booking(case.booking_id)],
            Self::CancelBooking(case) => manage_booking::needs(tenant, case.booking_id, world),
            Self::ExpireBooking(case) => manage_booking::needs(tenant, case.booking_id, world),
            Self::HoldBooking(case) => case.needs(tenant),
            Self::PlaceHeld(case) => case.needs(tenant, world),
            Self::ChangeBooking(case) => case.needs(tenant, world),
            Self::CommandUser(case) => vec![Family::User(tenant, case.user_id)],
            Self::EraseCustomer(case) => case.needs(tenant),
        }
    }

    /// The stream that an answer is about; the ledger keeps it.
    pub fn subject(&self, tenant: TenantId) -> StreamId {
        match self {
            Self::RegisterTenant(_) | Self::ApproveTenant(_) => StreamId::Tenant(tenant),
            Self::ScheduleDeparture(case) => StreamId::Departure(case.flight.flight_id),
            Self::CancelDeparture(case) => StreamId::Departure(case.flight_id),
            Self::SetSales(case) => StreamId::Departure(case.flight_id),
            Self::RescheduleDeparture(case) => StreamId::Departure(case.flight_id),
            Self::ChangeSeatMap(case) => StreamId::Departure(case.flight_id),
            Self::Depart(case) => StreamId::Departure(case.flight_id),
            Self::RequestRebooking(case) => StreamId::Departure(case.flight_id),
            Self::SetSeat(case) => StreamId::Departure(case.flight_id),
            Self::SettleDeparture(case) => StreamId::Departure(case.flight_id),
            Self::PlaceBooking(case) => StreamId::Booking(case.booking_id),
            Self::ConfirmBooking(case) => StreamId::Booking(case.booking_id),
            Self::CancelBooking(case) => StreamId::Booking(case.booking_id),
            Self::ExpireBooking(case) => StreamId::Booking(case.booking_id),
            Self::HoldBooking(case) => StreamId::Booking(case.booking_id),
            Self::PlaceHeld(case) => StreamId::Booking(case.booking_id),
            Self::ChangeBooking(case) => StreamId::Booking(case.booking_id),
            Self::CommandUser(case) => StreamId::User(tenant, case.user_id),
            Self::EraseCustomer(case) => StreamId::Customer(tenant, case.customer_id),
        }
    }

    /// Decides it. An empty draft means that it is already so.
    ///
    /// # Errors
    /// The first refusal of any part: nothing of the draft may be stored then, but what it touched counts.
    pub fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        match self {
            Self::RegisterTenant(case) => case.decide(draft),
            Self::ApproveTenant(case) => case.decide(draft),
            Self::ScheduleDeparture(case) => case.decide(draft),
            Self::CancelDeparture(case) => case.decide(draft),
            Self::SetSales(case) => case.decide(draft),
            Self::RescheduleDeparture(case) => case.decide(draft),
            Self::ChangeSeatMap(case) => case.decide(draft),
            Self::Depart(case) => case.decide(draft),
            Self::RequestRebooking(case) => case.decide(draft),
            Self::SetSeat(case) => case.decide(draft),
            Self::SettleDeparture(case) => case.decide(draft),
            Self::PlaceBooking(case) => case.decide(draft),
            Self::ConfirmBooking(case) => case.decide(draft),
            Self::CancelBooking(case) => case.decide(draft),
            Self::ExpireBooking(case) => case.decide(draft),
            Self::HoldBooking(case) => case.decide(draft),
            Self::PlaceHeld(case) => case.decide(draft),
            Self::ChangeBooking(case) => case.decide(draft),
            Self::CommandUser(case) => case.decide(draft),
            Self::EraseCustomer(case) => case.decide(draft),
        }
    }
}
