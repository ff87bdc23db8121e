//! Who asks, and for what they may ask (the table is `http/src/may.rs`). Roles are looked at before the body is read,
//! so that nobody learns from a complaint about a body what they may not send at all.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::http::request::Parts as Head;
use axum::response::{IntoResponse, Response};
use booking_domain::UseCase;
use booking_domain::values::{Actor, ActorKind};
use booking_http::{By, Caller, IdempotencyKey, IfMatch, Permission, Problem, Query, RequestTrace};
use booking_journal::{CommandKey, Intent, NewKey, Request, SealFailure, Sealer, Trace};
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

/// Asked by an owner, about flights.
#[derive(Debug)]
pub struct Owner(pub Asked);

/// Asked by someone who manages users.
#[derive(Debug)]
pub struct UserManager(pub Asked);

/// Asked by someone who manages keys of programs.
#[derive(Debug)]
pub struct KeyManager(pub Asked);

/// Asked by anybody with an account, about themselves.
#[derive(Debug)]
pub struct OneSelf(pub Asked);

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Parameters {
    dry_run: bool,
}

/// Asked by somebody who is nobody yet: registering, logging in.
#[derive(Debug)]
pub struct Guest {
    pub key: Option<IdempotencyKey>,
    pub trace: RequestTrace,
    pub now: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoParameters {}

impl Asked {
    async fn by(permission: Permission, head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(head, parts).await?;
        caller.must(permission)?;
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

    /// The same for what cannot be rehearsed, because more than events would be stored: neither a dry run nor an
    /// If-Match is taken for an order.
    async fn earnest_by(permission: Permission, head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(head, parts).await?;
        caller.must(permission)?;
        let Guest { key, trace, now } = Guest::from_request_parts(head, parts).await?;
        Ok(Self { caller, key, trace, now, intent: Intent::Store, versions: None })
    }

    /// The caller, as events remember them.
    pub fn actor(&self) -> Actor {
        let kind = if self.caller.is_staff() { ActorKind::Staff } else { ActorKind::Customer };
        Actor { kind, id: self.caller.user_id.uuid() }
    }

    /// A program must name what it orders: only then is a repeat after a lost answer one order.
    ///
    /// # Errors
    /// 400 `INVALID_IDEMPOTENCY_KEY` when a program sent none.
    pub fn must_be_named(&self) -> Result<(), Problem> {
        match (self.caller.by, &self.key) {
            (By::Key(_), None) => {
                let detail = "with an API key, send an Idempotency-Key with every order";
                Err(Problem::malformed("INVALID_IDEMPOTENCY_KEY", detail))
            }
            (By::Key(_), Some(_)) | (By::Secret | By::Session(_), _) => Ok(()),
        }
    }

    /// The answer about something new at `location`; a dry run made nothing.
    pub fn created(&self, location: String, answer: Response) -> Response {
        match self.intent {
            Intent::Store => (StatusCode::CREATED, [(LOCATION, location)], answer).into_response(),
            Intent::Rehearse => answer,
        }
    }

    /// Fetches the key of a person under whom the request seals something. A dry run leaves none behind.
    ///
    /// # Errors
    /// When keys cannot be read or written.
    pub async fn fetch(&self, sealer: &mut Sealer<'_>, person: Uuid) -> Result<(), SealFailure> {
        match self.intent {
            Intent::Store => sealer.fetch(person).await,
            Intent::Rehearse => sealer.borrow(person).await,
        }
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

impl FromRequestParts<Parts> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        let Query(NoParameters {}) = Query::from_request_parts(head, parts).await?;
        if Option::<IfMatch>::from_request_parts(head, parts).await?.is_some() {
            let detail = "If-Match is not supported here: send the command without it";
            return Err(Problem::malformed("INVALID_IF_MATCH", detail));
        }
        let key = Option::<IdempotencyKey>::from_request_parts(head, parts).await?;
        let Ok(trace) = RequestTrace::from_request_parts(head, parts).await;
        Ok(Self { key, trace, now: parts.clock.now() })
    }
}

impl FromRequestParts<Parts> for Booker {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::by(Permission::Book, head, parts).await.map(Self)
    }
}

impl FromRequestParts<Parts> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::by(Permission::ServeCustomers, head, parts).await.map(Self)
    }
}

impl FromRequestParts<Parts> for Manager {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::by(Permission::RunBookings, head, parts).await.map(Self)
    }
}

impl FromRequestParts<Parts> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::by(Permission::ManageFlights, head, parts).await.map(Self)
    }
}

impl FromRequestParts<Parts> for UserManager {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::earnest_by(Permission::ManageUsers, head, parts).await.map(Self)
    }
}

impl FromRequestParts<Parts> for OneSelf {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::earnest_by(Permission::OwnAccount, head, parts).await.map(Self)
    }
}

impl FromRequestParts<Parts> for KeyManager {
    type Rejection = Problem;

    async fn from_request_parts(head: &mut Head, parts: &Parts) -> Result<Self, Problem> {
        Asked::earnest_by(Permission::ManageKeys, head, parts).await.map(Self)
    }
}
