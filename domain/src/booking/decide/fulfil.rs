use chrono::{DateTime, TimeDelta, Utc};

use crate::booking::{
    AgreedItem, Booking, BookingEvent, BookingRefusal, Fulfilment, ItemStatus, Step, Windows,
};
use crate::values::{Actor, ActorKind, ItemId, Span};

type Decided = Result<Vec<BookingEvent>, BookingRefusal>;

impl Booking {
    pub(in crate::booking) fn fulfil(
        &self,
        item_id: ItemId,
        step: Step,
        windows: Windows,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Decided {
        let standing = self.standing()?;
        let agreed = standing.agreement.item(item_id).ok_or(BookingRefusal::NoSuchItem)?;
        if !standing.is_firm {
            return Err(BookingRefusal::NotConfirmed);
        }
        let of = standing.agreement.of.clone();
        let event = event(agreed, step, windows, by, now)?;
        Ok(event.map(|event| event(Fulfilment { of, item_id, by, at: now })).into_iter().collect())
    }
}

type Event = fn(Fulfilment) -> BookingEvent;

/// The event of a step, nothing when it is already taken.
fn event(
    agreed: &AgreedItem,
    step: Step,
    windows: Windows,
    by: Actor,
    now: DateTime<Utc>,
) -> Result<Option<Event>, BookingRefusal> {
    use ItemStatus::{CheckedIn, Claimed, Completed, NoShow};
    let span = agreed.item.claim.span();
    match (step, agreed.status) {
        (Step::CheckIn, CheckedIn)
        | (Step::UndoCheckIn | Step::UndoNoShow, Claimed)
        | (Step::Complete, Completed)
        | (Step::MarkNoShow, NoShow) => Ok(None),
        (Step::CheckIn, Claimed) => {
            check_in_is_open(span, windows.check_in_opens_minutes, by, now)?;
            Ok(Some(BookingEvent::ItemCheckedIn))
        }
        (Step::UndoCheckIn, CheckedIn) => Ok(Some(BookingEvent::CheckInReverted)),
        (Step::Complete, Claimed | CheckedIn) => {
            has_come(span.from(), now)?;
            Ok(Some(BookingEvent::ItemCompleted))
        }
        (Step::MarkNoShow, Claimed | CheckedIn) => {
            has_come(span.from() + minutes(windows.no_show_grace_minutes), now)?;
            Ok(Some(BookingEvent::ItemMarkedNoShow))
        }
        (Step::UndoNoShow, NoShow) => Ok(Some(BookingEvent::NoShowReverted)),
        (
            Step::CheckIn | Step::UndoCheckIn | Step::Complete | Step::MarkNoShow | Step::UndoNoShow,
            status,
        ) => Err(BookingRefusal::ItemIs { status: status.word() }),
    }
}

/// Customers check in before the start; staff may still do it for them until the end.
fn check_in_is_open(
    span: Span,
    opens_minutes_before: u32,
    by: Actor,
    now: DateTime<Utc>,
) -> Result<(), BookingRefusal> {
    let opens_at = span.from() - minutes(opens_minutes_before);
    let closes_at = match by.kind {
        ActorKind::Customer => span.from(),
        ActorKind::Staff | ActorKind::System => span.until(),
    };
    if opens_at <= now && now < closes_at {
        return Ok(());
    }
    Err(BookingRefusal::CheckInClosed { opens_at, closes_at })
}

fn has_come(starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), BookingRefusal> {
    if now < starts_at {
        return Err(BookingRefusal::NotStarted { starts_at });
    }
    Ok(())
}

fn minutes(minutes: u32) -> TimeDelta {
    TimeDelta::minutes(i64::from(minutes))
}
