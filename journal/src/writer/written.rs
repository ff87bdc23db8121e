//! The texts of a request's events. They are written while the batch before is under way, when Postgres works and the
//! writer would wait; whatever is decided too late for that is written when its own batch leaves.

use super::batch::{Batch, Decided};

/// What is stored for one request, as text.
pub struct Written {
    /// Of each of its events.
    pub payloads: Vec<String>,
    /// Of all of them.
    pub metadata: String,
}

impl Written {
    pub fn of(decided: &Decided) -> Self {
        let payload = |event: &booking_domain::Event| event.to_json().expect("events have only text keys");
        Self {
            payloads: decided.drafted.events.iter().map(|placed| payload(&placed.event)).collect(),
            metadata: decided.ticket.request.metadata(),
        }
    }
}

impl Batch {
    /// Writes the texts of what was decided since the last time.
    pub fn write(&mut self) {
        self.written.extend(self.unwritten().iter().map(Written::of).collect::<Vec<_>>());
    }

    /// What has no texts yet.
    pub fn unwritten(&self) -> &[Decided] {
        &self.decided[self.written.len()..]
    }
}
