//! The one call that stores a batch.

use booking_domain::RefusalKind;
use booking_domain::event::VERSION;
use booking_domain::world::Touch;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::batch::{Batch, Decided};
use super::written::Written;
use crate::request::KeyOrigin;

/// What the database answered for a batch.
#[derive(Debug, sqlx::FromRow)]
pub struct Appended {
    /// The last position before this commit.
    pub head: i64,
    /// Read by whoever debugs a flush.
    pub recorded_at: DateTime<Utc>,
    /// Groups left out because something they touch had moved.
    pub moved: Vec<i32>,
    /// Requests (counted from 1) that the ledger knows, with its answers in step.
    pub repeated: Vec<i64>,
    pub same: Option<Vec<bool>>,
    pub status: Option<Vec<i16>>,
    pub code: Option<Vec<Option<String>>>,
    pub subject: Option<Vec<String>>,
    pub positions: Option<Vec<i64>>,
    /// Names (counted from 1, in the order sent) that another stream bears.
    pub clashed: Vec<i64>,
    pub bearers: Option<Vec<String>>,
}

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Whether it was the same request.
    pub same: bool,
    pub status: i16,
    pub code: Option<String>,
    pub subject: String,
    pub position: i64,
}

/// Column `status` of the ledger for what was done.
pub const DONE: i16 = 0;

/// Column `status` of the ledger for a refusal.
pub const fn status_of(kind: RefusalKind) -> i16 {
    match kind {
        RefusalKind::Absent => 1,
        RefusalKind::Conflict => 2,
        RefusalKind::Wrong => 3,
        RefusalKind::Stale => 4,
    }
}

/// The kind of a refusal in the ledger.
pub const fn kind_of(status: i16) -> RefusalKind {
    match status {
        1 => RefusalKind::Absent,
        2 => RefusalKind::Conflict,
        4 => RefusalKind::Stale,
        _ => RefusalKind::Wrong,
    }
}

impl Appended {
    /// The stored answer of each repeated request, by its index in the batch.
    pub fn stored(&self) -> impl Iterator<Item = (usize, Stored)> + '_ {
        let column = |at: usize| {
            Some(Stored {
                same: *self.same.as_ref()?.get(at)?,
                status: *self.status.as_ref()?.get(at)?,
                code: self.code.as_ref()?.get(at)?.clone(),
                subject: self.subject.as_ref()?.get(at)?.clone(),
                position: *self.positions.as_ref()?.get(at)?,
            })
        };
        let index = |n: &i64| usize::try_from(n - 1).unwrap_or(usize::MAX);
        self.repeated.iter().map(index).enumerate().filter_map(move |(at, index)| Some((index, column(at)?)))
    }
}

#[derive(Default)]
struct Requests<'b> {
    tenant: Vec<Uuid>,
    caller: Vec<&'b str>,
    key: Vec<&'b str>,
    fingerprint: Vec<&'b [u8]>,
    status: Vec<i16>,
    code: Vec<Option<&'static str>>,
    subject: Vec<String>,
    lives_s: Vec<i32>,
    events: Vec<i32>,
}

#[derive(Default)]
struct Touches<'b> {
    group: Vec<i32>,
    aggregate_type: Vec<&'b str>,
    aggregate_id: Vec<String>,
}

#[derive(Default)]
struct Events<'b> {
    request: Vec<i32>,
    aggregate_type: Vec<&'static str>,
    stream: Vec<String>,
    sequence: Vec<i64>,
    name: Vec<&'static str>,
    version: Vec<&'static str>,
    id: Vec<Uuid>,
    tenant: Vec<Uuid>,
    payload: Vec<&'b str>,
    metadata: Vec<&'b str>,
}

#[derive(Default)]
struct Names<'b> {
    request: Vec<i32>,
    tenant: Vec<Uuid>,
    kind: Vec<&'static str>,
    value: Vec<&'b str>,
    owner: Vec<String>,
}

#[derive(Default)]
struct Keys<'b> {
    request: Vec<i32>,
    tenant: Vec<Uuid>,
    subject: Vec<Uuid>,
    wrapped: Vec<&'b [u8]>,
}

/// Stores a batch that was decided on the journal up to `known`.
pub async fn append(
    connection: &mut PgConnection,
    known: i64,
    batch: &Batch,
    groups: &[i32],
) -> sqlx::Result<Appended> {
    let rest: Vec<Written> = batch.unwritten().iter().map(Written::of).collect();
    let (requests, events, names, keys) = columns(batch, batch.written.iter().chain(&rest));
    let touches = touches(batch, groups);
    sqlx::query_as(APPEND)
        .bind(known)
        .bind(requests.tenant)
        .bind(requests.caller)
        .bind(requests.key)
        .bind(requests.fingerprint)
        .bind(requests.status)
        .bind(requests.code)
        .bind(requests.subject)
        .bind(requests.lives_s)
        .bind(requests.events)
        .bind(groups)
        .bind(touches.group)
        .bind(touches.aggregate_type)
        .bind(touches.aggregate_id)
        .bind(events.request)
        .bind(events.aggregate_type)
        .bind(events.stream)
        .bind(events.sequence)
        .bind(events.name)
        .bind(events.version)
        .bind(events.id)
        .bind(events.tenant)
        .bind(events.payload)
        .bind(events.metadata)
        .bind(names.request)
        .bind(names.tenant)
        .bind(names.kind)
        .bind(names.value)
        .bind(names.owner)
        .bind(keys.request)
        .bind(keys.tenant)
        .bind(keys.subject)
        .bind(keys.wrapped)
        .fetch_one(connection)
        .await
}

/// `written` are the texts of each request's events.
fn columns<'b>(
    batch: &'b Batch,
    written: impl Iterator<Item = &'b Written>,
) -> (Requests<'b>, Events<'b>, Names<'b>, Keys<'b>) {
    let (mut requests, mut events) = (Requests::default(), Events::default());
    let (mut names, mut keys) = (Names::default(), Keys::default());
    for ((n, decided), written) in (1..).zip(&batch.decided).zip(written) {
        requests.push(decided);
        events.push(n, decided, written);
        names.push(n, decided);
        keys.push(n, decided);
    }
    (requests, events, names, keys)
}

fn touches<'b>(batch: &'b Batch, groups: &'b [i32]) -> Touches<'b> {
    let mut touches = Touches::default();
    for (group, touch) in batch.touches(groups) {
        let (aggregate_type, aggregate_id) = match touch {
            Touch::Stream(stream) => (stream.aggregate_type(), stream.aggregate_id()),
            Touch::Family(family) => ("", family.root().aggregate_id()),
        };
        touches.group.push(group);
        touches.aggregate_type.push(aggregate_type);
        touches.aggregate_id.push(aggregate_id);
    }
    touches
}

impl<'b> Requests<'b> {
    fn push(&mut self, decided: &'b Decided) {
        let request = &decided.ticket.request;
        // A refusal under a derived key is looked up like all else, but not kept: the next try may well succeed.
        // Neither is one for another version: the caller reads again, and sends the same once more.
        let is_stale = decided.refusal.as_ref().is_some_and(|refusal| refusal.kind() == RefusalKind::Stale);
        let kept = decided.refusal.is_none() || (request.key.origin == KeyOrigin::Given && !is_stale);
        self.tenant.push(request.tenant.uuid());
        self.caller.push(&request.key.caller);
        self.key.push(&request.key.key);
        self.fingerprint.push(&request.key.fingerprint);
        self.status.push(decided.refusal.as_ref().map_or(DONE, |refusal| status_of(refusal.kind())));
        self.code.push(decided.refusal.as_ref().map(booking_domain::Refusal::code));
        self.subject.push(request.subject().aggregate_id());
        self.lives_s.push(if kept { request.key.lives_s() } else { 0 });
        let events = decided.drafted.events.len();
        self.events.push(i32::try_from(events).expect("a request has at most BATCH_ROWS_MAX events"));
    }
}

impl<'b> Events<'b> {
    fn push(&mut self, n: i32, decided: &Decided, written: &'b Written) {
        for (placed, payload) in decided.drafted.events.iter().zip(&written.payloads) {
            self.request.push(n);
            self.aggregate_type.push(placed.stream.aggregate_type());
            self.stream.push(placed.stream.aggregate_id());
            self.sequence.push(placed.sequence);
            self.name.push(placed.event.name());
            self.version.push(VERSION);
            self.id.push(Uuid::now_v7());
            self.tenant.push(placed.tenant.uuid());
            self.payload.push(payload);
            self.metadata.push(&written.metadata);
        }
    }
}

impl<'b> Names<'b> {
    fn push(&mut self, n: i32, decided: &'b Decided) {
        for new in &decided.drafted.names {
            self.request.push(n);
            self.tenant.push(new.name.tenant.map_or_else(Uuid::nil, |tenant| tenant.uuid()));
            self.kind.push(new.name.kind.as_str());
            self.value.push(&new.name.value);
            self.owner.push(new.owner.aggregate_id());
        }
    }
}

impl<'b> Keys<'b> {
    fn push(&mut self, n: i32, decided: &'b Decided) {
        // A request that stores no event introduces nobody.
        if decided.drafted.events.is_empty() {
            return;
        }
        for key in &decided.ticket.request.keys {
            self.request.push(n);
            self.tenant.push(decided.ticket.request.tenant.uuid());
            self.subject.push(key.subject);
            self.wrapped.push(&key.wrapped);
        }
    }
}

const APPEND: &str = "
    select head, recorded_at, moved, repeated, same, status, code, subject, positions, clashed, bearers
    from journal.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                        $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)";
