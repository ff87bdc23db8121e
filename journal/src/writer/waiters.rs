//! Requests under way, by their keys: a repeat waits and shares the answer.

use std::collections::HashMap;

use tokio::sync::oneshot;

use super::Ticket;
use crate::request::{Outcome, Receipt, Refused, SubmitFailure};

type Answer = oneshot::Sender<Result<Outcome, SubmitFailure>>;

/// Tenant, caller and key.
type KeyId = (uuid::Uuid, String, String);

#[derive(Default)]
pub struct Waiters(HashMap<KeyId, Waiting>);

struct Waiting {
    fingerprint: [u8; 32],
    answers: Vec<Answer>,
}

impl Waiters {
    /// Lets a request in, unless the same one is under way: then it waits with that.
    pub fn admit(&mut self, ticket: Ticket) -> Option<Ticket> {
        let fingerprint = ticket.request.key.fingerprint;
        match self.0.get_mut(&id(&ticket)) {
            None => {
                self.0.insert(id(&ticket), Waiting { fingerprint, answers: vec![] });
                Some(ticket)
            }
            Some(waiting) if waiting.fingerprint == fingerprint => {
                waiting.answers.push(ticket.answer);
                None
            }
            Some(_) => {
                tell(ticket.answer, Ok(Outcome::KeyReused));
                None
            }
        }
    }

    /// Answers a request and all that waited with it.
    pub fn answer(&mut self, ticket: Ticket, outcome: Result<Outcome, SubmitFailure>) {
        let waiting = self.0.remove(&id(&ticket)).map(|waiting| waiting.answers).unwrap_or_default();
        for answer in waiting {
            tell(answer, outcome.clone().map(as_repeat));
        }
        tell(ticket.answer, outcome);
    }
}

fn id(ticket: &Ticket) -> KeyId {
    let key = &ticket.request.key;
    (ticket.request.tenant.uuid(), key.caller.clone(), key.key.clone())
}

/// Whoever asked may have gone; what was stored stays stored.
fn tell(answer: Answer, outcome: Result<Outcome, SubmitFailure>) {
    drop(answer.send(outcome));
}

fn as_repeat(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Done(receipt) => Outcome::Done(Receipt { events: vec![], replayed: true, ..receipt }),
        Outcome::Refused(refused) => Outcome::Refused(Refused { replayed: true, ..refused }),
        Outcome::KeyReused => Outcome::KeyReused,
    }
}
