//! `GET /events`: a business's events as they are stored, for those who follow them without NATS.

use axum::Json;
use axum::extract::State;
use booking_domain::event::EVENT_TYPES;
use booking_http::{
    Caller, LIMIT_DEFAULT, LIMIT_MAX, MinPosition, Permission, PositionToken, Problem, Query,
};
use booking_journal::{Recorded, SCAN_EVENTS_MAX, Scan};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::{Api, QueryFailure, invalid};
use crate::past::{Place, refused};

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    /// Where to go on; from the first event when it is not said.
    #[param(value_type = Option<String>)]
    after_position: Option<Place>,
    /// Names with commas between them.
    types: Option<String>,
    limit: Option<u32>,
}

/// Some events, and where to go on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Events {
    data: Vec<Line>,
    /// All up to here was looked at: the next `after_position`, whether or not anything was found.
    after_position: String,
    /// Where the journal ended; when both are the same, there is nothing more yet.
    head: String,
}

/// An event as it is stored; personal members stay sealed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StoredEvent)]
struct Line {
    position: String,
    event_id: Uuid,
    aggregate_type: String,
    aggregate_id: String,
    sequence: i64,
    event_type: String,
    event_version: String,
    #[serde(serialize_with = "booking_domain::values::instant::utc")]
    recorded_at: DateTime<Utc>,
    #[schema(value_type = Object)]
    payload: Box<RawValue>,
    #[schema(value_type = Object)]
    metadata: Box<RawValue>,
}

pub async fn events(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    Query(asked): Query<Asked>,
) -> Result<(PositionToken, Json<Events>), Problem> {
    caller.must(Permission::ReadAudit)?;
    let limit = asked.limit()?;
    let types = asked.types.as_deref().map(known).transpose()?;
    let head = api.head(min).await?;
    let after = asked.after(head)?;
    let until = head.position.min(after.saturating_add(SCAN_EVENTS_MAX));
    let tenant = Some(caller.tenant);
    let scan = Scan { after, until, tenant, types, limit: limit.into(), ..Scan::default() };
    let events = api.reader().oldest(&scan).await.map_err(QueryFailure::from)?;
    let is_full = events.len() == limit as usize;
    let looked_at = events.last().filter(|_| is_full).map_or(until, |last| last.position);
    let token = |position| PositionToken { position, ..head }.to_string();
    let data = events.into_iter().map(|event| Line::of(event, token)).collect::<Result<_, _>>()?;
    Ok((head, Json(Events { data, after_position: token(looked_at), head: head.to_string() })))
}

impl Asked {
    fn limit(&self) -> Result<u32, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        let refused = || refused("limit", format!("limit must be from 1 to {LIMIT_MAX}"));
        (1..=LIMIT_MAX).contains(&limit).then_some(limit).ok_or_else(refused)
    }

    fn after(&self, head: PositionToken) -> Result<i64, Problem> {
        let Some(Place { epoch, position }) = self.after_position else { return Ok(0) };
        if epoch.is_some_and(|epoch| epoch != head.epoch) {
            return Err(invalid("after_position is of another epoch"));
        }
        if head.position < position {
            return Err(invalid("after_position was never given out"));
        }
        Ok(position)
    }
}

fn known(types: &str) -> Result<Vec<String>, Problem> {
    let names = types.split(',').map(|name| name.trim().to_lowercase());
    let unknown =
        || refused("types", "there is no such type of event").details(json!({"allowed": EVENT_TYPES}));
    names.map(|name| if EVENT_TYPES.contains(&name.as_str()) { Ok(name) } else { Err(unknown()) }).collect()
}

impl Line {
    fn of(event: Recorded, token: impl Fn(i64) -> String) -> Result<Self, QueryFailure> {
        Ok(Self {
            position: token(event.position),
            event_id: event.event_id,
            aggregate_type: event.aggregate_type,
            aggregate_id: event.aggregate_id,
            sequence: event.sequence,
            event_type: event.event_type,
            event_version: event.event_version,
            recorded_at: event.recorded_at,
            payload: RawValue::from_string(event.payload)?,
            metadata: RawValue::from_string(event.metadata)?,
        })
    }
}
