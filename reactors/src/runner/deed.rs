//! One try of a deed: a command through the journal's door, in the engine's name.

use std::time::Duration;

use booking_domain::UseCase;
use booking_domain::values::Actor;
use booking_journal::{
    CommandKey, Intent, Journal, Outcome, Receipt, Refused, Request, SubmitFailure, Trace,
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::timeout;
use tracing::info;

use crate::action::{Deed, Timer, Verdict};
use crate::reactor::Reactor;

/// The longest that a deed is waited for. Its timer's row is locked meanwhile; the database role lets go of a
/// session that is idle for longer.
pub const DEED_WITHIN_MS: u64 = 15_000;

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Nothing is left to be done.
    Over,
    /// It was too early, or there is more of it.
    Later(DateTime<Utc>),
    /// It is to be tried again, under the same key. The code says why.
    Failed(String),
}

/// Does what a timer asks for. Safe to repeat at any time: the ledger knows the key for a minute
/// ([`booking_journal::DERIVED_KEY_LIVES_S`]), and the aggregate knows for ever that it is already so.
pub async fn attempt(journal: Journal, reactor: Reactor, timer: Timer, now: DateTime<Utc>) -> End {
    let Deed::Send(case) = reactor.wake(&timer, now);
    let submitted = journal.submit(request(reactor, &timer, case, now));
    match timeout(Duration::from_millis(DEED_WITHIN_MS), submitted).await {
        Ok(Ok(Outcome::Done(receipt))) => done(reactor, &timer, &receipt, now),
        Ok(Ok(Outcome::Refused(refused))) => judged(reactor, &timer, refused),
        Ok(Ok(Outcome::KeyReused)) => End::Failed("IDEMPOTENCY_KEY_REUSED".to_owned()),
        Ok(Err(failure)) => End::Failed(code(&failure).to_owned()),
        Err(_elapsed) => End::Failed(code(&SubmitFailure::Unknown).to_owned()),
    }
}

/// Acceptances alone are kept under the key: what was too early is judged anew.
fn request(reactor: Reactor, timer: &Timer, case: UseCase, now: DateTime<Utc>) -> Request {
    Request {
        tenant: timer.key.tenant,
        actor: Actor::SYSTEM,
        case,
        key: CommandKey::once(timer.command_id(reactor.name())),
        keys: vec![],
        trace: Trace {
            correlation_id: timer.cause.correlation_id.clone(),
            causation_id: Some(timer.cause.event_id),
            traceparent: None,
        },
        occurred_at: now,
        quiet: false,
        versions: None,
        intent: Intent::Store,
    }
}

/// What goes on is due again at an instant that no try of it had before, so its next deed has another key.
fn done(reactor: Reactor, timer: &Timer, receipt: &Receipt, now: DateTime<Utc>) -> End {
    let (name, key, position) = (reactor.name(), &timer.key.key, receipt.position);
    let (events, replayed) = (receipt.events.len(), receipt.replayed);
    info!(reactor = name, timer = key, position, events, replayed, "reactor {name} has done {key}");
    if reactor.goes_on(events, replayed) {
        return End::Later(now.max(timer.due_at) + TimeDelta::milliseconds(1));
    }
    End::Over
}

fn judged(reactor: Reactor, timer: &Timer, refused: Refused) -> End {
    let verdict = refused.refusal.as_ref().map_or(Verdict::Odd, |refusal| reactor.judge(refusal));
    let (name, key, code) = (reactor.name(), &timer.key.key, &refused.code);
    info!(reactor = name, timer = key, code, ?verdict, "reactor {name} was refused {key}: {code}");
    match verdict {
        Verdict::Over => End::Over,
        Verdict::Later(at) => End::Later(at),
        Verdict::Odd => End::Failed(refused.code),
    }
}

/// The words that callers of the API get.
const fn code(failure: &SubmitFailure) -> &'static str {
    match failure {
        SubmitFailure::Unavailable => "JOURNAL_UNAVAILABLE",
        SubmitFailure::TooBusy => "TOO_BUSY",
        SubmitFailure::Unknown => "OUTCOME_UNKNOWN",
        SubmitFailure::Broken => "INTERNAL_ERROR",
    }
}
