//! `POST /privacy/exports`: all that is kept of a customer, in one document.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use booking_domain::user::User;
use booking_domain::values::{BookingId, CustomerId, UserId};
use booking_http::{OptionalBody, Problem};
use booking_journal::{READ_EVENTS_MAX, Recorded};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::body::ExportBody;
use super::whom::{Person, absent};
use crate::asked::{Asked, OneSelf};
use crate::bookings::folded;
use crate::{Parts, refused};

/// Bookings in one answer at most.
const EXPORTED_BOOKINGS_MAX: usize = 50;

/// All that is kept of a customer, opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Export {
    customer_id: CustomerId,
    #[serde(serialize_with = "booking_domain::values::instant::utc")]
    exported_at: DateTime<Utc>,
    /// The user, as the business knows it; null for a customer without an account.
    #[schema(value_type = Option<Object>)]
    profile: Value,
    /// What the account itself holds; null for others than its owner.
    #[schema(value_type = Option<Object>)]
    account: Value,
    /// The newest within the business.
    #[schema(value_type = Vec<Object>)]
    sessions: Value,
    /// Each as `booking`, as it is now, and its `history`.
    #[schema(value_type = Vec<Object>)]
    bookings: Vec<Value>,
    /// With which `after_booking_id` to go on; null at the end.
    next_after_booking_id: Option<BookingId>,
}

/// `POST /privacy/exports`
pub async fn export(
    State(parts): State<Parts>,
    OneSelf(asked): OneSelf,
    OptionalBody(body): OptionalBody<ExportBody>,
) -> Result<Response, Problem> {
    let (named, after) = body.checked()?;
    let person = parts.person(&asked, named).await?;
    let all = parts.bookings_of(&asked, &person).await?;
    if all.is_empty() && person.user_id.is_none() {
        return Err(absent());
    }
    let left: Vec<BookingId> = all.into_iter().filter(|id| after.is_none_or(|after| after < *id)).collect();
    let page = &left[..left.len().min(EXPORTED_BOOKINGS_MAX)];
    let export = Export {
        customer_id: person.customer_id,
        exported_at: asked.now,
        profile: parts.profile(&asked, &person).await?,
        account: parts.own_account(&person).await?,
        sessions: parts.sessions(&asked, &person).await?,
        bookings: parts.told(&asked, page).await?,
        next_after_booking_id: page.last().filter(|_| page.len() < left.len()).copied(),
    };
    let no_store = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((no_store, Json(export)).into_response())
}

impl Parts {
    /// What the business knows of the account; null for a customer without one.
    async fn profile(&self, asked: &Asked, person: &Person) -> Result<Value, Problem> {
        let Some(user_id) = person.user_id else { return Ok(Value::Null) };
        match self.user(asked.caller.tenant, user_id).await? {
            User::Absent => Ok(Value::Null),
            User::Active { .. } | User::Deactivated => {
                self.user_document(asked.caller.tenant, user_id, i64::MAX).await
            }
        }
    }

    /// What the account itself holds is no business's: only its owner sees it.
    async fn own_account(&self, person: &Person) -> Result<Value, Problem> {
        match person.user_id.filter(|_| person.is_oneself) {
            Some(user_id) => self.account_document(user_id).await,
            None => Ok(Value::Null),
        }
    }

    async fn sessions(&self, asked: &Asked, person: &Person) -> Result<Value, Problem> {
        match person.user_id {
            Some(user_id) => self.sessions_document(asked.caller.tenant, user_id).await,
            None => Ok(json!([])),
        }
    }

    /// Each booking as it is now, and every event of it, opened.
    async fn told(&self, asked: &Asked, page: &[BookingId]) -> Result<Vec<Value>, Problem> {
        let tenant = asked.caller.tenant;
        let recorded = self.reader.bookings(tenant, page, i64::MAX).await;
        let recorded = recorded.map_err(|failure| refused::no_answer(&failure))?;
        if READ_EVENTS_MAX.unsigned_abs() <= recorded.len() as u64 {
            let detail = "more has happened to these bookings than one answer tells";
            return Err(Problem::conflict("TOO_MANY_BOOKINGS", detail));
        }
        let mut events = BTreeMap::<&str, Vec<&Recorded>>::new();
        for event in &recorded {
            events.entry(&event.aggregate_id).or_default().push(event);
        }
        let seen_by = (!asked.caller.is_staff()).then_some(asked.caller.user_id);
        let told = events.values().map(|events| one(events, seen_by)).collect::<Result<Vec<_>, _>>()?;
        let mut told = Value::Array(told);
        let opened = self.vault.unseal(tenant, &mut told).await;
        opened.map_err(|failure| refused::no_answer(&failure))?;
        Ok(told.as_array_mut().map(std::mem::take).unwrap_or_default())
    }
}

/// A booking with its events, still sealed. Customers see nobody's account but their own, as everywhere.
fn one(recorded: &[&Recorded], seen_by: Option<UserId>) -> Result<Value, Problem> {
    let garbled = |failure: &(dyn std::error::Error + 'static)| Problem::internal().caused_by(failure);
    let mut events = vec![];
    for one in recorded {
        events.push((one.sequence, one.event().map_err(|unreadable| garbled(&unreadable))?));
    }
    let sheet = folded(events.iter().map(|(sequence, event)| (*sequence, event)));
    let history = recorded.iter().map(|one| {
        let mut payload: Value = serde_json::from_str(&one.payload)?;
        if let Some(own) = seen_by {
            hide_others(&mut payload, own);
        }
        Ok(json!({"position": one.position, "recorded_at": one.recorded_at, "event": payload}))
    });
    let history = history.collect::<serde_json::Result<Vec<_>>>().map_err(|failure| garbled(&failure))?;
    let booking = serde_json::to_value(&sheet).map_err(|failure| garbled(&failure))?;
    Ok(json!({"booking": booking, "history": history}))
}

/// Takes the ids of others out of those who did something, such as `cancelled_by`.
fn hide_others(payload: &mut Value, own: UserId) {
    let doers = payload.as_object_mut().into_iter().flatten().filter(|(name, _)| name.ends_with("_by"));
    for (_, doer) in doers {
        if let Some(id) = doer.get_mut("id").filter(|id| **id != json!(own)) {
            *id = Value::Null;
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_customer_sees_no_account_but_their_own() {
        let (own, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let doer = |id| json!({"kind": "staff", "id": id});
        let mut payload =
            json!({"created_by": doer(json!(own)), "cancelled_by": doer(json!(other)), "id": other});
        hide_others(&mut payload, UserId::new(own));
        let shown = json!({"created_by": doer(json!(own)), "cancelled_by": doer(Value::Null), "id": other});
        assert_eq!(payload, shown);
    }
}
