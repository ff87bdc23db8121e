use chrono::{DateTime, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::SeatEvent;
use super::event::ReleaseCause;
use crate::decide::Decide;
use crate::values::{BookingId, ClaimId, Class, DepartureId, ItemId, SeatNumber};

/// What callers may ask of a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatCommand {
    /// Takes the seat for one item of one booking.
    Claim {
        flight_id: DepartureId,
        seat_number: SeatNumber,
        class: Class,
        claim_id: ClaimId,
        booking_id: BookingId,
        item_id: ItemId,
        now: DateTime<Utc>,
    },
    /// Ends a claim. A claim that is not (or no longer) there is nothing to do.
    Release { claim_id: ClaimId, cause: ReleaseCause, now: DateTime<Utc> },
    /// Takes a free seat out of sale.
    Block { flight_id: DepartureId, seat_number: SeatNumber, now: DateTime<Utc> },
    /// Puts a blocked seat back on sale.
    Unblock { now: DateTime<Utc> },
}

/// Why a command on a seat was turned down. Nothing is stored when it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeatRefusal {
    /// Another item has it.
    #[error("the seat was taken at {at}")]
    Taken {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// It is out of sale.
    #[error("the seat is blocked")]
    Blocked,
}

impl SeatRefusal {
    /// Stable, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Taken { .. } => "SEAT_TAKEN",
            Self::Blocked => "SEAT_BLOCKED",
        }
    }
}

/// Claimed by at most one item at any time.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seat {
    /// Nobody has it.
    #[default]
    Free,
    /// One item of one booking has it.
    Claimed {
        flight_id: DepartureId,
        seat_number: SeatNumber,
        claim_id: ClaimId,
        booking_id: BookingId,
        at: DateTime<Utc>,
    },
    /// Out of sale.
    Blocked { flight_id: DepartureId, seat_number: SeatNumber },
}

impl Seat {
    /// Whether it can be claimed.
    pub const fn is_free(&self) -> bool {
        matches!(self, Self::Free)
    }

    /// Whose booking has it.
    pub const fn holder(&self) -> Option<BookingId> {
        match self {
            Self::Claimed { booking_id, .. } => Some(*booking_id),
            Self::Free | Self::Blocked { .. } => None,
        }
    }
}

impl Decide for Seat {
    fn decide(&self, command: SeatCommand) -> Result<Vec<SeatEvent>, SeatRefusal> {
        match command {
            SeatCommand::Claim { flight_id, seat_number, class, claim_id, booking_id, item_id, now } => {
                match self {
                    Self::Free => Ok(vec![SeatEvent::Claimed {
                        flight_id,
                        seat_number,
                        class,
                        claim_id,
                        booking_id,
                        item_id,
                        claimed_at: now,
                    }]),
                    Self::Claimed { claim_id: held, .. } if *held == claim_id => Ok(vec![]),
                    Self::Claimed { at, .. } => Err(SeatRefusal::Taken { at: *at }),
                    Self::Blocked { .. } => Err(SeatRefusal::Blocked),
                }
            }
            SeatCommand::Release { claim_id, cause, now } => Ok(self.release(claim_id, cause, now)),
            SeatCommand::Block { flight_id, seat_number, now } => match self {
                Self::Free => Ok(vec![SeatEvent::Blocked { flight_id, seat_number, blocked_at: now }]),
                Self::Claimed { at, .. } => Err(SeatRefusal::Taken { at: *at }),
                Self::Blocked { .. } => Ok(vec![]),
            },
            SeatCommand::Unblock { now } => Ok(self.unblock(now)),
        }
    }

    fn evolve(&mut self, event: &SeatEvent) {
        *self = match event {
            SeatEvent::Claimed { flight_id, seat_number, claim_id, booking_id, claimed_at, .. } => {
                Self::Claimed {
                    flight_id: *flight_id,
                    seat_number: *seat_number,
                    claim_id: *claim_id,
                    booking_id: *booking_id,
                    at: *claimed_at,
                }
            }
            SeatEvent::Blocked { flight_id, seat_number, .. } => {
                Self::Blocked { flight_id: *flight_id, seat_number: *seat_number }
            }
            SeatEvent::Released { .. } | SeatEvent::Unblocked { .. } => Self::Free,
        }
    }
}

impl Seat {
    fn release(&self, claim_id: ClaimId, cause: ReleaseCause, now: DateTime<Utc>) -> Vec<SeatEvent> {
        match self {
            Self::Claimed { flight_id, seat_number, claim_id: held, booking_id, .. } if *held == claim_id => {
                vec![SeatEvent::Released {
                    flight_id: *flight_id,
                    seat_number: *seat_number,
                    claim_id,
                    booking_id: *booking_id,
                    cause,
                    released_at: now,
                }]
            }
            Self::Free | Self::Claimed { .. } | Self::Blocked { .. } => vec![],
        }
    }

    fn unblock(&self, now: DateTime<Utc>) -> Vec<SeatEvent> {
        match self {
            Self::Blocked { flight_id, seat_number } => {
                vec![SeatEvent::Unblocked {
                    flight_id: *flight_id,
                    seat_number: *seat_number,
                    unblocked_at: now,
                }]
            }
            Self::Free | Self::Claimed { .. } => vec![],
        }
    }
}

impl Aggregate for Seat {
    const TYPE: &'static str = "seat";
    type Command = SeatCommand;
    type Event = SeatEvent;
    type Error = SeatRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: SeatCommand,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), SeatRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: SeatEvent) {
        self.evolve(&event);
    }
}
