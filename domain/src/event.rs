//! Every event of every aggregate, and the stream it belongs to.

use std::fmt;
use std::str::FromStr;

use crate::booking::BookingEvent;
use crate::customer::CustomerEvent;
use crate::departure::DepartureEvent;
use crate::pool::PoolEvent;
use crate::seat::SeatEvent;
use crate::tenant::TenantEvent;
use crate::user::UserEvent;
use crate::values::{BookingId, Class, CustomerId, DepartureId, SeatNumber, TenantId, UserId};

/// The shape in which events are written now. A changed payload gets a version of its own and an upcaster.
pub const VERSION: &str = "1";

/// The name of every event that this program knows, aggregate by aggregate.
pub const EVENT_TYPES: &[&str] = &[
    "tenant.registered",
    "tenant.approved",
    "departure.scheduled",
    "departure.cancelled",
    "departure.sales_opened",
    "departure.sales_closed",
    "departure.rescheduled",
    "departure.seat_map_changed",
    "departure.departed",
    "departure.rebooking_requested",
    "departure.bookings_settled",
    "seat.claimed",
    "seat.released",
    "seat.blocked",
    "seat.unblocked",
    "pool.capacity_changed",
    "pool.claimed",
    "pool.released",
    "booking.held",
    "booking.hold_extended",
    "booking.hold_released",
    "booking.created",
    "booking.confirmed",
    "booking.declined",
    "booking.cancelled",
    "booking.expired",
    "booking.reinstated",
    "booking.archived",
    "booking.passenger_changed",
    "booking.details_changed",
    "booking.item_added",
    "booking.item_moved",
    "booking.item_cancelled",
    "booking.item_checked_in",
    "booking.check_in_reverted",
    "booking.item_completed",
    "booking.item_marked_no_show",
    "booking.no_show_reverted",
    "booking.price_adjusted",
    "customer.hold_opened",
    "customer.hold_closed",
    "customer.erased",
];

/// Any event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Tenant(TenantEvent),
    Departure(DepartureEvent),
    Seat(SeatEvent),
    Pool(PoolEvent),
    Booking(BookingEvent),
    Customer(CustomerEvent),
    User(UserEvent),
}

/// One history: the unit of ordering, and what an aggregate is folded from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StreamId {
    Tenant(TenantId),
    Departure(DepartureId),
    Seat(DepartureId, SeatNumber),
    Pool(DepartureId, Class),
    Booking(BookingId),
    /// Staff may name any id, so it counts within its tenant only.
    Customer(TenantId, CustomerId),
    /// What an account is within one tenant.
    User(TenantId, UserId),
}

/// Streams that are always brought into memory together: a departure with all its seats and pools is one
/// range of the journal; tenants, bookings, customers and users stand alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    Tenant(TenantId),
    Departure(DepartureId),
    Booking(BookingId),
    Customer(TenantId, CustomerId),
    User(TenantId, UserId),
}

/// The words name no stream of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no stream `{aggregate_id}` of type `{aggregate_type}`")]
pub struct NoSuchStream {
    aggregate_type: String,
    aggregate_id: String,
}

impl Event {
    /// The one name, such as `booking.created`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Tenant(event) => event.name(),
            Self::Departure(event) => event.name(),
            Self::Seat(event) => event.name(),
            Self::Pool(event) => event.name(),
            Self::Booking(event) => event.name(),
            Self::Customer(event) => event.name(),
            Self::User(event) => event.name(),
        }
    }

    /// The payload as it is stored.
    ///
    /// # Errors
    /// None for events made by this program; serde asks for the form.
    pub fn to_json(&self) -> serde_json::Result<String> {
        match self {
            Self::Tenant(event) => serde_json::to_string(event),
            Self::Departure(event) => serde_json::to_string(event),
            Self::Seat(event) => serde_json::to_string(event),
            Self::Pool(event) => serde_json::to_string(event),
            Self::Booking(event) => serde_json::to_string(event),
            Self::Customer(event) => serde_json::to_string(event),
            Self::User(event) => serde_json::to_string(event),
        }
    }

    /// Reads a payload of the newest version.
    ///
    /// # Errors
    /// When the type of aggregate or the event is unknown to this program, or the payload is garbled.
    pub fn from_json(aggregate_type: &str, payload: &str) -> serde_json::Result<Self> {
        match aggregate_type {
            "tenant" => serde_json::from_str(payload).map(Self::Tenant),
            "departure" => serde_json::from_str(payload).map(Self::Departure),
            "seat" => serde_json::from_str(payload).map(Self::Seat),
            "pool" => serde_json::from_str(payload).map(Self::Pool),
            "booking" => BookingEvent::from_json(payload).map(Self::Booking),
            "customer" => serde_json::from_str(payload).map(Self::Customer),
            "user" => serde_json::from_str(payload).map(Self::User),
            unknown => Err(serde::de::Error::custom(format!("unknown type of aggregate `{unknown}`"))),
        }
    }
}

impl Family {
    /// The stream that it is named after, and that all others of it hang on.
    pub const fn root(&self) -> StreamId {
        match *self {
            Self::Tenant(id) => StreamId::Tenant(id),
            Self::Departure(id) => StreamId::Departure(id),
            Self::Booking(id) => StreamId::Booking(id),
            Self::Customer(tenant, id) => StreamId::Customer(tenant, id),
            Self::User(tenant, id) => StreamId::User(tenant, id),
        }
    }
}

impl StreamId {
    /// Column `aggregate_type`.
    pub const fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Tenant(_) => "tenant",
            Self::Departure(_) => "departure",
            Self::Seat(..) => "seat",
            Self::Pool(..) => "pool",
            Self::Booking(_) => "booking",
            Self::Customer(..) => "customer",
            Self::User(..) => "user",
        }
    }

    /// Column `aggregate_id`, such as `<departure>/12A`: globally unique within its type.
    pub fn aggregate_id(&self) -> String {
        match self {
            Self::Tenant(id) => id.to_string(),
            Self::Departure(id) => id.to_string(),
            Self::Seat(id, seat) => format!("{id}/{seat}"),
            Self::Pool(id, class) => format!("{id}/{class}"),
            Self::Booking(id) => id.to_string(),
            Self::Customer(tenant, id) => format!("{tenant}/{id}"),
            Self::User(tenant, id) => format!("{tenant}/{id}"),
        }
    }

    /// What it is loaded with.
    pub const fn family(&self) -> Family {
        match self {
            Self::Tenant(id) => Family::Tenant(*id),
            Self::Departure(id) | Self::Seat(id, _) | Self::Pool(id, _) => Family::Departure(*id),
            Self::Booking(id) => Family::Booking(*id),
            Self::Customer(tenant, id) => Family::Customer(*tenant, *id),
            Self::User(tenant, id) => Family::User(*tenant, *id),
        }
    }

    /// Reads the two columns back.
    ///
    /// # Errors
    /// When they name no stream of ours.
    pub fn parse(aggregate_type: &str, aggregate_id: &str) -> Result<Self, NoSuchStream> {
        let wrong = || NoSuchStream {
            aggregate_type: aggregate_type.to_owned(),
            aggregate_id: aggregate_id.to_owned(),
        };
        let (root, leaf) = aggregate_id.split_once('/').unwrap_or((aggregate_id, ""));
        let stream = match (aggregate_type, leaf) {
            ("tenant", "") => id(root).map(Self::Tenant),
            ("departure", "") => id(root).map(Self::Departure),
            ("booking", "") => id(root).map(Self::Booking),
            ("customer", leaf) => id(root).zip(id(leaf)).map(|(tenant, id)| Self::Customer(tenant, id)),
            ("seat", seat) => id(root).zip(seat.parse().ok()).map(|(id, seat)| Self::Seat(id, seat)),
            ("pool", class) => id(root).zip(Class::new(class).ok()).map(|(id, class)| Self::Pool(id, class)),
            ("user", user) => id(root).zip(id(user)).map(|(tenant, id)| Self::User(tenant, id)),
            _ => None,
        };
        stream.ok_or_else(wrong)
    }
}

fn id<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.aggregate_type(), self.aggregate_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    /// serde names the events that it would have read, when it meets one that it does not know.
    #[test]
    fn every_event_is_named() {
        let mut known = vec![];
        for aggregate_type in ["tenant", "departure", "seat", "pool", "booking", "customer"] {
            let refused = Event::from_json(aggregate_type, r#"{"event_type": "x"}"#).unwrap_err().to_string();
            let (_, expected) = refused.split_once(", expected ").unwrap();
            known.extend(expected.split('`').skip(1).step_by(2).map(ToOwned::to_owned));
        }
        assert_eq!(EVENT_TYPES, known);
    }

    #[test]
    fn a_stream_is_read_back_from_its_columns() {
        let departure = DepartureId::new(Uuid::from_u128(7));
        for stream in [
            StreamId::Tenant(Uuid::from_u128(1).into()),
            StreamId::Departure(departure),
            StreamId::Seat(departure, "12A".parse().unwrap()),
            StreamId::Pool(departure, Class::new("economy").unwrap()),
            StreamId::Booking(Uuid::from_u128(2).into()),
            StreamId::Customer(Uuid::from_u128(1).into(), Uuid::from_u128(3).into()),
            StreamId::User(Uuid::from_u128(1).into(), Uuid::from_u128(3).into()),
        ] {
            assert_eq!(StreamId::parse(stream.aggregate_type(), &stream.aggregate_id()), Ok(stream));
        }
        assert!(StreamId::parse("seat", &departure.to_string()).is_err());
        assert!(StreamId::parse("booking", "7/12A").is_err());
        assert!(StreamId::parse("user", &departure.to_string()).is_err());
        assert!(StreamId::parse("", "").is_err());
    }
}
