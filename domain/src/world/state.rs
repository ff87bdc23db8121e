//! The state of any aggregate.

use crate::booking::Booking;
use crate::customer::Customer;
use crate::decide::Decide;
use crate::departure::Departure;
use crate::event::{Event, StreamId};
use crate::pool::Pool;
use crate::seat::Seat;
use crate::tenant::Tenant;
use crate::user::User;
use crate::values::BookingId;

/// An aggregate of whichever kind its stream is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Tenant(Tenant),
    Departure(Departure),
    Seat(Seat),
    Pool(Pool),
    Booking(Booking),
    Customer(Customer),
    User(User),
}

impl State {
    /// The state of a stream before its first event.
    pub fn absent(stream: &StreamId) -> Self {
        match stream {
            StreamId::Tenant(_) => Self::Tenant(Tenant::default()),
            StreamId::Departure(_) => Self::Departure(Departure::default()),
            StreamId::Seat(..) => Self::Seat(Seat::default()),
            StreamId::Pool(..) => Self::Pool(Pool::default()),
            StreamId::Booking(_) => Self::Booking(Booking::default()),
            StreamId::Customer(..) => Self::Customer(Customer::default()),
            StreamId::User(..) => Self::User(User::default()),
        }
    }

    /// Who holds the unit, or some of it.
    pub fn holders(&self) -> Vec<BookingId> {
        match self {
            Self::Seat(seat) => seat.holder().into_iter().collect(),
            Self::Pool(pool) => pool.holders().collect(),
            Self::Tenant(_) | Self::Departure(_) | Self::Booking(_) | Self::Customer(_) | Self::User(_) => {
                vec![]
            }
        }
    }

    /// Folds one event. An event of another kind of aggregate says nothing about this one.
    pub fn evolve(&mut self, event: &Event) {
        match (self, event) {
            (Self::Tenant(state), Event::Tenant(event)) => state.evolve(event),
            (Self::Departure(state), Event::Departure(event)) => state.evolve(event),
            (Self::Seat(state), Event::Seat(event)) => state.evolve(event),
            (Self::Pool(state), Event::Pool(event)) => state.evolve(event),
            (Self::Booking(state), Event::Booking(event)) => state.evolve(event),
            (Self::Customer(state), Event::Customer(event)) => state.evolve(event),
            (Self::User(state), Event::User(event)) => state.evolve(event),
            (
                Self::Tenant(_)
                | Self::Departure(_)
                | Self::Seat(_)
                | Self::Pool(_)
                | Self::Booking(_)
                | Self::Customer(_)
                | Self::User(_),
                Event::Tenant(_)
                | Event::Departure(_)
                | Event::Seat(_)
                | Event::Pool(_)
                | Event::Booking(_)
                | Event::Customer(_)
                | Event::User(_),
            ) => {}
        }
    }
}

/// An aggregate that the world keeps.
pub trait Kept: Decide {
    /// This kind, if that is what the state is.
    fn of(state: &State) -> Option<&Self>;

    /// An event of this kind, as one of any kind.
    fn event(event: Self::Event) -> Event;
}

impl Kept for Tenant {
    fn of(state: &State) -> Option<&Self> {
        if let State::Tenant(tenant) = state { Some(tenant) } else { None }
    }

    fn event(event: Self::Event) -> Event {
        Event::Tenant(event)
    }
}

impl Kept for Departure {
    fn of(state: &State) -> Option<&Self> {
        if let State::Departure(departure) = state { Some(departure) } else { None }
    }

    fn event(event: Self::Event) -> Event {
        Event::Departure(event)
    }
}

impl Kept for Seat {
    fn of(state: &State) -> Option<&Self> {
        if let State::Seat(seat) = state { Some(seat) } else { None }
    }

    fn event(event: Self::Event) -> Event {
        Event::Seat(event)
    }
}

impl Kept for Pool {
    fn of(state: &State) -> Option<&Self> {
        if let State::Pool(pool) = state { Some(pool) } else { None }
    }

    fn event(event: Self::Event) -> Event {
        Event::Pool(event)
    }
}

impl Kept for Booking {
    fn of(state: &State) -> Option<&Self> {
        if let State::Booking(booking) = state { Some(booking) } else { None }
    }

    fn event(event: Self::Event) -> Event {
        Event::Booking(event)
    }
}

impl Kept for Customer {
    fn of(state: &State) -> Option<&Self> {
        if let State::Customer(customer) = state { Some(customer) } else { None }
    }

    fn event(event: Self::Event) -> Event {
        Event::Customer(event)
    }
}

impl Kept for User {
    fn of(state: &State) -> Option<&Self> {
        if let State::User(user) = state { Some(user) } else { None }
    }

    fn event(event: Self::Event) -> Event {
        Event::User(event)
    }
}
