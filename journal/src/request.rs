//! What goes into the journal's door, and what comes out.

use booking_domain::values::{Actor, TenantId};
use booking_domain::world::{Draft, Placed};
use booking_domain::{Refusal, RefusalKind, StreamId, UseCase};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::NewKey;

/// How long an answer under a key given by the caller is kept, in seconds: 72 hours.
pub const GIVEN_KEY_LIVES_S: i32 = 72 * 3_600;

/// How long an answer under a derived key is kept, in seconds.
pub const DERIVED_KEY_LIVES_S: i32 = 60;

/// One request: a use case, who asks for it, and how its repeats are known.
#[derive(Debug)]
pub struct Request {
    pub tenant: TenantId,
    pub actor: Actor,
    pub case: UseCase,
    pub key: CommandKey,
    /// Keys of persons that its events are sealed with.
    pub keys: Vec<NewKey>,
    pub trace: Trace,
    /// `now` of the command.
    pub occurred_at: DateTime<Utc>,
    /// Imported history: reactors leave it alone.
    pub quiet: bool,
    /// For which versions of its subject it is meant; absent: for any.
    pub versions: Option<Vec<i64>>,
    /// Whether it is meant at all.
    pub intent: Intent,
}

/// Whether a request is to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// As soon as can be.
    Store,
    /// Never: it is decided on what is hoped, and that is the answer. Its key must be its own.
    Rehearse,
}

/// By what a repeat is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandKey {
    /// Who asks: keys of different callers never meet.
    pub caller: String,
    pub key: String,
    /// Keyed hash of method, route and body: the same key for something else is refused.
    pub fingerprint: [u8; 32],
    pub origin: KeyOrigin,
}

/// Where a key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOrigin {
    /// The caller named it: kept for [`GIVEN_KEY_LIVES_S`], refusals too, so that a late duplicate cannot book
    /// what the caller gave up.
    Given,
    /// Made from the request: kept for [`DERIVED_KEY_LIVES_S`], acceptances only.
    Derived,
}

/// In whose train a request comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    pub correlation_id: Option<String>,
    /// The event that caused it.
    pub causation_id: Option<Uuid>,
    /// W3C trace context.
    pub traceparent: Option<String>,
}

/// What became of a request.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Stored, or already so.
    Done(Receipt),
    /// A rule said no; nothing was stored.
    Refused(Refused),
    /// The key was used for another request; nothing was stored.
    KeyReused,
}

/// The proof that a request was stored.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// Of the commit's last event of this request; of the journal's head when it was already so.
    pub position: i64,
    /// What the answer is about.
    pub subject: StreamIdText,
    /// What was stored now, or would be; empty for a repeat, and when it was already so.
    pub events: Vec<Placed>,
    /// Whether the answer comes from the ledger.
    pub replayed: bool,
}

/// Aggregate id of the stream that an answer is about.
pub type StreamIdText = String;

/// Why a request was turned down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Stable word code.
    pub code: String,
    pub kind: RefusalKind,
    /// The explanation; absent when a repeat is answered from the ledger and would not be refused for this any
    /// more.
    pub refusal: Option<Refusal>,
    /// The journal's position at which it was decided.
    pub position: i64,
    /// Whether the answer comes from the ledger.
    pub replayed: bool,
}

/// Why a request has no outcome. A `503` to callers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmitFailure {
    /// Nothing was stored; repeating is safe.
    #[error("the journal cannot be reached; nothing was stored")]
    Unavailable,
    /// Nothing was stored; repeating is safe. Others moved the same streams again and again, or bear every name
    /// that the request could choose.
    #[error("the request met too many others; nothing was stored")]
    TooBusy,
    /// The connection was lost while committing and could not be restored in time: repeat with the same key to
    /// learn the outcome.
    #[error("it is not known whether the request was stored")]
    Unknown,
    /// Nothing was stored; repeating will not help until someone looks at the log.
    #[error("the journal refused to store the request")]
    Broken,
}

/// Column `metadata`: the envelope's part that is the same for all events of a request.
#[derive(Serialize)]
struct Metadata<'r> {
    actor: Actor,
    command_id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    causation_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<&'r str>,
    occurred_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    quiet: bool,
}

impl Request {
    /// What is stored beside each of its events.
    pub fn metadata(&self) -> String {
        let metadata = Metadata {
            actor: self.actor,
            command_id: &self.key.key,
            correlation_id: self.trace.correlation_id.as_deref(),
            causation_id: self.trace.causation_id,
            traceparent: self.trace.traceparent.as_deref(),
            occurred_at: self.occurred_at,
            quiet: self.quiet,
        };
        serde_json::to_string(&metadata).expect("metadata has only text members")
    }

    /// Decides it, if it is meant for the version that there is. What is not there yet has no version to miss.
    pub(crate) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refusal> {
        if let Some(versions) = &self.versions {
            let now = draft.version(&self.subject());
            if now != 0 && !versions.contains(&now) {
                return Err(Refusal::VersionConflict { now });
            }
        }
        self.case.decide(draft)
    }

    pub(crate) fn subject(&self) -> StreamId {
        self.case.subject(self.tenant)
    }
}

impl CommandKey {
    /// A key for a command of the engine itself, such as one row of an import.
    pub fn once(command_id: Uuid) -> Self {
        let (caller, key) = ("engine".to_owned(), command_id.to_string());
        Self { caller, key, fingerprint: [0; 32], origin: KeyOrigin::Derived }
    }

    pub(crate) const fn lives_s(&self) -> i32 {
        match self.origin {
            KeyOrigin::Given => GIVEN_KEY_LIVES_S,
            KeyOrigin::Derived => DERIVED_KEY_LIVES_S,
        }
    }
}

impl Refused {
    pub(crate) fn now(refusal: Refusal, position: i64) -> Self {
        let (code, kind) = (refusal.code().to_owned(), refusal.kind());
        Self { code, kind, refusal: Some(refusal), position, replayed: false }
    }
}
