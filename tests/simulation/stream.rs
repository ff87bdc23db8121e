//! The stream of JetStream: messages in order, counted from 1. It is trusted with nothing and can be wiped or
//! rolled back.

use booking_nats::StreamState;
use booking_nats::message::Message;

#[derive(Debug, Default)]
pub struct Stream {
    messages: Vec<Message>,
}

/// A message was not taken: another than the one before it is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongLast;

impl Stream {
    /// Takes a message that is to come directly after `expected_last`, if anything was demanded. Its sequence.
    pub fn take(&mut self, message: Message, expected_last: Option<i64>) -> Result<i64, WrongLast> {
        if expected_last.is_some_and(|expected| expected != self.last()) {
            return Err(WrongLast);
        }
        self.messages.push(message);
        Ok(self.last())
    }

    pub fn state(&self) -> StreamState {
        let last = self.last();
        StreamState { first: last.min(1), last, is_new: false }
    }

    pub fn last(&self) -> i64 {
        i64::try_from(self.messages.len()).expect("a few")
    }

    pub fn message(&self, sequence: i64) -> Option<&Message> {
        self.messages.get(usize::try_from(sequence - 1).ok()?)
    }

    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Forgets all after a sequence.
    pub fn roll_back(&mut self, last: usize) {
        self.messages.truncate(last);
    }
}
