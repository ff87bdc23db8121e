//! The feed: what `nats/src/feed.rs` does with messages of the stream and pages of the journal, with the
//! engine's own plan, decoding and hole check.

use std::collections::VecDeque;

use booking_journal::{ReadFailure, Recorded};
use booking_nats::message::decode;
use booking_nats::plan::{Place, Source, place, source};

use crate::relay::EPOCH;
use crate::stream::Stream;
use crate::tables::Tables;

/// Events that are read from the journal at once.
const READ_EVENTS: usize = 3;

#[derive(Debug, Default)]
pub struct Feed {
    /// The position that comes after those that are ready.
    expected: i64,
    pub ready: VecDeque<Recorded>,
    /// The sequence that the stream delivers next, while it is open.
    pub cursor: Option<i64>,
}

impl Feed {
    pub fn after(position: i64) -> Self {
        Self { expected: position + 1, ..Self::default() }
    }

    /// Whether the journal has more than was handed out.
    pub const fn is_behind(&self, head: i64) -> bool {
        self.expected <= head
    }

    /// One step towards the next event.
    pub fn step(
        &mut self,
        tables: &Tables,
        stream: &Stream,
        prefers_stream: bool,
    ) -> Result<(), ReadFailure> {
        let Some(at) = self.cursor else {
            return match source(self.expected, Some(stream.state())) {
                Source::Stream { from } if prefers_stream => {
                    self.cursor = Some(from);
                    Ok(())
                }
                Source::Stream { .. } | Source::Journal => self.read_journal(tables, READ_EVENTS),
            };
        };
        let Some(message) = stream.message(at) else {
            // It is silent although the journal has more.
            self.cursor = None;
            return self.read_journal(tables, READ_EVENTS);
        };
        match place(at, self.expected) {
            Place::Old => self.cursor = Some(at + 1),
            Place::Next => {
                self.cursor = Some(at + 1);
                match decode(EPOCH, message).ok().filter(|event| event.position == at) {
                    Some(event) => self.push(event),
                    None => self.read_journal(tables, 1)?,
                }
            }
            Place::Early => {
                let missing = usize::try_from(at - self.expected).expect("it is early");
                self.read_journal(tables, missing.min(READ_EVENTS))?;
            }
        }
        Ok(())
    }

    fn push(&mut self, event: Recorded) {
        self.expected = event.position + 1;
        self.ready.push_back(event);
    }

    fn read_journal(&mut self, tables: &Tables, limit: usize) -> Result<(), ReadFailure> {
        let events = tables.after(self.expected - 1, limit)?;
        events.into_iter().for_each(|event| self.push(event));
        Ok(())
    }
}
