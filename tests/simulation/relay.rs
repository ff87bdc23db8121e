//! The relay: what `nats/src/relay/session.rs` does between reading, publishing and the acknowledgement, with
//! the engine's own plan, messages and hole check. Who holds the lease, the `Company` knows. The hash chain is left out.
//!
//! ```text
//!   Idle --lease--> Starting --> Reading --> Publishing --> Awaiting --+
//!    ^                  ^           ^                                  |
//!    |                  +-- wrong sequence, no answer -----------------+
//!    +-- the lease is another's     +--------- acknowledged -----------+
//! ```

use std::collections::VecDeque;

use booking_journal::Recorded;
use booking_nats::message::{Message, encode};
use booking_nats::plan::{Start, start};

use crate::guards::Guard;
use crate::stream::{Stream, WrongLast};
use crate::tables::Tables;

/// The journal is never restored here.
pub const EPOCH: i32 = 1;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    Idle,
    Starting,
    Reading,
    Publishing(VecDeque<Recorded>),
    /// For the acknowledgement of this position.
    Awaiting(i64),
    /// Gave up, and says why.
    Stopped(String),
}

/// A message on its way to the server.
struct Sent {
    position: i64,
    message: Message,
    /// Which run of the relay waits for the acknowledgement, if it does.
    answers_to: Option<u32>,
}

pub struct Relay {
    pub at: At,
    /// The stream's last sequence, as far as it knows.
    pub last: i64,
    /// Counts sessions: an acknowledgement that comes later than the next look is not waited for any more.
    session: u32,
    wire: VecDeque<Sent>,
    acknowledged: Option<Result<i64, WrongLast>>,
}

impl Relay {
    pub const fn new() -> Self {
        Self { at: At::Idle, last: 0, session: 0, wire: VecDeque::new(), acknowledged: None }
    }

    pub fn leads(&self) -> bool {
        !matches!(self.at, At::Idle | At::Stopped(_))
    }

    pub fn has_sent(&self) -> bool {
        !self.wire.is_empty()
    }

    /// Whether its next step would do anything. One that has read all looks from time to time at the stream.
    pub fn can_go_on(&self, tables: &Tables, stream: &Stream) -> bool {
        match &self.at {
            At::Idle | At::Stopped(_) => false,
            At::Starting | At::Publishing(_) => true,
            At::Reading => self.last != tables.head() || self.last != stream.last(),
            At::Awaiting(_) => self.acknowledged.is_some() || self.wire.is_empty(),
        }
    }

    pub fn lead(&mut self) {
        self.at = At::Starting;
    }

    /// What it does next; it reads so many events at most.
    pub fn go_on(&mut self, tables: &Tables, stream: &Stream, window: usize) {
        self.at = match std::mem::replace(&mut self.at, At::Starting) {
            at @ (At::Idle | At::Stopped(_)) => at,
            At::Starting => self.start(tables, stream),
            At::Reading => self.read(tables, stream, window),
            At::Publishing(window) => self.publish(window),
            At::Awaiting(asked) => self.acknowledge(asked),
        }
    }

    fn start(&mut self, tables: &Tables, stream: &Stream) -> At {
        self.session += 1;
        self.acknowledged = None;
        match start(stream.state(), tables.head()) {
            Start::Ahead { last, head } => {
                At::Stopped(format!("the stream ends at {last}, the journal at {head}"))
            }
            Start::After(last) => {
                self.last = last;
                At::Reading
            }
        }
    }

    fn read(&self, tables: &Tables, stream: &Stream, window: usize) -> At {
        match tables.after(self.last, window) {
            Err(hole) => At::Stopped(hole.to_string()),
            Ok(events) if events.is_empty() && stream.last() == self.last => At::Reading,
            Ok(events) if events.is_empty() => At::Starting,
            Ok(events) => At::Publishing(events.into()),
        }
    }

    fn publish(&mut self, mut window: VecDeque<Recorded>) -> At {
        let Some(event) = window.pop_front() else { return At::Reading };
        let (position, is_last) = (event.position, window.is_empty());
        let message = match encode(event, EPOCH, None) {
            Ok(message) => message,
            Err(unfit) => return At::Stopped(unfit.to_string()),
        };
        self.wire.push_back(Sent { position, message, answers_to: is_last.then_some(self.session) });
        if is_last { At::Awaiting(position) } else { At::Publishing(window) }
    }

    /// Nothing on the wire and no answer: it never comes.
    fn acknowledge(&mut self, asked: i64) -> At {
        match self.acknowledged.take() {
            Some(Ok(sequence)) if sequence == asked => {
                self.last = asked;
                At::Reading
            }
            Some(Ok(sequence)) => At::Stopped(format!("position {asked} was stored at sequence {sequence}")),
            Some(Err(WrongLast)) | None => At::Starting,
        }
    }

    /// The server takes the next message from the wire, and answers unless the answer is lost.
    pub fn arrive(&mut self, tables: &Tables, stream: &mut Stream, is_answered: bool) {
        let Some(Sent { position, message, answers_to }) = self.wire.pop_front() else { return };
        let expected = tables.guards.up(Guard::ExpectedLast).then_some(position - 1);
        let taken = stream.take(message, expected);
        if is_answered && answers_to == Some(self.session) && self.leads() {
            self.acknowledged = Some(taken);
        }
    }

    /// What is on the wire takes its time: the relay looks at everything afresh meanwhile.
    pub fn waits_no_longer(&mut self) {
        if let At::Awaiting(_) = self.at {
            self.at = At::Starting;
        }
    }

    /// It has lost its lease or is killed. What it sent may still arrive.
    pub fn leave(&mut self, arrives: bool) {
        self.at = At::Idle;
        self.acknowledged = None;
        if !arrives {
            self.wire.clear();
        }
    }
}
