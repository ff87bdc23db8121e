//! One line of a booking's history.

use booking_domain::Event;
use booking_domain::booking::{BookingEvent, Sheet};
use booking_domain::values::{Actor, ActorKind};
use booking_http::Caller;
use booking_journal::Recorded;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Change, changes, told};
use crate::api::QueryFailure;
use crate::fact::Poison;

/// An event of a booking, as people read it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = HistoryEntry)]
pub struct Entry {
    /// Such as `1.48213`; `at_position` with it shows the booking right after.
    pub position: String,
    /// When it was recorded, to the microsecond; `as_of` with it shows the same.
    #[serde(serialize_with = "booking_domain::values::instant::utc")]
    pub at: DateTime<Utc>,
    /// What the event is called after its dot: `created`, `confirmed`.
    pub action: String,
    pub sentence: String,
    pub actor: Option<Doer>,
    /// A word code.
    pub reason: Option<String>,
    /// In the words of whoever gave the reason.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub comments: Value,
    /// None for the first event, which begins the booking.
    pub changes: Vec<Change>,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Doer {
    pub kind: ActorKind,
    /// The account; null for the engine itself, and for customers whenever it is not their own.
    pub id: Option<Uuid>,
}

/// An event, and the booking right after it.
#[derive(Debug)]
pub struct Step {
    pub recorded: Recorded,
    pub event: BookingEvent,
    pub sheet: Sheet,
}

/// The events of a booking in order, each with what the booking was after it.
///
/// # Errors
/// [`QueryFailure::Poison`] for one that is unknown or cannot follow those before.
pub fn steps(events: Vec<Recorded>) -> Result<Vec<Step>, QueryFailure> {
    let (mut steps, mut before) = (vec![], None);
    for recorded in events {
        let Event::Booking(event) = recorded.event().map_err(Poison::from)? else { continue };
        let sheet = Sheet::after(before.take(), &event, recorded.sequence)
            .ok_or_else(|| misfit(&recorded, &event))?;
        before = Some(sheet.clone());
        steps.push(Step { recorded, event, sheet });
    }
    Ok(steps)
}

fn misfit(recorded: &Recorded, event: &BookingEvent) -> Poison {
    let (position, event_type) = (recorded.position, event.name());
    Poison::Misfit { position, event_type, why: "there is no such booking" }
}

impl Step {
    /// What is to be opened before the entry is made: the booking, and what was said about the event.
    ///
    /// # Errors
    /// None for what this program folds; serde asks for the form.
    pub fn sealed(&self) -> serde_json::Result<Value> {
        let comments = told(&self.event, None).comments;
        let sheet = serde_json::to_value(&self.sheet)?;
        Ok(json!({"sheet": sheet, "said": {"customer_id": self.sheet.customer_id, "comments": comments}}))
    }

    /// The entry, out of what was [`sealed`](Self::sealed) of this step and of the one before.
    ///
    /// # Errors
    /// When the metadata cannot be read.
    pub fn entry(
        &self,
        epoch: i32,
        before: Option<&Value>,
        opened: &Value,
        caller: &Caller,
    ) -> Result<Entry, QueryFailure> {
        let actor = self.recorded.about().map_err(Poison::from)?.actor;
        let told = told(&self.event, actor.map(|actor| actor.kind));
        let name = self.event.name();
        Ok(Entry {
            position: format!("{epoch}.{}", self.recorded.position),
            at: self.recorded.recorded_at,
            action: name.split_once('.').map_or(name, |(_, action)| action).to_owned(),
            sentence: told.sentence,
            actor: actor.map(|actor| Doer::of(actor, caller)),
            reason: told.reason.map(ToOwned::to_owned),
            comments: opened["said"]["comments"].clone(),
            changes: before.map(|before| changes(&before["sheet"], &opened["sheet"])).unwrap_or_default(),
        })
    }
}

impl Doer {
    /// As the caller may see them.
    pub fn of(actor: Actor, caller: &Caller) -> Self {
        let is_shown = !actor.id.is_nil() && (caller.is_staff() || actor.id == caller.user_id.uuid());
        Self { kind: actor.kind, id: is_shown.then_some(actor.id) }
    }
}
