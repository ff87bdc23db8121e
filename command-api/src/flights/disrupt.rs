//! Departures that change after they were sold, and what their bookings are to do.

use axum::extract::State;
use axum::response::Response;
use booking_domain::UseCase;
use booking_domain::use_cases::{
    ChangeSeatMap, Depart, NewTime, RequestRebooking, RescheduleDeparture, SetSeat,
};
use booking_domain::values::{BookingId, DepartureId, SeatNumber};
use booking_http::{Body, OptionalBody, PathId, Problem};
use uuid::Uuid;

use super::body::{RebookBody, SeatMapBody, TimesBody};
use super::cabins::cabins;
use super::manage::{done, done_with_affected};
use super::times::new_time;
use crate::Parts;
use crate::asked::Owner;
use crate::body::EmptyBody;
use crate::check::{At, Checks, texts};
use crate::key::Asking;

/// Most bookings that a request names.
const BOOKINGS_MAX: usize = 1_000;

/// `PATCH /flights/{flight_id}`
pub async fn reschedule(
    State(parts): State<Parts>,
    Owner(asked): Owner,
    PathId(flight_id): PathId<DepartureId>,
    Body(body): Body<TimesBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("PATCH", format!("/flights/{flight_id}"), &body);
    let (departure, arrival) = times(body)?;
    let case = RescheduleDeparture { flight_id, departure, arrival, now: asked.now };
    let case = UseCase::RescheduleDeparture(Box::new(case));
    done_with_affected(&parts, &asked, case, &asking).await
}

fn times(body: TimesBody) -> Result<(Option<NewTime>, Option<NewTime>), Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    if body.departure.is_none() && body.arrival.is_none() {
        checks.complain(at.field("departure"), "MISSING_FIELD", "give a departure, an arrival or both");
    }
    let departure = new_time(&mut checks, at.field("departure"), body.departure);
    let arrival = new_time(&mut checks, at.field("arrival"), body.arrival);
    checks.finish(Some((departure, arrival)))
}

/// `PUT /flights/{flight_id}/seat-map`
pub async fn change_seat_map(
    State(parts): State<Parts>,
    Owner(asked): Owner,
    PathId(flight_id): PathId<DepartureId>,
    Body(body): Body<SeatMapBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("PUT", format!("/flights/{flight_id}/seat-map"), &body);
    let mut checks = Checks::default();
    let cabins = cabins(&mut checks, At::Body.field("cabins"), body.cabins);
    let cabins = checks.finish(cabins)?;
    let case = UseCase::ChangeSeatMap(Box::new(ChangeSeatMap { flight_id, cabins, now: asked.now }));
    done_with_affected(&parts, &asked, case, &asking).await
}

/// `POST /flights/{flight_id}/depart`
pub async fn depart(
    State(parts): State<Parts>,
    Owner(asked): Owner,
    PathId(flight_id): PathId<DepartureId>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/flights/{flight_id}/depart"), &body);
    done(&parts, &asked, UseCase::Depart(Depart { flight_id, now: asked.now }), &asking).await
}

/// `POST /flights/{flight_id}/rebook`
pub async fn rebook(
    State(parts): State<Parts>,
    Owner(asked): Owner,
    PathId(flight_id): PathId<DepartureId>,
    Body(body): Body<RebookBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/flights/{flight_id}/rebook"), &body);
    let (to_flight_id, bookings) = wanted(body)?;
    let (by, now) = (asked.actor(), asked.now);
    let case = RequestRebooking { flight_id, to_flight_id, bookings, by, now };
    done_with_affected(&parts, &asked, UseCase::RequestRebooking(Box::new(case)), &asking).await
}

/// Which bookings; absent: all.
type Bookings = Option<Vec<BookingId>>;

fn wanted(body: RebookBody) -> Result<(DepartureId, Bookings), Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let to = checks.required(at.field("to_flight_id"), body.to_flight_id, texts::id::<DepartureId>);
    let bookings = match (body.bookings, body.all) {
        (None, Some(true)) => Some(None),
        (Some(list), None | Some(false)) => named(&mut checks, at.field("bookings"), list).map(Some),
        (None, None | Some(false)) => {
            checks.complain(at.field("bookings"), "MISSING_FIELD", "name bookings, or say `all`");
            None
        }
        (Some(_), Some(true)) => {
            checks.complain(at.field("all"), "FIELDS_EXCLUDE_EACH_OTHER", "name bookings, or say `all`");
            None
        }
    };
    checks.finish(to.zip(bookings))
}

fn named(checks: &mut Checks, at: At<'_>, list: Vec<String>) -> Option<Vec<BookingId>> {
    if list.is_empty() || BOOKINGS_MAX < list.len() {
        checks.complain(at, "INVALID_VALUE", format!("1 to {BOOKINGS_MAX} bookings"));
        return None;
    }
    let read = |(index, text): (usize, String)| {
        checks.read(at.index(index), texts::id::<Uuid>(&text)).map(BookingId::new)
    };
    let read: Vec<Option<BookingId>> = list.into_iter().enumerate().map(read).collect();
    read.into_iter().collect()
}

/// `POST /flights/{flight_id}/seats/{seat_number}/block`
pub async fn block(
    State(parts): State<Parts>,
    owner: Owner,
    PathId(seat): PathId<(DepartureId, SeatNumber)>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    set_seat(&parts, owner, seat, true, &body).await
}

/// `POST /flights/{flight_id}/seats/{seat_number}/unblock`
pub async fn unblock(
    State(parts): State<Parts>,
    owner: Owner,
    PathId(seat): PathId<(DepartureId, SeatNumber)>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    set_seat(&parts, owner, seat, false, &body).await
}

async fn set_seat(
    parts: &Parts,
    Owner(asked): Owner,
    (flight_id, seat_number): (DepartureId, SeatNumber),
    is_blocked: bool,
    body: &EmptyBody,
) -> Result<Response, Problem> {
    let verb = if is_blocked { "block" } else { "unblock" };
    let asking = Asking::new("POST", format!("/flights/{flight_id}/seats/{seat_number}/{verb}"), body);
    let case = UseCase::SetSeat(SetSeat { flight_id, seat_number, is_blocked, now: asked.now });
    done(parts, &asked, case, &asking).await
}
