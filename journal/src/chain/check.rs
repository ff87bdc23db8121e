//! The journal against its chain, event by event; and signed heads against both.

use std::collections::VecDeque;

use super::link::Link;
use super::signature::ChainPublicKey;
use super::store::{Batch, StoredHead};
use crate::Recorded;
use crate::audit::{Breach, FINDINGS_MAX};

/// Computes the chain over events in order of position, and compares it with the rows. After a row that
/// differs it goes on from what the row says, so each damage is told once, where it is.
#[derive(Debug)]
pub struct ChainCheck {
    link: Link,
    /// Where the last row ended.
    end: Option<i64>,
    rows: VecDeque<Batch>,
    breaches: Vec<Breach>,
    uncounted: u64,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// The end of the last row.
    pub chained: i64,
    /// At most [`FINDINGS_MAX`].
    pub breaches: Vec<Breach>,
    /// How many more there are.
    pub more_breaches: u64,
}

impl Default for ChainCheck {
    fn default() -> Self {
        Self { link: Link::start(), end: None, rows: VecDeque::new(), breaches: vec![], uncounted: 0 }
    }
}

impl ChainCheck {
    /// Begins after the end of a row that is taken to be right: a part of the chain.
    pub fn after(link: Link) -> Self {
        let (end, rows) = (Some(link.position), VecDeque::new());
        Self { link, end, rows, breaches: vec![], uncounted: 0 }
    }

    /// Rows that come next, the first with `until` = 0. Those that end within the events must be told before
    /// these are folded.
    pub fn expect(&mut self, rows: Vec<Batch>) {
        self.rows.extend(rows);
    }

    /// Chains the next event.
    pub fn fold(&mut self, event: &Recorded) {
        self.settle_until(event.position - 1);
        self.link = self.link.then(event);
        self.settle_until(event.position);
    }

    /// To be asked when all events are folded.
    pub fn finish(mut self) -> ChainReport {
        self.settle_until(i64::MAX);
        if self.end.is_none() {
            self.breach(0, "the chain has no first row".to_owned());
        }
        let chained = self.end.unwrap_or(0);
        ChainReport { chained, breaches: self.breaches, more_breaches: self.uncounted }
    }

    fn settle_until(&mut self, position: i64) {
        while let Some(row) = self.rows.pop_front_if(|row| row.until <= position) {
            self.settle(&row);
        }
    }

    fn settle(&mut self, row: &Batch) {
        if row.since != self.end {
            let (end, since) = (self.end.unwrap_or(0), row.since.unwrap_or(0));
            self.breach(
                row.until,
                format!("the chain has a gap: a row ends at {end}, the next begins at {since}"),
            );
        }
        if self.link != row.end() && row.until == 0 {
            self.breach(0, "the chain has another start".to_owned());
        } else if self.link != row.end() {
            let (first, until) = (self.end.unwrap_or(-1) + 1, row.until);
            self.breach(until, format!("events {first} to {until} are not those that were chained"));
        }
        self.link = row.end();
        self.end = Some(row.until);
    }

    fn breach(&mut self, position: i64, what: String) {
        if self.breaches.len() < FINDINGS_MAX {
            self.breaches.push(Breach { position, what });
        } else {
            self.uncounted += 1;
        }
    }
}

/// What is wrong with signed heads: one that the chain does not lead to, or, with a `key`, one that bears the
/// key's name and that the key did not sign. Also how many the key did sign.
pub fn check_heads(heads: &[StoredHead], key: Option<&ChainPublicKey>) -> (Vec<Breach>, u64) {
    let (mut breaches, mut signed) = (vec![], 0);
    for StoredHead { signed: head, chained } in heads {
        let position = head.head.link.position;
        let mut breach = |what: &str| breaches.push(Breach { position, what: what.to_owned() });
        if *chained != Some(head.head.link.hash) {
            breach("the chain is not the one whose head was signed");
        }
        match key {
            Some(key) if key.id() == head.key_id && key.has_signed(head) => signed += 1,
            Some(key) if key.id() == head.key_id => breach("the signature of this head is forged"),
            Some(_) | None => {}
        }
    }
    (breaches, signed)
}
