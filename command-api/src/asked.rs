//! Who asks, and for what they may ask. Roles are looked at before the body is read, so that nobody learns from
//! a complaint about a body what they may not send at all.

use axum::extract::FromRequestParts;
use axum::http::request::Parts as Head;
use booking_domain::UseCase;
use booking_domain::values::{Actor, ActorKind};
use booking_http::{Caller, IdempotencyKey, IfMatch, Problem, Query, RequestTrace, Role};
use booking_journal::{CommandKey, Intent, NewKey, Request, Trace};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use crate::Parts;

/// The part of a request that every command has. Other query parameters than `dry_run` are refused.
#[derive(Debug)]
pub struct Asked {
    pub caller: Caller,
    pub key: Option<IdempotencyKey>,
    pub trace: RequestTrace,
    pub now: DateTime<Utc>,
    /// Whether it is to be stored: not with `?dry_run=true`.
    pub intent: Intent,
    /// The versions of If-Match; absent: any.
    versions: Option<Vec<i64>>,
}

/// Asked by someone who books, for themselves or at the desk.
#[derive(Debug)]
pub struct Booker(pub Asked);

/// Asked by staff.
#[derive(Debug)]
pub struct Staff(pub Asked);

/// Asked by a manager, or higher.
#[derive(Debug)]
pub struct Manager(pub Asked);

/// Asked by an owner.
#[derive(Debug)]
pub struct Owner(pub Asked);

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Parameters {
    dry_run: bool,
}

const BOOKERS: [Role; 5] = [Role::Customer, Role::Provider, Role::Manager, Role::Owner, Role::SuperAdmin];
pub const STAFF: [Role; 4] = [Role::Provider, Role::Manager, Role::Owner, Role::SuperAdmin];
pub const MANAGERS: [Role; 3] = [Role::Manager, Role::Owner, Role::SuperAdmin];
const OWNERS: [Role; 2] = [Role::Owner, Role::SuperAdmin];

impl Asked {
    async fn by(roles: &[Role], head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(head, parts).await?;
        caller.must_be(roles)?;
        let Query(Parameters { dry_run }) = Query::from_request_parts(head, parts).await?;
        let versions = match Option::<IfMatch>::from_request_parts(head, parts).await? {
            None | Some(IfMatch::Any) => None,
            Some(IfMatch::Versions(versions)) => Some(versions),
        };
        let key = Option::<IdempotencyKey>::from_request_parts(head, parts).await?;
        let Ok(trace) = RequestTrace::from_request_parts(head, parts).await;
        let intent = if dry_run { Intent::Rehearse } else { Intent::Store };
        Ok(Self { caller, key, trace, now: parts.clock.now(), intent, versions })
    }

    /// The caller, as events remember them.
    pub fn actor(&self) -> Actor {
        let kind = if self.caller.is_staff() { ActorKind::Staff } else { ActorKind::Customer };
        Actor { kind, id: self.caller.user_id.uuid() }
    }

    /// The request for the journal's door. A dry run has a key to itself: nobody shares its answer.
    pub fn request(&self, case: UseCase, key: CommandKey, keys: Vec<NewKey>) -> Request {
        let key = match self.intent {
            Intent::Store => key,
            Intent::Rehearse => CommandKey { key: Uuid::now_v7().to_string(), ..key },
        };
        let correlation_id = Some(self.trace.correlation_id());
        let traceparent = Some(self.trace.traceparent());
        Request {
            tenant: self.caller.tenant,
            actor: self.actor(),
            case,
            key,
            keys,
            trace: Trace { correlation_id, causation_id: None, traceparent },
            occurred_at: self.now,
            quiet: false,
            versions: self.versions.clone(),
            intent: self.intent,
        }
    }
}

impl FromRequestParts<Parts> for Booker {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::by(&BOOKERS, head, parts).await.map(Self)
    }
}

impl FromRequestParts<Parts> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::by(&STAFF, head, parts).await.map(Self)
    }
}

impl FromRequestParts<Parts> for Manager {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::by(&MANAGERS, head, parts).await.map(Self)
    }
}

impl FromRequestParts<Parts> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::by(&OWNERS, head, parts).await.map(Self)
    }
}
