//! Sees to the bookings of departures that are cancelled, moved, or get other seats, and moves them when staff ask.
//!
//! ```text
//!   cancelled, rescheduled,      --> timer, due at once --> SettleDeparture { now }, a batch
//!   seat_map_changed,                      ^                        |
//!   rebooking_requested                    +--- due again at once --+ until nothing is left
//! ```
//! The departure itself remembers how far the pass is, so a batch that is sent twice is the next one: late and repeated
//! commands are safe, and any process may go on where another one died.

use booking_domain::departure::DepartureEvent;
use booking_domain::use_cases::SettleDeparture;
use booking_domain::values::DepartureId;
use booking_domain::{Refusal, UseCase};
use chrono::{DateTime, Utc};

use crate::action::{Action, Deed, Timer, Verdict};

/// Most bookings of one batch, which is one commit. Whatever happens to one of them meanwhile costs that the batch is
/// decided again.
pub const BOOKINGS_MAX: usize = 32;

pub fn react(event: &DepartureEvent) -> Vec<Action> {
    match event {
        DepartureEvent::Cancelled { flight_id, cancelled_at: at, .. }
        | DepartureEvent::Rescheduled { flight_id, rescheduled_at: at, .. }
        | DepartureEvent::SeatMapChanged { flight_id, changed_at: at, .. }
        | DepartureEvent::RebookingRequested { flight_id, requested_at: at, .. } => {
            vec![Action::SetTimer { key: key(*flight_id), subject_id: flight_id.uuid(), due_at: *at }]
        }
        DepartureEvent::Scheduled { .. }
        | DepartureEvent::SalesOpened { .. }
        | DepartureEvent::SalesClosed { .. }
        | DepartureEvent::Departed { .. }
        | DepartureEvent::BookingsSettled { .. } => vec![],
    }
}

pub fn wake(timer: &Timer, now: DateTime<Utc>) -> Deed {
    let settle = SettleDeparture { flight_id: timer.subject_id.into(), bookings_max: BOOKINGS_MAX, now };
    Deed::Send(UseCase::SettleDeparture(settle))
}

/// Nothing of a batch can be refused, unless the journal is not as it should be.
pub const fn judge(_refusal: &Refusal) -> Verdict {
    Verdict::Odd
}

fn key(flight_id: DepartureId) -> String {
    format!("settle/{flight_id}")
}

#[cfg(test)]
mod tests;
