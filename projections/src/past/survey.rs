//! Everything as it was at a position: bookings, flights, and the seats and pools that are not as they began.
//!
//! Folded stream by stream, so it takes little memory however long the journal is. Personal data stays sealed.

use std::collections::{HashMap, VecDeque};

use booking_domain::event::Family;
use booking_domain::values::{DepartureId, TenantId};
use booking_http::PositionToken;
use booking_journal::{Passed, Reader, Recorded};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::folded;
use crate::api::QueryFailure;
use crate::booking::{BookingRow, Bookings};
use crate::fact::Key;
use crate::flight::{FlightRow, FlightView, Flights, SeatStatus, SeatsView};
use crate::projection::{Projection, digest};

/// Which state is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurveyOf {
    /// One tenant's alone.
    pub tenant: Option<TenantId>,
    /// After this position.
    pub until: i64,
    /// What the clock said then: whether a flight had departed.
    pub at: DateTime<Utc>,
}

/// A walk through the state; ask it for lines until there are no more.
#[derive(Debug)]
pub struct Survey<'r> {
    reader: &'r Reader,
    of: SurveyOf,
    part: Part,
    passed: Passed,
    /// Bookings that may still have events ahead.
    open: HashMap<Key, BookingRow>,
    /// Departures that are still to be folded.
    flights: VecDeque<Key>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Bookings,
    Flights,
    Done,
}

impl<'r> Survey<'r> {
    /// From the first booking on.
    pub fn new(reader: &'r Reader, of: SurveyOf) -> Self {
        let (open, flights) = (HashMap::new(), VecDeque::new());
        Self { reader, of, part: Part::Bookings, passed: Passed::default(), open, flights }
    }

    /// Some more lines, perhaps none; `None` at the end.
    ///
    /// # Errors
    /// When the journal cannot be read, or is wrong.
    pub async fn more(&mut self) -> Result<Option<Vec<Value>>, QueryFailure> {
        match self.part {
            Part::Bookings => self.bookings().await.map(Some),
            Part::Flights => self.flights().await.map(Some),
            Part::Done => Ok(None),
        }
    }

    async fn bookings(&mut self) -> Result<Vec<Value>, QueryFailure> {
        let events = self.next("booking").await?;
        let Some(last) = events.last().map(|last| last.aggregate_id.clone()) else {
            (self.part, self.passed) = (Part::Flights, Passed::default());
            return Ok(lines(self.open.drain().map(|(_, row)| row)));
        };
        let mut digest = digest::<Bookings>(0, events.iter().filter(|event| self.of.counts(event)));
        digest.fold::<Bookings>(&mut self.open);
        digest.poison.map_or(Ok(()), Err)?;
        let is_done = |key: &Key| key.id.to_string() != last;
        let done = self.open.extract_if(|key, _| is_done(key)).map(|(_, row)| row);
        Ok(lines(done))
    }

    async fn flights(&mut self) -> Result<Vec<Value>, QueryFailure> {
        if let Some(key) = self.flights.pop_front() {
            let family = Family::Departure(DepartureId::new(key.id));
            let row = folded::<Flights>(self.reader, key, family, self.of.until).await?;
            return Ok(row.map(|row| flight(&row, self.of.at)).unwrap_or_default());
        }
        let events = self.next("departure").await?;
        if events.is_empty() {
            self.part = Part::Done;
        }
        // The first event of a stream names it.
        for event in events.iter().filter(|event| event.sequence == 1 && self.of.counts(event)) {
            let id = Flights::row_of(crate::fact::stream_of(event)?.family());
            self.flights.extend(id.map(|id| Key { tenant: event.tenant_id, id }));
        }
        Ok(vec![])
    }

    async fn next(&mut self, aggregate_type: &str) -> Result<Vec<Recorded>, QueryFailure> {
        let events = self.reader.along(aggregate_type, &self.passed).await?;
        if let Some(Recorded { aggregate_id, sequence, .. }) = events.last() {
            self.passed = Passed { aggregate_id: aggregate_id.clone(), sequence: *sequence };
        }
        Ok(events)
    }
}

impl SurveyOf {
    fn counts(&self, event: &Recorded) -> bool {
        event.position <= self.until && self.tenant.is_none_or(|tenant| tenant == event.tenant_id)
    }
}

fn lines(rows: impl Iterator<Item = BookingRow>) -> Vec<Value> {
    let mut rows: Vec<BookingRow> = rows.collect();
    rows.sort_unstable_by_key(|row| row.sheet.booking_id.uuid());
    let line = |row: BookingRow| {
        let BookingRow { tenant, position, sheet, .. } = row;
        json!({"kind": "booking", "tenant_id": tenant, "position": position, "state": sheet})
    };
    rows.into_iter().map(line).collect()
}

/// The flight, then each seat and pool of it that something has happened to.
fn flight(row: &FlightRow, at: DateTime<Utc>) -> Vec<Value> {
    let (tenant, id) = (row.tenant, row.sheet.flight.flight_id);
    let line = |kind: &str, position: i64, state: Value| json!({"kind": kind, "tenant_id": tenant, "flight_id": id, "position": position, "state": state});
    let view = FlightView::new(&row.sheet, &row.map, at);
    let nowhere = PositionToken { epoch: 0, position: 0 };
    let seats = SeatsView::new(&row.sheet, &row.map, nowhere, true);
    let mut lines = vec![line("flight", row.sheet_position, json!(view))];
    let taken = seats.seats.iter().filter(|seat| seat.status != SeatStatus::Available);
    lines.extend(taken.map(|seat| line("seat", row.map_position, json!(seat))));
    let claimed = seats.pools.iter().filter(|pool| 0 < pool.claimed);
    lines.extend(claimed.map(|pool| line("pool", row.map_position, json!(pool))));
    lines
}
