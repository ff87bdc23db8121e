//! Check-in, completion, no-show, and their undoing: of all items, of some, or of one.

use axum::extract::State;
use axum::response::Response;
use booking_domain::booking::Step;
use booking_domain::use_cases::{BookingChange, Items};
use booking_domain::values::{BookingId, ItemId};
use booking_http::{OptionalBody, PathId, Problem};
use uuid::Uuid;

use super::change_body::StepBody;
use super::order::ITEMS_MAX;
use super::passengers::PASSENGERS_MAX;
use crate::Parts;
use crate::asked::{Asked, Booker, Staff};
use crate::body::EmptyBody;
use crate::check::{At, Checks, texts};
use crate::key::Asking;

/// `POST /bookings/{booking_id}/check-in`
pub async fn check_in(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<StepBody>,
) -> Result<Response, Problem> {
    take(&parts, &asked, booking_id, Step::CheckIn, body).await
}

/// `DELETE /bookings/{booking_id}/check-in`
pub async fn undo_check_in(
    State(parts): State<Parts>,
    Staff(asked): Staff,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<StepBody>,
) -> Result<Response, Problem> {
    take(&parts, &asked, booking_id, Step::UndoCheckIn, body).await
}

/// `POST /bookings/{booking_id}/complete`
pub async fn complete(
    State(parts): State<Parts>,
    Staff(asked): Staff,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<StepBody>,
) -> Result<Response, Problem> {
    take(&parts, &asked, booking_id, Step::Complete, body).await
}

/// `POST /bookings/{booking_id}/no-show`
pub async fn no_show(
    State(parts): State<Parts>,
    Staff(asked): Staff,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<StepBody>,
) -> Result<Response, Problem> {
    take(&parts, &asked, booking_id, Step::MarkNoShow, body).await
}

/// `DELETE /bookings/{booking_id}/no-show`
pub async fn undo_no_show(
    State(parts): State<Parts>,
    Staff(asked): Staff,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<StepBody>,
) -> Result<Response, Problem> {
    take(&parts, &asked, booking_id, Step::UndoNoShow, body).await
}

/// `POST /bookings/{booking_id}/items/{item_id}/check-in`
pub async fn check_in_item(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId((booking_id, item_id)): PathId<(BookingId, ItemId)>,
    OptionalBody(EmptyBody {}): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    take(&parts, &asked, booking_id, Step::CheckIn, one(item_id)).await
}

/// `POST /bookings/{booking_id}/items/{item_id}/complete`
pub async fn complete_item(
    State(parts): State<Parts>,
    Staff(asked): Staff,
    PathId((booking_id, item_id)): PathId<(BookingId, ItemId)>,
    OptionalBody(EmptyBody {}): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    take(&parts, &asked, booking_id, Step::Complete, one(item_id)).await
}

/// `POST /bookings/{booking_id}/items/{item_id}/no-show`
pub async fn no_show_item(
    State(parts): State<Parts>,
    Staff(asked): Staff,
    PathId((booking_id, item_id)): PathId<(BookingId, ItemId)>,
    OptionalBody(EmptyBody {}): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    take(&parts, &asked, booking_id, Step::MarkNoShow, one(item_id)).await
}

/// Takes a step, and answers with the booking.
pub async fn take(
    parts: &Parts,
    asked: &Asked,
    booking_id: BookingId,
    step: Step,
    body: StepBody,
) -> Result<Response, Problem> {
    let asking = Asking::new(method(step), format!("/bookings/{booking_id}/{}", word(step)), &body);
    let items = items(body)?;
    parts.change(asked, booking_id, BookingChange::Fulfil { items, step }, &asking).await
}

fn one(item_id: ItemId) -> StepBody {
    StepBody { item_ids: Some(vec![item_id.to_string()]) }
}

const fn method(step: Step) -> &'static str {
    match step {
        Step::CheckIn | Step::Complete | Step::MarkNoShow => "POST",
        Step::UndoCheckIn | Step::UndoNoShow => "DELETE",
    }
}

const fn word(step: Step) -> &'static str {
    match step {
        Step::CheckIn | Step::UndoCheckIn => "check-in",
        Step::Complete => "complete",
        Step::MarkNoShow | Step::UndoNoShow => "no-show",
    }
}

fn items(body: StepBody) -> Result<Items, Problem> {
    let Some(list) = body.item_ids else { return Ok(Items::Every) };
    let (mut checks, at) = (Checks::default(), At::Body.field("item_ids"));
    if !(1..=ITEMS_MAX * PASSENGERS_MAX).contains(&list.len()) {
        checks.complain(at, "INVALID_VALUE", "name at least one item, and none twice");
        return checks.finish(None);
    }
    let read = |(index, text): (usize, String)| checks.read(at.index(index), texts::id::<Uuid>(&text));
    let ids: Vec<ItemId> = list.into_iter().enumerate().filter_map(read).map(ItemId::new).collect();
    checks.finish(Some(Items::These(ids)))
}
