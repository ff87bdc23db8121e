//! Who asks for what: buyers of one seat and one last place, and what becomes of their bookings.

use booking_domain::UseCase;
use booking_domain::use_cases::{CancelBooking, ConfirmBooking, ExpireBooking, PlaceBooking, Seats, Wanted};
use booking_domain::values::{
    Actor, ActorKind, BookingId, BookingReference, CustomerId, DepartureId, TenantId,
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::flight::{LOUNGE, SEAT, class};
use crate::passenger::passenger;

/// When everything begins.
pub const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// How long a booking waits for its payment, by a tenant's default.
const PAYMENT_WINDOW: TimeDelta = TimeDelta::minutes(30);

/// Those who book, in the order in which they join in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Buyer {
    /// Wants the seat and the place.
    Both,
    /// Wants the seat.
    Seated,
    /// Wants the place.
    Lounging,
}

/// What is asked about a buyer's booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ask {
    /// By the buyer.
    Place,
    /// By whoever captured the money.
    Confirm,
    /// By the buyer.
    Cancel,
    /// By the timer.
    Expire,
    /// By a timer that does not know better; only a control asks so.
    CancelOnTime,
}

/// One delivery of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket {
    pub buyer: Buyer,
    pub ask: Ask,
    /// Which of the buyer's bookings: each try to place one comes with fresh ids.
    pub booking: u8,
    /// Whether the time to pay for what was booked at first has run out.
    pub late: bool,
}

/// By what a repeat is recognised.
pub type Key = (Buyer, Ask);

impl Ticket {
    /// The timer has none that is still remembered: each of its deliveries is decided.
    pub fn key(&self) -> Option<Key> {
        match self.ask {
            Ask::Place | Ask::Confirm | Ask::Cancel => Some((self.buyer, self.ask)),
            Ask::Expire | Ask::CancelOnTime => None,
        }
    }

    pub fn case(&self) -> UseCase {
        let (booking_id, now) = (self.booking_id(), self.now());
        match self.ask {
            Ask::Place => UseCase::PlaceBooking(Box::new(self.order())),
            Ask::Confirm => UseCase::ConfirmBooking(ConfirmBooking { booking_id, by: Actor::SYSTEM, now }),
            Ask::Cancel => self.cancel(self.customer()),
            Ask::Expire => UseCase::ExpireBooking(ExpireBooking { booking_id, now }),
            Ask::CancelOnTime => self.cancel(Actor::SYSTEM),
        }
    }

    fn cancel(&self, by: Actor) -> UseCase {
        let (booking_id, reason, now) = (self.booking_id(), "given_up".to_owned(), self.now());
        UseCase::CancelBooking(CancelBooking { booking_id, by, reason, comments: None, now })
    }

    fn order(&self) -> PlaceBooking {
        let wanted = |class_wanted, seats| {
            let (flight_id, class) = (flight_id(), Some(class(class_wanted)));
            Wanted { flight_id, class, seats, passengers: vec![id(1)] }
        };
        let seat = || wanted("economy", Seats::Exactly(vec![SEAT]));
        let place = || wanted(LOUNGE, Seats::Preferring(vec![]));
        let number = self.number();
        PlaceBooking {
            booking_id: self.booking_id(),
            references: vec![BookingReference::new(NOW.date_naive(), number)],
            user_id: Some(id(self.buyer as u128)),
            customer_id: CustomerId::of_account(tenant_id(), id(self.buyer as u128)),
            by: self.customer(),
            wanted: match self.buyer {
                Buyer::Both => vec![seat(), place()],
                Buyer::Seated => vec![seat()],
                Buyer::Lounging => vec![place()],
            },
            passengers: vec![passenger(id(1))],
            special_requests: None,
            notes: None,
            expected_total: None,
            fresh: (0..4).map(|place| id(u128::from(number) * 1_000 + place)).collect(),
            now: self.now(),
        }
    }

    fn booking_id(&self) -> BookingId {
        id(u128::from(self.number()))
    }

    fn number(&self) -> u32 {
        100 * (1 + self.buyer as u32) + u32::from(self.booking)
    }

    fn customer(&self) -> Actor {
        Actor { kind: ActorKind::Customer, id: id(self.buyer as u128) }
    }

    fn now(&self) -> DateTime<Utc> {
        if self.late { NOW + PAYMENT_WINDOW } else { NOW }
    }
}

pub fn tenant_id() -> TenantId {
    id(1)
}

pub fn flight_id() -> DepartureId {
    id(2)
}

fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}
