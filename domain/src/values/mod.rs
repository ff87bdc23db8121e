//! Values: valid from the moment they exist.

pub mod actor;
pub mod cabin;
pub mod ids;
pub mod instant;
pub mod money;
pub mod reference;
pub mod role;
mod schemas;
pub mod sealed;
pub mod seat_number;
pub mod span;
pub mod terms;
pub mod zoned;

pub use actor::{Actor, ActorKind};
pub use cabin::{Cabin, CabinError, Cabins, Class, Places, Rows, Seating};
pub use ids::{
    BookingId, ClaimId, CustomerId, DepartureId, ItemId, LocationId, PassengerId, TenantId, UserId,
};
pub use iso_currency::Currency;
pub use money::{Money, MoneyError};
pub use reference::BookingReference;
pub use role::{Role, Roles, UnknownRole};
pub use sealed::{SEALED_PREFIX, Sealed};
pub use seat_number::SeatNumber;
pub use span::Span;
pub use terms::{PriceKind, PriceLine, RefundTier, Terms};
pub use zoned::{NoSuchTime, ZonedTime};
