//! The reactors there are.

use booking_domain::{Event, Refusal, StreamId};
use chrono::{DateTime, Utc};

use crate::action::{Action, Deed, Timer, Verdict};
use crate::{disruption, expiry};

/// One reactor: a policy with a checkpoint and timers of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reactor {
    /// Gives back the seats of bookings that are not paid in time.
    Expiry,
    /// Sees to the bookings of departures that are not as they were.
    Disruption,
}

impl Reactor {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Expiry, Self::Disruption];

    /// Key of the checkpoint and of its timers, and the part of health that says whether it reads events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expiry => "expiry",
            Self::Disruption => "disruption",
        }
    }

    /// The part of health that says whether its timers are looked at.
    pub const fn timers_part(self) -> &'static str {
        match self {
            Self::Expiry => "expiry_timers",
            Self::Disruption => "disruption_timers",
        }
    }

    /// Who reads events for it holds this name. Timers are shared without.
    pub fn lease(self) -> String {
        format!("reactor {}", self.name())
    }

    /// Whether events of a stream concern it; the payloads of others are not read.
    pub const fn follows(self, stream: &StreamId) -> bool {
        match self {
            Self::Expiry => matches!(stream, StreamId::Booking(_)),
            Self::Disruption => matches!(stream, StreamId::Departure(_)),
        }
    }

    /// What is to be done about an event. Pure: the same event gives the same actions.
    pub fn react(self, event: &Event) -> Vec<Action> {
        match (self, event) {
            (Self::Expiry, Event::Booking(event)) => expiry::react(event),
            (Self::Disruption, Event::Departure(event)) => disruption::react(event),
            (
                Self::Disruption,
                Event::Tenant(_)
                | Event::Booking(_)
                | Event::Seat(_)
                | Event::Pool(_)
                | Event::Customer(_)
                | Event::User(_),
            )
            | (
                Self::Expiry,
                Event::Tenant(_)
                | Event::Departure(_)
                | Event::Seat(_)
                | Event::Pool(_)
                | Event::Customer(_)
                | Event::User(_),
            ) => vec![],
        }
    }

    /// What is to be done now that a timer is due. Pure, and safe when late.
    pub fn wake(self, timer: &Timer, now: DateTime<Utc>) -> Deed {
        match self {
            Self::Expiry => expiry::wake(timer, now),
            Self::Disruption => disruption::wake(timer, now),
        }
    }

    /// What the refusal of its command means to it.
    pub const fn judge(self, refusal: &Refusal) -> Verdict {
        match self {
            Self::Expiry => expiry::judge(refusal),
            Self::Disruption => disruption::judge(refusal),
        }
    }

    /// Whether its deed is to be done again at once, under another key, because there may be more of it. `stored` is
    /// how many events came of it; of a repeat nobody knows.
    pub const fn goes_on(self, stored: usize, replayed: bool) -> bool {
        match self {
            Self::Expiry => false,
            Self::Disruption => 0 < stored || replayed,
        }
    }
}
