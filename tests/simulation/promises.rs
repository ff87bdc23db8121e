//! What must hold when everything has come to rest.

use std::collections::{BTreeMap, BTreeSet};

use booking_domain::departure::DepartureEvent;
use booking_domain::values::DepartureId;
use booking_domain::world::Draft;
use booking_domain::{Event, World};
use booking_journal::writer::{DONE, Stored};
use booking_journal::{Audit, DERIVED_KEY_LIVES_S, KeyOrigin};
use booking_nats::message::decode;
use chrono::{DateTime, TimeDelta, Utc};

use crate::clients::{Attempt, Told, UNKNOWN};
use crate::company::Company;
use crate::relay::{At, EPOCH};
use crate::scene;
use crate::server::lock;
use crate::tables::{Landed, Row, Tables};

pub const AUDIT: &str = "the audit finds nothing: positions, sequences, seats, pools, claims";
pub const KEYS_IDLE: &str = "no key of the tables ever has to stand in the way";
pub const ONCE: &str = "what is asked under one key happens once";
pub const TOLD_IS_STORED: &str = "what was told is what is stored";
pub const IN_LEDGER: &str = "what was told under a given key stands in the ledger";
pub const ONE_ANSWER: &str = "a repeat is answered as the first";
pub const FRESH: &str = "an answer is the one that the newest state gives";
pub const NO_LATE_CLAIM: &str = "nothing is claimed on a cancelled departure";
pub const NAMES: &str = "no two bookings have one reference";
pub const STREAM: &str = "the stream says what the journal says";
pub const ROWS: &str = "read models are what the journal gives from scratch";
pub const EVERYBODY_IS_ANSWERED: &str = "nobody waits for ever, and nothing stands still";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    pub promise: &'static str,
    pub what: String,
}

/// All that is wrong.
pub fn breaches(company: &Company) -> Vec<Breach> {
    let server = lock(&company.server);
    let tables = &server.tables;
    let mut found = Found::default();
    found.all(AUDIT, audited(tables));
    found.all(KEYS_IDLE, (0 < tables.clashes).then(|| format!("{} batches clashed", tables.clashes)));
    found.all(ONCE, twice(tables, &company.log));
    found.all(TOLD_IS_STORED, told_otherwise(tables, &company.log));
    found.all(IN_LEDGER, not_in_ledger(tables, &company.log));
    found.all(ONE_ANSWER, answered_otherwise(&company.log));
    found.all(FRESH, stale(tables));
    found.all(NO_LATE_CLAIM, late_claims(tables));
    found.all(NAMES, shared_names(tables));
    found.all(STREAM, stream_differs(company, tables));
    found.all(ROWS, company.bookings.differences(tables));
    found.all(ROWS, company.flights.differences(tables));
    found.all(EVERYBODY_IS_ANSWERED, unfinished(company, tables));
    found.0
}

#[derive(Default)]
struct Found(Vec<Breach>);

impl Found {
    fn all(&mut self, promise: &'static str, what: impl IntoIterator<Item = String>) {
        self.0.extend(what.into_iter().map(|what| Breach { promise, what }));
    }
}

fn audited(tables: &Tables) -> Vec<String> {
    let mut audit = Audit::default();
    tables.events.iter().for_each(|row| audit.fold(&row.recorded));
    audit.finish().0.into_iter().map(|breach| format!("at {}: {}", breach.position, breach.what)).collect()
}

/// Commits with events under one key: one, or, under a derived key, one in as long as the key lives.
fn twice(tables: &Tables, log: &[Attempt]) -> Vec<String> {
    let mut commits: BTreeMap<&str, BTreeMap<usize, DateTime<Utc>>> = BTreeMap::new();
    for row in &tables.events {
        if let Some(attempt) = row.attempt {
            commits.entry(&log[attempt].key).or_default().insert(attempt, row.recorded.recorded_at);
        }
    }
    let lives = TimeDelta::seconds(i64::from(DERIVED_KEY_LIVES_S));
    let mut found = vec![];
    for (key, attempts) in commits {
        let is_derived = attempts.keys().all(|attempt| log[*attempt].origin == KeyOrigin::Derived);
        let mut times: Vec<_> = attempts.values().copied().collect();
        times.sort_unstable();
        let too_soon = times.windows(2).any(|pair| !is_derived || pair[1] - pair[0] < lives);
        found.extend(too_soon.then(|| format!("key {key} was stored for attempts {:?}", attempts.keys())));
    }
    found
}

fn told_otherwise(tables: &Tables, log: &[Attempt]) -> Vec<String> {
    let mut events: BTreeMap<usize, Vec<&Row>> = BTreeMap::new();
    for row in &tables.events {
        events.entry(row.attempt.unwrap_or(usize::MAX)).or_default().push(row);
    }
    let none = vec![];
    let wrong = |(n, attempt): (usize, &Attempt)| {
        let told = attempt.told.as_ref()?;
        let stored = events.get(&n).unwrap_or(&none);
        let is_so = match told {
            Told::Done { replayed: true, position, subject, .. } => {
                *position <= tables.head() && is_there(tables, subject, *position)
            }
            Told::Done { events: count, position, .. } => {
                let last = stored.last().map(|row| row.recorded.position);
                stored.len() == *count && (*count == 0 || last == Some(*position))
            }
            Told::Failed(UNKNOWN) => true,
            Told::Refused { .. } | Told::KeyReused | Told::Failed(_) => stored.is_empty(),
        };
        (!is_so).then(|| {
            format!("attempt {n} of key {} has {} events, but was told {told:?}", attempt.key, stored.len())
        })
    };
    log.iter().enumerate().filter_map(wrong).collect()
}

/// Whether an answer that is folded from a stream up to a position finds something there.
fn is_there(tables: &Tables, subject: &str, position: i64) -> bool {
    tables.events.iter().any(|row| row.recorded.aggregate_id == subject && row.recorded.position <= position)
}

/// Given keys live longer than any run.
fn not_in_ledger(tables: &Tables, log: &[Attempt]) -> Vec<String> {
    let kept: BTreeMap<&str, &Stored> =
        tables.ledger.iter().map(|((_, _, key), kept)| (key.as_str(), &kept.stored)).collect();
    let wrong = |attempt: &Attempt| {
        let stored = kept.get(attempt.key.as_str());
        let is_so = match attempt.told.as_ref()? {
            Told::Done { subject, position, .. } => stored.is_some_and(|stored| {
                (stored.status, &stored.subject, stored.position) == (DONE, subject, *position)
            }),
            Told::Refused { code, position, .. } => stored
                .is_some_and(|stored| (stored.code.as_ref(), stored.position) == (Some(code), *position)),
            Told::KeyReused | Told::Failed(_) => true,
        };
        (!is_so).then(|| format!("key {}: told {:?}, kept {stored:?}", attempt.key, attempt.told))
    };
    log.iter().filter(|attempt| attempt.origin == KeyOrigin::Given).filter_map(wrong).collect()
}

/// Final answers under one key: all the same, but under a derived key only while it lives.
fn answered_otherwise(log: &[Attempt]) -> Vec<String> {
    let mut answers: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for attempt in log.iter().filter(|attempt| attempt.origin == KeyOrigin::Given) {
        let answer = match &attempt.told {
            Some(Told::Done { subject, position, .. }) => format!("done: {subject} at {position}"),
            Some(Told::Refused { code, position, .. }) => format!("refused: {code} at {position}"),
            Some(Told::KeyReused) => "reused".to_owned(),
            Some(Told::Failed(_)) | None => continue,
        };
        answers.entry(&attempt.key).or_default().insert(answer);
    }
    let several = answers.into_iter().filter(|(_, answers)| 1 < answers.len());
    several.map(|(key, answers)| format!("key {key}: {answers:?}")).collect()
}

/// Requests that would be accepted or refused otherwise on what stood in the journal before them.
fn stale(tables: &Tables) -> Vec<String> {
    let (mut world, mut at) = (World::default(), 0);
    let mut rows = tables.events.iter().peekable();
    let mut landed: Vec<&Landed> = tables.landed.iter().collect();
    landed.sort_by_key(|one| (one.position, one.events == 0));
    let mut found = vec![];
    for one in landed {
        let before = one.position - i64::try_from(one.events).expect("a few");
        while let Some(row) = rows.next_if(|row| row.recorded.position <= before) {
            scene::learn(&mut world, &row.placed);
            at = row.recorded.position;
        }
        if at == before && refusal(&world, one) != one.code {
            found.push(format!("attempt {} at {}: {:?}", one.attempt, one.position, one.code));
        }
    }
    found
}

/// What a request is refused for on a world. Which of several free seats it gets may differ: who chooses depends
/// on what was chosen alone.
fn refusal(world: &World, one: &Landed) -> Option<&'static str> {
    one.case.decide(&mut Draft::new(world, scene::tenant())).err().map(|refusal| refusal.code())
}

fn late_claims(tables: &Tables) -> Vec<String> {
    let mut cancelled: Vec<DepartureId> = vec![];
    let mut found = vec![];
    for row in &tables.events {
        if let Event::Departure(DepartureEvent::Cancelled { flight_id, .. }) = &row.placed.event {
            cancelled.push(*flight_id);
        }
        let is_late = cancelled.iter().any(|id| scene::claims_on(&row.placed, *id));
        found.extend(is_late.then(|| format!("{} at {}", row.placed.stream, row.recorded.position)));
    }
    found
}

fn shared_names(tables: &Tables) -> Vec<String> {
    let mut references = BTreeSet::new();
    let mut found = vec![];
    for row in &tables.events {
        if let Event::Booking(booking_domain::booking::BookingEvent::Created { order, .. }) =
            &row.placed.event
        {
            let reference = order.booking_reference.as_str();
            found.extend((!references.insert(reference)).then(|| reference.to_owned()));
        }
    }
    found
}

fn stream_differs(company: &Company, tables: &Tables) -> Option<String> {
    let messages = company.stream.messages();
    let same = |(row, message): (&Row, &booking_nats::message::Message)| {
        decode(EPOCH, message).is_ok_and(|event| event == row.recorded)
    };
    if tables.events.len() < messages.len() {
        return Some(format!("{} messages for {} events", messages.len(), tables.events.len()));
    }
    let wrong = tables.events.iter().zip(messages).position(|pair| !same(pair));
    wrong.map(|at| format!("the message at {} is another event", at + 1))
}

fn unfinished(company: &Company, tables: &Tables) -> Vec<String> {
    let mut found = vec![];
    if company.is_anybody_waiting() {
        found.push("a request has no answer".to_owned());
    }
    if !company.bookings.is_at(tables.head()) || !company.flights.is_at(tables.head()) {
        let halts: Vec<&str> = company.bookings.halts().chain(company.flights.halts()).collect();
        found.push(format!("a read model is not at {}: {halts:?}", tables.head()));
    }
    if company.stream.last() != tables.head() {
        found.push(format!("the stream ends at {}, the journal at {}", company.stream.last(), tables.head()));
    }
    for relay in &company.relays {
        if let At::Stopped(why) = &relay.at {
            found.push(format!("a relay has stopped: {why}"));
        }
    }
    found
}
