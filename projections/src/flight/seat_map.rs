//! What is left of a departure: a bit for each seat, a count for each pool, and who holds what is taken.

use std::collections::BTreeMap;

use booking_domain::pool::PoolEvent;
use booking_domain::seat::SeatEvent;
use booking_domain::values::seat_number::ROW_MAX;
use booking_domain::values::{BookingId, Cabin, Cabins, Class, SeatNumber, Seating};
use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

use super::Bits;

/// Letters that a row can have.
const LETTERS: usize = 26;

/// Seats and pools of one departure.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SeatMap {
    /// Claimed by a booking.
    pub taken: Bits,
    /// Taken out of sale by staff.
    pub blocked: Bits,
    /// In the order of the cabins.
    pub pools: Vec<PoolCount>,
    /// Who holds which seat, as far as it was read or has changed; `None` is a seat that became free.
    pub holders: BTreeMap<SeatNumber, Option<Holder>>,
}

/// Who holds a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    pub booking_id: BookingId,
    /// In whole microseconds.
    pub claimed_at: DateTime<Utc>,
}

/// How full a pool is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolCount {
    pub class: Class,
    /// Places that exist.
    pub capacity: u32,
    /// Places that may be sold beyond them.
    pub overbooking_limit: u32,
    pub claimed: u32,
}

impl PoolCount {
    /// Places that can still be claimed, overbooking included.
    pub const fn left(&self) -> u32 {
        self.limit().saturating_sub(self.claimed)
    }

    /// Capacity and overbooking together.
    pub const fn limit(&self) -> u32 {
        self.capacity.saturating_add(self.overbooking_limit)
    }
}

impl SeatMap {
    /// Nothing sold yet.
    pub fn empty(cabins: &Cabins) -> Self {
        Self { pools: cabins.iter().filter_map(pool).collect(), ..Self::default() }
    }

    /// The map of other cabins: seats keep what is known of them by their numbers. Those that are no more are kept
    /// behind all others until they are let go; a pool that is no more stays for what is still claimed of it.
    pub fn remapped(mut self, old: &Cabins, new: &Cabins) -> Self {
        let (taken, blocked) = (std::mem::take(&mut self.taken), std::mem::take(&mut self.blocked));
        for seat in all_seats() {
            if taken.has(index_of(old, seat)) {
                self.taken.set(index_of(new, seat));
            }
            if blocked.has(index_of(old, seat)) {
                self.blocked.set(index_of(new, seat));
            }
        }
        let mut pools: Vec<PoolCount> = new.iter().filter_map(pool).collect();
        for pool in &mut pools {
            pool.claimed = self.count_of(&pool.class).map_or(0, |before| before.claimed);
        }
        let gone = self.pools.into_iter().filter(|old| pools.iter().all(|pool| pool.class != old.class));
        let gone: Vec<PoolCount> = gone.collect();
        pools.extend(gone);
        Self { pools, ..self }
    }

    /// Takes in what happened to a seat.
    ///
    /// # Errors
    /// Why the event does not fit, in fixed words; the map stays as it was.
    pub fn seat(&mut self, cabins: &Cabins, event: &SeatEvent) -> Result<(), &'static str> {
        let index = |seat| index_of(cabins, seat);
        match event {
            SeatEvent::Claimed { seat_number, booking_id, claimed_at, .. } => {
                let holder = Holder { booking_id: *booking_id, claimed_at: claimed_at.trunc_subsecs(6) };
                self.claim(index(*seat_number), *seat_number, holder)
            }
            SeatEvent::Released { seat_number, .. } => self.release(index(*seat_number), *seat_number),
            SeatEvent::Blocked { seat_number, .. } => {
                self.blocked.set(index(*seat_number));
                Ok(())
            }
            SeatEvent::Unblocked { seat_number, .. } => {
                self.blocked.clear(index(*seat_number));
                Ok(())
            }
        }
    }

    fn claim(&mut self, index: usize, seat: SeatNumber, holder: Holder) -> Result<(), &'static str> {
        if self.taken.has(index) {
            return Err("the seat is taken already");
        }
        self.taken.set(index);
        self.holders.insert(seat, Some(holder));
        Ok(())
    }

    fn release(&mut self, index: usize, seat: SeatNumber) -> Result<(), &'static str> {
        if !self.taken.has(index) {
            return Err("the seat is free already");
        }
        self.taken.clear(index);
        self.holders.insert(seat, None);
        Ok(())
    }

    /// Takes in what happened to a pool.
    ///
    /// # Errors
    /// Why the event does not fit, in fixed words; the map stays as it was.
    pub fn pool(&mut self, event: &PoolEvent) -> Result<(), &'static str> {
        match event {
            PoolEvent::CapacityChanged { class, capacity, overbooking_limit, .. } => {
                let (capacity, overbooking_limit) = (*capacity, *overbooking_limit);
                let pool = self.pool_of(class)?;
                *pool = PoolCount { capacity, overbooking_limit, ..pool.clone() };
            }
            PoolEvent::Claimed { class, units, .. } => {
                let pool = self.pool_of(class)?;
                pool.claimed =
                    pool.claimed.checked_add(*units).ok_or("more places are claimed than counted")?;
            }
            PoolEvent::Released { class, units, .. } => {
                let pool = self.pool_of(class)?;
                pool.claimed = pool.claimed.checked_sub(*units).ok_or("more is released than was claimed")?;
            }
        }
        Ok(())
    }

    /// The count of a class, if it is a pool.
    pub fn count_of(&self, class: &Class) -> Option<&PoolCount> {
        self.pools.iter().find(|pool| pool.class == *class)
    }

    fn pool_of(&mut self, class: &Class) -> Result<&mut PoolCount, &'static str> {
        self.pools.iter_mut().find(|pool| pool.class == *class).ok_or("no cabin has this pool")
    }
}

/// The bit of a seat. Seats that the cabins do not have are numbered behind those that they have.
fn index_of(cabins: &Cabins, seat: SeatNumber) -> usize {
    let capacity =
        || cabins.iter().filter_map(Cabin::rows).map(|rows| rows.capacity() as usize).sum::<usize>();
    let place = || usize::from(seat.row()) * LETTERS + usize::from(seat.letter() - b'A');
    cabins.index_of(seat).unwrap_or_else(|| capacity() + place())
}

/// Every seat that can be.
fn all_seats() -> impl Iterator<Item = SeatNumber> {
    (1..=ROW_MAX).flat_map(|row| (b'A'..=b'Z').filter_map(move |letter| SeatNumber::new(row, letter)))
}

fn pool(cabin: &Cabin) -> Option<PoolCount> {
    match &cabin.seating {
        Seating::Numbered(_) => None,
        Seating::Counted(places) => Some(PoolCount {
            class: cabin.class.clone(),
            capacity: places.count,
            overbooking_limit: places.overbooking_limit,
            claimed: 0,
        }),
    }
}
