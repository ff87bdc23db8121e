//! A read model and its workers: what `projections/src/runner/turn.rs` does between a batch and its commit, with
//! the projection's own digest and fold.

use std::collections::{BTreeMap, HashMap};

use booking_projections::{Digest, Key, Projection, Row, digest};

use crate::feed::Feed;
use crate::guards::Guard;
use crate::stream::Stream;
use crate::tables::Tables;

pub struct ReadModel<P: Projection> {
    rows: BTreeMap<Key, P::Row>,
    pub checkpoint: i64,
    workers: Vec<Worker<P>>,
}

struct Worker<P: Projection> {
    /// The checkpoint as it was last seen.
    shown: i64,
    feed: Option<Feed>,
    open: Option<Open<P>>,
    /// Why it does not go on.
    halt: Option<String>,
}

/// A transaction that has read and folded, and is to be committed.
struct Open<P: Projection> {
    rows: HashMap<Key, P::Row>,
    position: i64,
    /// Only its rows are still to be stored.
    checkpoint_is_stored: bool,
}

impl<P: Projection> Worker<P> {
    const fn new() -> Self {
        Self { shown: 0, feed: None, open: None, halt: None }
    }
}

impl<P: Projection<Row: Clone>> ReadModel<P> {
    pub fn with_workers(count: usize) -> Self {
        Self { rows: BTreeMap::new(), checkpoint: 0, workers: (0..count).map(|_| Worker::new()).collect() }
    }

    pub fn can_go_on(&self, worker: usize, head: i64) -> bool {
        let Worker { feed, open, halt, .. } = &self.workers[worker];
        let behind = |feed: &Feed| !feed.ready.is_empty() || feed.is_behind(head);
        halt.is_none() && (open.is_some() || feed.as_ref().is_none_or(behind))
    }

    /// Whether all that the journal has is in the rows.
    pub const fn is_at(&self, head: i64) -> bool {
        self.checkpoint == head
    }

    /// What a worker does next. A commit whose reply is lost has happened all the same.
    pub fn go_on(
        &mut self,
        worker: usize,
        tables: &Tables,
        stream: &Stream,
        eager: bool,
        reply_is_lost: bool,
    ) {
        let mut one = std::mem::replace(&mut self.workers[worker], Worker::new());
        if let Some(open) = one.open.take() {
            self.commit(&mut one, open, &tables.guards, reply_is_lost);
        } else if let Some(mut feed) = one.feed.take() {
            let has_enough = !feed.ready.is_empty() && !eager;
            if has_enough {
                self.fold(&mut one, &mut feed);
                one.feed = Some(feed);
            } else {
                match feed.step(tables, stream, eager) {
                    Ok(()) => one.feed = Some(feed),
                    Err(hole) => one.halt = Some(hole.to_string()),
                }
            }
        } else {
            one.shown = self.checkpoint;
            one.feed = Some(Feed::after(one.shown));
        }
        self.workers[worker] = one;
    }

    fn fold(&self, one: &mut Worker<P>, feed: &mut Feed) {
        let batch: Vec<_> = feed.ready.drain(..).collect();
        let mut digest: Digest<P::News> = digest::<P>(one.shown, &batch);
        let stored = |(key, _): (Key, bool)| Some((key, self.rows.get(&key)?.clone()));
        let mut rows: HashMap<Key, P::Row> = digest.rows::<P>().into_iter().filter_map(stored).collect();
        digest.fold::<P>(&mut rows);
        one.halt = digest.poison.map(|poison| poison.to_string());
        one.open = Some(Open { rows, position: digest.position, checkpoint_is_stored: false });
    }

    fn commit(
        &mut self,
        one: &mut Worker<P>,
        open: Open<P>,
        guards: &crate::guards::Guards,
        reply_is_lost: bool,
    ) {
        let stands = self.checkpoint == one.shown || !guards.up(Guard::CheckpointStands);
        if !open.checkpoint_is_stored && !stands {
            one.feed = None;
            return;
        }
        self.checkpoint = open.position;
        if !guards.up(Guard::CheckpointWithRows) && !open.checkpoint_is_stored {
            one.open = Some(Open { checkpoint_is_stored: true, ..open });
            return;
        }
        let since = one.shown;
        self.rows.extend(open.rows.into_iter().filter(|(_, row)| since < row.position()));
        if reply_is_lost {
            one.feed = None;
        } else {
            one.shown = open.position;
        }
    }

    /// It is killed, or tries again after it halted.
    pub fn restart(&mut self, worker: usize) {
        self.workers[worker] = Worker::new();
    }

    /// The consumer delivers from another sequence on.
    pub fn stray(&mut self, worker: usize, sequence: i64) {
        if let Some(Feed { cursor: Some(cursor), .. }) = &mut self.workers[worker].feed {
            *cursor = sequence;
        }
    }

    pub fn halts(&self) -> impl Iterator<Item = &str> {
        self.workers.iter().filter_map(|worker| worker.halt.as_deref())
    }

    /// Rows that are not what the journal gives when it is folded from its first event up to the checkpoint.
    pub fn differences(&self, tables: &Tables) -> Vec<String> {
        let seen = tables.events.iter().filter(|row| row.recorded.position <= self.checkpoint);
        let events: Vec<_> = seen.map(|row| row.recorded.clone()).collect();
        let mut digest: Digest<P::News> = digest::<P>(0, &events);
        let mut rows = HashMap::new();
        digest.fold::<P>(&mut rows);
        let differs = |key: &&Key| {
            let settled = |row: &P::Row| row.clone().settled();
            self.rows.get(key).map(settled) != rows.get(key).map(settled)
        };
        let mut keys: Vec<&Key> = self.rows.keys().chain(rows.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        let name = P::MODEL.name();
        keys.into_iter().filter(differs).map(|key| format!("{name}: row {} differs", key.id)).collect()
    }
}
