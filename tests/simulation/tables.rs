//! The tables of the journal, in memory, and what `journal.append` and `journal.outcomes` of
//! `migrations/0002_append.sql` do with them.

use std::collections::{BTreeMap, BTreeSet};

use booking_domain::world::Placed;
use booking_domain::{Event, Family, StreamId, UseCase};
use booking_journal::writer::Stored;
use booking_journal::{ReadFailure, Recorded, whole};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::guards::{Guard, Guards};
use crate::statement::KeyId;

/// A row of `journal.event`, with the event that it was made from and the attempt that asked for it.
#[derive(Debug, Clone)]
pub struct Row {
    pub recorded: Recorded,
    pub placed: Placed,
    pub attempt: Option<usize>,
}

/// A row of `journal.ledger`.
#[derive(Debug, Clone)]
pub struct Kept {
    pub fingerprint: [u8; 32],
    pub stored: Stored,
    pub expires_at: DateTime<Utc>,
}

/// A request that was stored, refusals too.
#[derive(Debug)]
pub struct Landed {
    pub attempt: usize,
    pub case: UseCase,
    pub code: Option<&'static str>,
    /// The last position of its events, or the head when it has none.
    pub position: i64,
    pub events: usize,
}

/// A key stood in the way; nothing was stored.
#[derive(Debug)]
pub struct Clash;

/// How often things happened, by their names.
#[derive(Debug, Default)]
pub struct Counts(pub BTreeMap<&'static str, usize>);

impl Counts {
    pub fn add(&mut self, what: &'static str, times: usize) {
        if 0 < times {
            *self.0.entry(what).or_default() += times;
        }
    }

    pub fn add_all(&mut self, others: &Self) {
        others.0.iter().for_each(|(what, times)| self.add(what, *times));
    }
}

#[derive(Default)]
pub struct Tables {
    pub guards: Guards,
    pub now: DateTime<Utc>,
    /// In order of position.
    pub events: Vec<Row>,
    pub ledger: BTreeMap<KeyId, Kept>,
    pub names: BTreeMap<(Uuid, &'static str, String), String>,
    pub places: BTreeSet<(StreamId, i64)>,
    pub landed: Vec<Landed>,
    /// The last position drawn, where positions are drawn.
    pub drawn: i64,
    /// Whether a key has stood in the way of anything.
    pub clashes: u32,
    /// How often things happened.
    pub counts: Counts,
}

impl Tables {
    pub fn head(&self) -> i64 {
        self.events.last().map_or(0, |row| row.recorded.position)
    }

    /// Stores what was there before anybody came.
    pub fn prepare(&mut self, history: Vec<Placed>) {
        for placed in history {
            let position = self.head() + 1;
            self.insert(placed, position, "{}".to_owned(), None, self.now);
        }
    }

    pub fn insert(
        &mut self,
        placed: Placed,
        position: i64,
        metadata: String,
        attempt: Option<usize>,
        at: DateTime<Utc>,
    ) {
        let payload = placed.event.to_json().expect("events have only text keys");
        let recorded = Recorded {
            position,
            event_id: Uuid::from_u128(self.events.len() as u128 + 1),
            tenant_id: placed.tenant,
            aggregate_type: placed.stream.aggregate_type().to_owned(),
            aggregate_id: placed.stream.aggregate_id(),
            sequence: placed.sequence,
            event_type: placed.event.name().to_owned(),
            event_version: booking_domain::event::VERSION.to_owned(),
            payload,
            metadata,
            recorded_at: at,
        };
        self.places.insert((placed.stream.clone(), placed.sequence));
        let at = self.events.partition_point(|row| row.recorded.position <= position);
        self.events.insert(at, Row { recorded, placed, attempt });
    }

    /// What the ledger has under a key.
    pub fn answer(&self, key: &KeyId, fingerprint: [u8; 32], at: DateTime<Utc>) -> Option<Stored> {
        let kept =
            self.ledger.get(key).filter(|kept| self.guards.up(Guard::Ledger) && at < kept.expires_at)?;
        Some(Stored { same: kept.fingerprint == fingerprint, ..kept.stored.clone() })
    }

    /// What `journal.outcomes` says of requests, by index.
    pub fn outcomes(&self, keys: &[(KeyId, [u8; 32])]) -> Vec<(usize, Stored)> {
        let known = |(n, (key, fingerprint)): (usize, &(KeyId, [u8; 32]))| {
            Some((n, self.answer(key, *fingerprint, self.now)?))
        };
        keys.iter().enumerate().filter_map(known).collect()
    }

    /// As `Reader::after` reads.
    pub fn after(&self, after: i64, limit: usize) -> Result<Vec<Recorded>, ReadFailure> {
        let start = self.events.partition_point(|row| row.recorded.position <= after);
        let page = self.events[start..].iter().take(limit).map(|row| row.recorded.clone()).collect();
        if self.guards.up(Guard::HoleCheck) { whole(after, page) } else { Ok(page) }
    }

    /// All events of families, in order within each stream.
    pub fn histories(&self, families: &[Family]) -> Vec<Recorded> {
        let of_them = |row: &&Row| families.contains(&row.placed.stream.family());
        let mut found: Vec<&Row> = self.events.iter().filter(of_them).collect();
        found.sort_by(|a, b| {
            (&a.placed.stream, a.placed.sequence).cmp(&(&b.placed.stream, b.placed.sequence))
        });
        found.into_iter().map(|row| row.recorded.clone()).collect()
    }

    /// Bookings that were placed, in order.
    pub fn bookings(&self) -> impl Iterator<Item = &StreamId> {
        let created = |row: &&Row| matches!(row.placed.event, Event::Booking(_)) && row.placed.sequence == 1;
        self.events.iter().filter(created).map(|row| &row.placed.stream)
    }
}
