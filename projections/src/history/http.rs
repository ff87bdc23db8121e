//! `GET /bookings/{booking_id}/history`: for staff, and for the customer whose booking it is.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use booking_domain::event::Family;
use booking_domain::values::BookingId;
use booking_http::contract::{Operation, Routes};
use booking_http::{
    Caller, ListQuery, Listing, MinPosition, PathId, Permission, PositionToken, Problem, Sort,
};
use booking_journal::READ_EVENTS_MAX;

use super::Entry;
use super::entry::{Step, steps};
use crate::api::{Api, QueryFailure};
use crate::booking::http::{absent, own};
use crate::past::{PositionCursor, When};

const OLDEST_FIRST: Sort = Sort { field: "position", descending: false };

pub(crate) fn routes() -> Routes<Api> {
    let history =
        Operation::get("/api/v1/bookings/{booking_id}/history", "What has happened to it, in sentences");
    let history =
        history.by(Permission::ReadBookings).reading().listing(&[OLDEST_FIRST.field]).asking::<When>();
    Routes::new().on(history.failing(&[422]).answering::<Listing<Entry>>(StatusCode::OK), self::history)
}

async fn history(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    PathId(id): PathId<BookingId>,
    ListQuery { paging, filters: when }: ListQuery<When>,
) -> Result<(PositionToken, Json<Listing<Entry>>), Problem> {
    caller.must(Permission::ReadBookings)?;
    let sort = paging.sorted(&[OLDEST_FIRST.field], OLDEST_FIRST)?;
    let after = paging.cursor.as_deref().map(PositionCursor::read).transpose()?;
    let then = api.then_or_now(when, min).await?;
    let steps = steps_of(&api, &caller, id, then.shown).await?;
    let mut order: Vec<usize> = (0..steps.len()).collect();
    if sort.descending {
        order.reverse();
    }
    let position = |index: usize| PositionCursor(steps[index].recorded.position);
    let is_seen = |index: usize| after.is_some_and(|after| !after.is_before(position(index), sort));
    order.retain(|index| !is_seen(*index));
    let first = usize::try_from(paging.offset()).unwrap_or(usize::MAX).min(order.len());
    let rest = &order[first..];
    let page = &rest[..rest.len().min(paging.limit as usize)];
    let entries = entries(&api, &caller, then.shown.epoch, &steps, page).await?;
    let next = page.last().filter(|_| page.len() < rest.len()).map(|last| position(*last).text());
    Ok((then.shown, Json(Listing::new(entries, &paging, steps.len() as u64, next))))
}

/// All that has happened to a booking, if the caller may see it.
async fn steps_of(
    api: &Api,
    caller: &Caller,
    id: BookingId,
    shown: PositionToken,
) -> Result<Vec<Step>, Problem> {
    let events = api.reader().family(caller.tenant, Family::Booking(id), 0, shown.position).await;
    let events = events.map_err(QueryFailure::from)?;
    if events.len() as i64 == READ_EVENTS_MAX {
        return Err(QueryFailure::TooLong.into());
    }
    let steps = steps(events)?;
    let is_theirs = |step: &Step| own(caller).is_none_or(|own| own == step.sheet.customer_id);
    if steps.last().is_some_and(is_theirs) { Ok(steps) } else { Err(absent(shown)) }
}

/// Opens what is shown, and what stood before it, at once.
async fn entries(
    api: &Api,
    caller: &Caller,
    epoch: i32,
    steps: &[Step],
    page: &[usize],
) -> Result<Vec<Entry>, QueryFailure> {
    let Some((first, last)) = page.iter().min().zip(page.iter().max()) else { return Ok(vec![]) };
    let begin = first.saturating_sub(1);
    let sealed = steps[begin..=*last].iter().map(Step::sealed).collect::<Result<_, _>>()?;
    let opened = api.unseal_all(caller, sealed).await?;
    let of = |index: usize| opened.get(index.checked_sub(begin)?);
    let entry = |index: usize| {
        let before = index.checked_sub(1).and_then(of);
        steps[index].entry(epoch, before, &opened[index - begin], caller)
    };
    page.iter().map(|index| entry(*index)).collect()
}
