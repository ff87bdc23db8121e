//! Ids are types: a booking's id cannot be passed where a seat's is meant.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of one `Of`. On the wire and in the database a plain UUID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Id<Of>(Uuid, PhantomData<Of>);

/// Kinds of things that have an id; they exist only as a parameter of [`Id`].
pub mod of {
    /// A business that uses the engine.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Tenant {}
    /// An account.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum User {}
    /// A person who books.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Customer {}
    /// A flight, bus or show at one time.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Departure {}
    /// An order of items.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Booking {}
    /// One claim within a booking, with its passenger and price.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Item {}
    /// One hold of a unit; a moved item has a new one.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Claim {}
    /// A place where a business serves.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Location {}
    /// A person who travels.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Passenger {}
}

/// See [`of::Tenant`].
pub type TenantId = Id<of::Tenant>;
/// See [`of::User`].
pub type UserId = Id<of::User>;
/// See [`of::Customer`].
pub type CustomerId = Id<of::Customer>;
/// See [`of::Departure`].
pub type DepartureId = Id<of::Departure>;
/// See [`of::Booking`].
pub type BookingId = Id<of::Booking>;
/// See [`of::Item`].
pub type ItemId = Id<of::Item>;
/// See [`of::Claim`].
pub type ClaimId = Id<of::Claim>;
/// See [`of::Location`].
pub type LocationId = Id<of::Location>;
/// See [`of::Passenger`].
pub type PassengerId = Id<of::Passenger>;

impl<Of> Id<Of> {
    /// Names an existing UUID as this kind of id.
    pub const fn new(id: Uuid) -> Self {
        Self(id, PhantomData)
    }

    /// The bare UUID, for columns and wires.
    pub const fn uuid(&self) -> Uuid {
        self.0
    }
}

impl CustomerId {
    /// The customer that an account is within one tenant: the same pair gives the same id.
    pub fn of_account(tenant: TenantId, user: UserId) -> Self {
        Self::new(Uuid::new_v5(&tenant.uuid(), user.uuid().as_bytes()))
    }
}

impl ClaimId {
    /// The claim that an item gets from one request: the same pair gives the same id, and a request needs but one
    /// fresh id however many items there are by the time it is decided.
    pub fn of_item(fresh: Uuid, item: ItemId) -> Self {
        Self::new(Uuid::new_v5(&fresh, item.uuid().as_bytes()))
    }
}

impl<Of> fmt::Display for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<Of> fmt::Debug for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<Of> FromStr for Id<Of> {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::try_parse(text).map(Self::new)
    }
}

impl<Of> From<Uuid> for Id<Of> {
    fn from(id: Uuid) -> Self {
        Self::new(id)
    }
}
