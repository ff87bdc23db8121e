//! `GET /admin/audit`: who did what to what, and when; the newest first.

use axum::Json;
use axum::extract::State;
use booking_domain::values::{ActorKind, TenantId};
use booking_http::{Caller, ListQuery, MinPosition, Paging, Permission, PositionToken, Problem, Role};
use booking_journal::{Recorded, SCAN_EVENTS_MAX, Scan};
use chrono::{DateTime, TimeDelta, Utc};
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::{Api, QueryFailure};
use crate::fact::Poison;
use crate::history::Doer;
use crate::moment::Moment;
use crate::past::{PositionCursor, refused};

/// All of them may be given at once.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    #[param(value_type = Option<String>)]
    actor: Option<By>,
    /// What was recorded then or later.
    #[param(value_type = Option<String>)]
    from: Option<Moment>,
    /// What was recorded earlier, or on that day at the latest.
    #[param(value_type = Option<String>)]
    to: Option<Moment>,
}

/// `customer`, `staff` or `system`, or the id of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
enum By {
    Kind(ActorKind),
    Account(Uuid),
}

/// The text is neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("give customer, staff or system, or the id of an account")]
struct NotAnActor;

/// What was found, and where to go on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trail {
    data: Vec<Deed>,
    pagination: Rest,
}

/// There may be more for as long as there is a cursor, also after a page that is not full: one answer looks at a
/// bounded stretch of the journal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RestOfList)]
pub struct Rest {
    pub limit: u32,
    pub next_cursor: Option<String>,
}

/// One event, without what it says.
#[derive(Debug, Serialize, ToSchema)]
struct Deed {
    position: String,
    #[serde(serialize_with = "booking_domain::values::instant::utc")]
    at: DateTime<Utc>,
    tenant_id: TenantId,
    actor: Option<Doer>,
    /// The name of the event, such as `booking.cancelled`.
    action: String,
    /// The stream, such as `booking/<booking_id>` or `seat/<flight_id>/12A`.
    target: String,
}

/// The stretch that is asked for: `after < position <= until`.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    after: i64,
    until: i64,
}

pub async fn trail(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    ListQuery { paging, filters }: ListQuery<Filters>,
) -> Result<(PositionToken, Json<Trail>), Problem> {
    caller.must(Permission::ReadAudit)?;
    only_by_cursor(&paging)?;
    let cursor = paging.cursor.as_deref().map(PositionCursor::read).transpose()?;
    let shown = api.head(min).await?;
    let stretch = stretch(&api, &filters, cursor, shown.position).await?;
    let tenant = (!caller.roles.has(Role::SuperAdmin)).then_some(caller.tenant);
    let looked_at = Stretch { after: stretch.after.max(stretch.until - SCAN_EVENTS_MAX), ..stretch };
    let events = api.reader().newest(&filters.scan(looked_at, tenant, paging.limit)).await;
    let events = events.map_err(QueryFailure::from)?;
    let is_full = events.len() == paging.limit as usize;
    let last = events.last().filter(|_| is_full).map_or(looked_at.after + 1, |last| last.position);
    let next_cursor = (stretch.after + 1 < last).then(|| PositionCursor(last).text());
    let data = events.into_iter().map(|event| Deed::of(event, shown, &caller)).collect::<Result<_, _>>()?;
    Ok((shown, Json(Trail { data, pagination: Rest { limit: paging.limit, next_cursor } })))
}

/// Numbered pages would have to be counted, and there is one order.
pub fn only_by_cursor(paging: &Paging) -> Result<(), Problem> {
    if paging.page != 1 {
        return Err(refused("page", "this list goes on by cursor only"));
    }
    if paging.sort.is_some() {
        return Err(refused("sort", "this list has the newest first, always"));
    }
    Ok(())
}

async fn stretch(
    api: &Api,
    filters: &Filters,
    cursor: Option<PositionCursor>,
    head: i64,
) -> Result<Stretch, QueryFailure> {
    let after = match filters.from {
        Some(from) => recorded_before(api, from.begins()).await?,
        None => 0,
    };
    let until = match filters.to {
        Some(to) => recorded_before(api, to.ends()).await?,
        None => head,
    };
    let until = cursor.map_or(until, |PositionCursor(last)| until.min(last - 1));
    Ok(Stretch { after, until: until.min(head) })
}

/// The last position before an instant; instants are stored in whole microseconds.
async fn recorded_before(api: &Api, at: DateTime<Utc>) -> Result<i64, QueryFailure> {
    Ok(api.reader().position_at(at - TimeDelta::microseconds(1)).await?)
}

impl Filters {
    fn scan(&self, Stretch { after, until }: Stretch, tenant: Option<TenantId>, limit: u32) -> Scan {
        let (actor_kind, actor_id) = match self.actor {
            None => (None, None),
            Some(By::Kind(kind)) => (Some(kind), None),
            Some(By::Account(id)) => (None, Some(id)),
        };
        Scan { after, until, tenant, types: None, actor_kind, actor_id, limit: limit.into() }
    }
}

impl TryFrom<String> for By {
    type Error = NotAnActor;

    fn try_from(text: String) -> Result<Self, NotAnActor> {
        let word: StrDeserializer<'_, serde::de::value::Error> = text.as_str().into_deserializer();
        let kind = ActorKind::deserialize(word).ok().map(Self::Kind);
        let account = || Uuid::try_parse(&text).ok().map(Self::Account);
        kind.or_else(account).ok_or(NotAnActor)
    }
}

impl Deed {
    fn of(event: Recorded, shown: PositionToken, caller: &Caller) -> Result<Self, QueryFailure> {
        Ok(Self {
            position: PositionToken { position: event.position, ..shown }.to_string(),
            at: event.recorded_at,
            tenant_id: event.tenant_id,
            actor: event.about().map_err(Poison::from)?.actor.map(|actor| Doer::of(actor, caller)),
            target: format!("{}/{}", event.aggregate_type, event.aggregate_id),
            action: event.event_type,
        })
    }
}
