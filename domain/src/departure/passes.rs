//! What is left to be done about the bookings of a departure. Each pass goes through them once, in the order of their
//! ids, and remembers how far it is; so whoever goes on after a crash goes on where it was.

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Unbounded};

use serde::{Deserialize, Serialize};

use super::{Pass, SettledBatch};
use crate::values::{BookingId, DepartureId};

/// Passes under way. Settling comes before rebooking.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passes {
    /// Bookings are brought in line with the departure as it is now.
    pub settling: Option<Cursor>,
    /// Bookings are moved to another departure.
    pub rebooking: Option<Rebooking>,
}

/// How far a pass is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Bookings up to this one were seen to. Absent: none yet.
    pub after: Option<BookingId>,
}

/// A move of bookings to another departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebooking {
    pub to_flight_id: DepartureId,
    /// Absent: all.
    pub bookings: Option<BTreeSet<BookingId>>,
    pub cursor: Cursor,
}

impl Passes {
    /// Settling from the first booking on, and nothing else.
    pub const fn begun() -> Self {
        Self { settling: Some(Cursor { after: None }), rebooking: None }
    }

    /// Settles from the first booking on; what was settled before has to be looked at again.
    pub const fn begin(&mut self) {
        self.settling = Some(Cursor { after: None });
    }

    /// The pass that is to go on.
    pub const fn next(&self) -> Option<Pass> {
        if self.settling.is_some() {
            return Some(Pass::Settling);
        }
        if self.rebooking.is_some() { Some(Pass::Rebooking) } else { None }
    }

    /// The bookings that are still to be looked at, of those that hold something.
    pub fn ahead(&self, holders: &BTreeSet<BookingId>) -> Vec<BookingId> {
        let (cursor, of) = match (&self.settling, &self.rebooking) {
            (Some(cursor), _) => (cursor, None),
            (None, Some(rebooking)) => (&rebooking.cursor, rebooking.bookings.as_ref()),
            (None, None) => return vec![],
        };
        let from = cursor.after.map_or(Unbounded, Excluded);
        let is_meant = |id: &&BookingId| of.is_none_or(|of| of.contains(*id));
        holders.range((from, Unbounded)).filter(is_meant).copied().collect()
    }

    pub(super) fn advance(&mut self, batch: &SettledBatch) {
        match batch.pass {
            Pass::Settling if batch.left == 0 => self.settling = None,
            Pass::Settling => self.settling.iter_mut().for_each(|cursor| cursor.go_on(batch.through)),
            Pass::Rebooking if batch.left == 0 => self.rebooking = None,
            Pass::Rebooking => {
                self.rebooking.iter_mut().for_each(|rebooking| rebooking.cursor.go_on(batch.through));
            }
        }
    }
}

impl Rebooking {
    pub(super) fn to(to_flight_id: DepartureId, bookings: Option<&[BookingId]>) -> Self {
        let bookings = bookings.map(|bookings| bookings.iter().copied().collect());
        Self { to_flight_id, bookings, cursor: Cursor::default() }
    }
}

impl Cursor {
    fn go_on(&mut self, through: Option<BookingId>) {
        self.after = through.or(self.after);
    }
}
