//! A batch as it goes over the wire: the arguments of `journal.append`, each request with what is its own.

use booking_domain::UseCase;
use booking_domain::world::{NewName, Placed, Touch};
use booking_journal::writer::{Batch, DONE, Decided, status_of};
use booking_journal::{DERIVED_KEY_LIVES_S, GIVEN_KEY_LIVES_S, KeyOrigin};
use uuid::Uuid;

/// Tenant, caller and key.
pub type KeyId = (Uuid, String, String);

/// What `journal.append` is called with.
#[derive(Debug)]
pub struct Statement {
    pub known: i64,
    pub asked: Vec<Asked>,
}

/// One request of it.
#[derive(Debug)]
pub struct Asked {
    pub key: KeyId,
    pub fingerprint: [u8; 32],
    pub status: i16,
    pub code: Option<&'static str>,
    pub subject: String,
    /// How long the answer is kept, in seconds; 0 when it is not.
    pub lives_s: i32,
    pub group: i32,
    pub touched: Vec<Touch>,
    pub events: Vec<Placed>,
    pub metadata: String,
    pub names: Vec<NewName>,
    /// For the promises alone: what was decided, and for which attempt.
    pub case: UseCase,
    pub attempt: usize,
}

impl Statement {
    pub fn of(known: i64, batch: &Batch, groups: &[i32]) -> Self {
        let asked = batch.decided.iter().zip(groups).map(|(decided, group)| Asked::of(decided, *group));
        Self { known, asked: asked.collect() }
    }
}

impl Asked {
    fn of(decided: &Decided, group: i32) -> Self {
        let request = &decided.ticket.request;
        let lives_s = match request.key.origin {
            KeyOrigin::Given => GIVEN_KEY_LIVES_S,
            KeyOrigin::Derived if decided.refusal.is_some() => 0,
            KeyOrigin::Derived => DERIVED_KEY_LIVES_S,
        };
        Self {
            key: key_of(decided),
            fingerprint: request.key.fingerprint,
            status: decided.refusal.as_ref().map_or(DONE, |refusal| status_of(refusal.kind())),
            code: decided.refusal.as_ref().map(booking_domain::Refusal::code),
            subject: request.case.subject(request.tenant).aggregate_id(),
            lives_s,
            group,
            touched: decided.drafted.touched.clone(),
            events: decided.drafted.events.clone(),
            metadata: request.metadata(),
            names: decided.drafted.names.clone(),
            case: request.case.clone(),
            attempt: attempt_of(decided),
        }
    }
}

pub fn key_of(decided: &Decided) -> KeyId {
    let request = &decided.ticket.request;
    (request.tenant.uuid(), request.key.caller.clone(), request.key.key.clone())
}

fn attempt_of(decided: &Decided) -> usize {
    let attempt = decided.ticket.request.trace.correlation_id.as_deref().and_then(|id| id.parse().ok());
    attempt.expect("clients number their attempts")
}
