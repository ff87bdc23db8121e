use chrono::{DateTime, Utc};

use super::{Claim, DetailsChange, Item, ItemClaim, Order, Passenger, PassengerChange};
use crate::departure::Flight;
use crate::values::{Actor, ItemId, PriceLine, Sealed};

/// What callers may ask of a booking. Every command carries `now`, so deciding never reads a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookingCommand {
    /// Keeps units for a while; they are claimed in the same commit.
    Hold { order: Box<Order>, until: DateTime<Utc>, by: Actor, now: DateTime<Utc> },
    /// Keeps them for longer.
    ExtendHold {
        until: DateTime<Utc>,
        /// How often a hold may be extended at most.
        extensions_max: u32,
        by: Actor,
        now: DateTime<Utc>,
    },
    /// Lets them go. Sending it twice is harmless.
    ReleaseHold { by: Actor, now: DateTime<Utc> },
    /// Agrees to the order; the units are claimed in the same commit, or were held.
    Place { order: Box<Order>, by: Actor, now: DateTime<Utc> },
    /// Makes the agreement firm: paid at the desk, or approved.
    Confirm { by: Actor, now: DateTime<Utc> },
    /// Staff say no to what was not confirmed yet.
    Decline {
        by: Actor,
        /// A word code such as `not_available`.
        reason: String,
        /// Sealed under the customer's key.
        comments: Option<Sealed>,
        now: DateTime<Utc>,
    },
    /// Gives it up. Sending it twice is harmless.
    Cancel {
        by: Actor,
        /// A word code such as `user_requested`.
        reason: String,
        /// Sealed under the customer's key.
        comments: Option<Sealed>,
        now: DateTime<Utc>,
    },
    /// Ends a booking that was not paid in time, or a hold that ran out. Sent on old news, so it never touches one
    /// that was confirmed.
    Expire { now: DateTime<Utc> },
    /// Lets it stand again; its units are claimed anew in the same commit.
    Reinstate {
        claims: Vec<ItemClaim>,
        /// When it would have to be paid, if something is owed.
        payment_due_at: DateTime<Utc>,
        by: Actor,
        now: DateTime<Utc>,
    },
    /// Puts it away when it is over.
    Archive { by: Actor, now: DateTime<Utc> },
    /// Mends a passenger's particulars.
    ChangePassenger { change: Box<PassengerChange>, by: Actor, now: DateTime<Utc> },
    /// Changes what people wrote.
    ChangeDetails { change: DetailsChange, by: Actor, now: DateTime<Utc> },
    /// Adds a unit, which is claimed in the same commit.
    AddItem {
        item: Box<Item>,
        flight: Box<Flight>,
        passenger: Option<Box<Passenger>>,
        charging: Charging,
        by: Actor,
        now: DateTime<Utc>,
    },
    /// Gives items other units of one departure; both are released and claimed in the same commit.
    MoveItems { moves: Vec<ItemMove>, flight: Box<Flight>, charging: Charging, by: Actor, now: DateTime<Utc> },
    /// Gives one of several items up.
    CancelItem { item_id: ItemId, reason: String, charging: Charging, by: Actor, now: DateTime<Utc> },
    /// Takes an item one step on, or back.
    Fulfil { item_id: ItemId, step: Step, windows: Windows, by: Actor, now: DateTime<Utc> },
    /// Lets something off, or adds something.
    AdjustPrice { price_line: PriceLine, reason: String, charging: Charging, by: Actor, now: DateTime<Utc> },
}

/// An item with the unit that it gets, and what that costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemMove {
    pub item_id: ItemId,
    pub to: Claim,
    pub price_lines: Vec<PriceLine>,
}

/// Whether what a change costs is asked for before the booking is firm again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charging {
    /// The booking waits for the difference; until then when nothing was paid yet.
    Beforehand {
        /// The deadline.
        due_at: DateTime<Utc>,
    },
    /// Paid on site.
    OnSite,
}

/// A step of an item's fulfilment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The passenger is here.
    CheckIn,
    /// The check-in was a mistake.
    UndoCheckIn,
    /// It took place.
    Complete,
    /// Nobody came.
    MarkNoShow,
    /// Somebody came after all.
    UndoNoShow,
}

/// When the steps can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Check-in is open from so many minutes before the start.
    pub check_in_opens_minutes: u32,
    /// Nobody is missed until so many minutes after the start.
    pub no_show_grace_minutes: u32,
}
