//! Changing a booking that stands, and what becomes of its items.

mod ending;
mod fulfilling;
mod items;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::claiming::release_lost;
use super::hold_booking::{close_hold, flights_of};
use super::manage_booking::is_theirs;
use super::wanted::{Seats, Wanted};
use crate::booking::{
    Booking, BookingCommand, BookingRefusal, DetailsChange, Passenger, PassengerChange, Step,
};
use crate::event::{Family, StreamId};
use crate::refusal::Refusal;
use crate::seat::ReleaseCause;
use crate::tenant::{Settings, Tenant};
use crate::values::{Actor, BookingId, Class, DepartureId, ItemId, PriceLine, Sealed, TenantId};
use crate::world::{Draft, World};

/// Something asked about one booking. A customer may only ask about their own; another's is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeBooking {
    pub booking_id: BookingId,
    pub by: Actor,
    pub change: BookingChange,
    pub now: DateTime<Utc>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookingChange {
    /// Keeps a hold for longer.
    ExtendHold,
    /// Lets a hold go.
    ReleaseHold,
    /// Staff say no.
    Decline {
        /// A word code such as `not_available`.
        reason: String,
        comments: Option<Sealed>,
    },
    /// Lets it stand again, in the same units.
    Reinstate {
        /// Fresh: the claims' ids follow from it.
        fresh: Uuid,
    },
    /// Puts it away.
    Archive,
    /// Mends one passenger's particulars.
    ChangePassenger(Box<PassengerChange>),
    /// Changes what people wrote.
    ChangeDetails(DetailsChange),
    /// Adds units for passengers, old ones and new ones.
    AddItems(Box<AddItems>),
    /// Gives items other units.
    MoveItems(Box<MoveItems>),
    /// Lets two items exchange their seats.
    SwapSeats {
        items: [ItemId; 2],
        /// Fresh: the claims' ids follow from it.
        fresh: Uuid,
    },
    /// Gives one item up; with the last one the booking.
    CancelItem {
        item_id: ItemId,
        /// A word code such as `user_requested`.
        reason: String,
    },
    /// Takes items one step on, or back.
    Fulfil { items: Items, step: Step },
    /// Lets something off, or adds something.
    AdjustPrice {
        price_line: PriceLine,
        /// A word code such as `goodwill`.
        reason: String,
    },
}

/// Which items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Items {
    /// All for which it can be done; at least one.
    Every,
    /// These, or none.
    These(Vec<ItemId>),
}

/// Units to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddItems {
    pub wanted: Vec<Wanted>,
    /// Those among the wanted's passengers who are not on the booking yet. Each needs a unit.
    pub newcomers: Vec<Passenger>,
    /// Fresh ids, two for each unit: an item's and a claim's.
    pub fresh: Vec<Uuid>,
}

/// Units in place of others, all on one departure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveItems {
    pub items: Moved,
    pub to_flight: DepartureId,
    /// Absent: the class that each item has, as far as the departure has it.
    pub class: Option<Class>,
    pub seats: Seats,
    /// Fresh: the claims' ids follow from it.
    pub fresh: Uuid,
}

/// Which items move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// All live ones of a departure; absent: of the first.
    OfFlight(Option<DepartureId>),
    /// This one.
    One(ItemId),
}

impl ChangeBooking {
    /// The booking and its policies, and once it is there, the departures that the change may touch.
    pub(super) fn needs(&self, tenant: TenantId, world: &World) -> Vec<Family> {
        let mut families = vec![Family::Tenant(tenant), Family::Booking(self.booking_id)];
        let mut add = |flights: Vec<DepartureId>| {
            families.extend(flights.into_iter().map(Family::Departure));
        };
        match &self.change {
            BookingChange::Archive
            | BookingChange::ChangePassenger(_)
            | BookingChange::ChangeDetails(_)
            | BookingChange::Fulfil { .. }
            | BookingChange::AdjustPrice { .. }
            | BookingChange::ExtendHold => return families,
            BookingChange::AddItems(add_items) => {
                add(add_items.wanted.iter().map(|wanted| wanted.flight_id).collect());
                return families;
            }
            BookingChange::MoveItems(move_items) => add(vec![move_items.to_flight]),
            BookingChange::ReleaseHold
            | BookingChange::Decline { .. }
            | BookingChange::Reinstate { .. }
            | BookingChange::SwapSeats { .. }
            | BookingChange::CancelItem { .. } => {}
        }
        let booking = world.booking(tenant, self.booking_id);
        add(booking.and_then(Booking::agreement).map(flights_of).unwrap_or_default());
        if let Some(Booking::Held(hold)) = booking {
            families.push(Family::Customer(tenant, hold.agreement.of.customer_id));
        }
        families.sort_unstable();
        families.dedup();
        families
    }

    pub(super) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        let before: Booking = draft.read(&self.stream());
        if !is_theirs(draft.tenant(), &before, self.by) {
            return Err(BookingRefusal::NotFound.into());
        }
        let tenant: Tenant = draft.read(&StreamId::Tenant(draft.tenant()));
        let settings = tenant.settings();
        let (by, now) = (self.by, self.now);
        match self.change.clone() {
            BookingChange::ExtendHold => self.extend_hold(draft, &settings),
            BookingChange::ReleaseHold => self.release_hold(draft, &before),
            BookingChange::Decline { reason, comments } => {
                self.command(draft, BookingCommand::Decline { by, reason, comments, now })?;
                release_lost(draft, &before, &self.stream(), ReleaseCause::Cancelled, now)
            }
            BookingChange::Reinstate { fresh } => self.reinstate(draft, &before, &settings, fresh),
            BookingChange::Archive => self.command(draft, BookingCommand::Archive { by, now }),
            BookingChange::ChangePassenger(change) => {
                self.command(draft, BookingCommand::ChangePassenger { change, by, now })
            }
            BookingChange::ChangeDetails(change) => {
                self.command(draft, BookingCommand::ChangeDetails { change, by, now })
            }
            BookingChange::AddItems(add) => self.add_items(draft, &before, &add, &settings),
            BookingChange::MoveItems(moving) => self.move_items(draft, &before, &moving, &settings),
            BookingChange::SwapSeats { items, fresh } => {
                self.swap_seats(draft, &before, items, fresh, &settings)
            }
            BookingChange::CancelItem { item_id, reason } => {
                let charging = settings.charging(now);
                self.command(draft, BookingCommand::CancelItem { item_id, reason, charging, by, now })?;
                release_lost(draft, &before, &self.stream(), ReleaseCause::Cancelled, now)
            }
            BookingChange::Fulfil { items, step } => self.fulfil(draft, &before, &items, step, &settings),
            BookingChange::AdjustPrice { price_line, reason } => {
                let charging = settings.charging(now);
                self.command(draft, BookingCommand::AdjustPrice { price_line, reason, charging, by, now })
            }
        }
    }

    fn extend_hold(&self, draft: &mut Draft<'_>, settings: &Settings) -> Result<(), Refusal> {
        let until = draft.peek::<Booking, _>(&self.stream(), |booking| match booking {
            Booking::Held(hold) => hold.until,
            Booking::Absent | Booking::Created(_) | Booking::Confirmed(_) | Booking::Ended(..) => self.now,
        });
        let until = until + TimeDelta::minutes(i64::from(settings.hold_minutes));
        let extensions_max = settings.hold_extensions_max;
        let (by, now) = (self.by, self.now);
        self.command(draft, BookingCommand::ExtendHold { until, extensions_max, by, now })
    }

    fn release_hold(&self, draft: &mut Draft<'_>, before: &Booking) -> Result<(), Refusal> {
        self.command(draft, BookingCommand::ReleaseHold { by: self.by, now: self.now })?;
        release_lost(draft, before, &self.stream(), ReleaseCause::Cancelled, self.now)?;
        match before {
            Booking::Held(hold) => close_hold(draft, &hold.agreement, self.now),
            Booking::Absent | Booking::Created(_) | Booking::Confirmed(_) | Booking::Ended(..) => Ok(()),
        }
    }

    const fn stream(&self) -> StreamId {
        StreamId::Booking(self.booking_id)
    }

    fn command(&self, draft: &mut Draft<'_>, command: BookingCommand) -> Result<(), Refusal> {
        Ok(draft.command::<Booking>(&self.stream(), command)?)
    }
}
