//! A read model beside the journal: rows folded from events, which are delivered again from a checkpoint.

use std::collections::BTreeMap;

use booking_domain::booking::Sheet;
use booking_domain::world::Placed;
use booking_domain::{Event, StreamId};

/// A sheet of each booking.
type Rows<'e> = BTreeMap<&'e StreamId, Sheet>;

/// Whether rows that are up to date become others when the events after any checkpoint come again. That is
/// enough: what is read before and after goes the same way.
pub fn differ_when_read_again(events: &[&Placed]) -> bool {
    let mut rows = Rows::new();
    read(&mut rows, events);
    (0..events.len()).any(|checkpoint| {
        let mut again = rows.clone();
        read(&mut again, &events[checkpoint..]);
        again != rows
    })
}

/// An event that the row has seen changes nothing.
fn read<'e>(rows: &mut Rows<'e>, events: &[&'e Placed]) {
    for placed in events {
        let Event::Booking(event) = &placed.event else { continue };
        let before = rows.remove(&placed.stream);
        let after = match before {
            Some(row) if placed.sequence <= row.version => Some(row),
            before => Sheet::after(before, event, placed.sequence),
        };
        rows.extend(after.map(|row| (&placed.stream, row)));
    }
}
