use std::collections::HashMap;

use chrono::{DateTime, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use serde::{Deserialize, Serialize};

use super::PoolEvent;
use crate::decide::Decide;
use crate::seat::ReleaseCause;
use crate::values::{BookingId, ClaimId, Class, DepartureId, ItemId};

/// One item's wish for places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolClaim {
    pub claim_id: ClaimId,
    pub item_id: ItemId,
    /// At least 1.
    pub units: u32,
}

/// What callers may ask of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PoolCommand {
    /// Says how many places there are.
    SetCapacity {
        flight_id: DepartureId,
        class: Class,
        capacity: u32,
        overbooking_limit: u32,
        now: DateTime<Utc>,
    },
    /// Takes places for items of one booking: all of them or none.
    Claim {
        flight_id: DepartureId,
        class: Class,
        booking_id: BookingId,
        claims: Vec<PoolClaim>,
        now: DateTime<Utc>,
    },
    /// Ends a claim. A claim that is not (or no longer) there is nothing to do.
    Release {
        flight_id: DepartureId,
        class: Class,
        claim_id: ClaimId,
        cause: ReleaseCause,
        now: DateTime<Utc>,
    },
}

/// Why a command on a pool was turned down. Nothing is stored when it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolRefusal {
    /// Fewer places are left than were asked for.
    #[error("only {left} places are left but {asked} were asked for")]
    Full {
        /// Free now.
        left: u32,
        /// Asked for.
        asked: u32,
    },
}

impl PoolRefusal {
    /// Stable, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Full { .. } => "POOL_FULL",
        }
    }
}

/// Places and who has them.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    capacity: u32,
    overbooking_limit: u32,
    claimed: u32,
    claims: HashMap<ClaimId, (BookingId, u32)>,
}

impl Pool {
    /// Places that can still be claimed, overbooking included.
    pub fn left(&self) -> u32 {
        self.capacity.saturating_add(self.overbooking_limit).saturating_sub(self.claimed)
    }

    /// Places claimed now.
    pub const fn claimed(&self) -> u32 {
        self.claimed
    }

    /// Capacity and overbooking limit together.
    pub const fn limit(&self) -> u32 {
        self.capacity.saturating_add(self.overbooking_limit)
    }

    /// Whose claims there are.
    pub fn holders(&self) -> impl Iterator<Item = BookingId> {
        self.claims.values().map(|(booking_id, _)| *booking_id)
    }

    /// Claims for which there is no place since the capacity shrank: those of the newest bookings.
    pub fn beyond_limit(&self) -> Vec<ClaimId> {
        if self.claimed <= self.limit() {
            return vec![];
        }
        let mut claims: Vec<(BookingId, ClaimId, u32)> =
            self.claims.iter().map(|(id, (booking_id, units))| (*booking_id, *id, *units)).collect();
        claims.sort_unstable();
        let mut taken: u32 = 0;
        claims.retain(|(.., units)| {
            taken = taken.saturating_add(*units);
            self.limit() < taken
        });
        claims.into_iter().map(|(_, id, _)| id).collect()
    }

    fn set_capacity(&self, event: PoolEvent, capacity: u32, overbooking_limit: u32) -> Vec<PoolEvent> {
        if (self.capacity, self.overbooking_limit) == (capacity, overbooking_limit) {
            return vec![];
        }
        vec![event]
    }

    fn claim(
        &self,
        claims: &[PoolClaim],
        event: impl Fn(&PoolClaim) -> PoolEvent,
    ) -> Result<Vec<PoolEvent>, PoolRefusal> {
        let new = || claims.iter().filter(|claim| !self.claims.contains_key(&claim.claim_id));
        let asked = new().map(|claim| claim.units).sum();
        if self.left() < asked {
            return Err(PoolRefusal::Full { left: self.left(), asked });
        }
        Ok(new().map(event).collect())
    }
}

impl Decide for Pool {
    fn decide(&self, command: PoolCommand) -> Result<Vec<PoolEvent>, PoolRefusal> {
        match command {
            PoolCommand::SetCapacity { flight_id, class, capacity, overbooking_limit, now } => {
                let changed = PoolEvent::CapacityChanged {
                    flight_id,
                    class,
                    capacity,
                    overbooking_limit,
                    changed_at: now,
                };
                Ok(self.set_capacity(changed, capacity, overbooking_limit))
            }
            PoolCommand::Claim { flight_id, class, booking_id, claims, now } => {
                self.claim(&claims, |claim| PoolEvent::Claimed {
                    flight_id,
                    class: class.clone(),
                    claim_id: claim.claim_id,
                    booking_id,
                    item_id: claim.item_id,
                    units: claim.units,
                    claimed_at: now,
                })
            }
            PoolCommand::Release { flight_id, class, claim_id, cause, now } => {
                let released = |(booking_id, units): &(BookingId, u32)| PoolEvent::Released {
                    flight_id,
                    class: class.clone(),
                    claim_id,
                    booking_id: *booking_id,
                    units: *units,
                    cause,
                    released_at: now,
                };
                Ok(self.claims.get(&claim_id).map(released).into_iter().collect())
            }
        }
    }

    fn evolve(&mut self, event: &PoolEvent) {
        match event {
            PoolEvent::CapacityChanged { capacity, overbooking_limit, .. } => {
                self.capacity = *capacity;
                self.overbooking_limit = *overbooking_limit;
            }
            PoolEvent::Claimed { claim_id, booking_id, units, .. } => {
                if self.claims.insert(*claim_id, (*booking_id, *units)).is_none() {
                    self.claimed += units;
                }
            }
            PoolEvent::Released { claim_id, .. } => {
                if let Some((_, units)) = self.claims.remove(claim_id) {
                    self.claimed -= units;
                }
            }
        }
    }
}

impl Aggregate for Pool {
    const TYPE: &'static str = "pool";
    type Command = PoolCommand;
    type Event = PoolEvent;
    type Error = PoolRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: PoolCommand,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PoolRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PoolEvent) {
        self.evolve(&event);
    }
}
