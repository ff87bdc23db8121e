//! Units that are added to a booking, given up, or exchanged for others.

use axum::extract::State;
use axum::response::Response;
use booking_domain::booking::Sheet;
use booking_domain::use_cases::{AddItems, BookingChange, MoveItems, Moved, Seats, Wanted};
use booking_domain::values::{BookingId, Class, DepartureId, ItemId, PassengerId};
use booking_http::{Body, OptionalBody, PathId, Problem};
use booking_journal::Sealer;
use chrono::NaiveDate;
use uuid::Uuid;

use super::body::PassengerBody;
use super::cancel::usual_reason;
use super::change_body::{AddBody, CancelItemBody, MoveBody, RescheduleBody};
use super::passengers::{PASSENGERS_MAX, Person, Roster};
use super::sealing::{IDS_PER_UNIT, passenger};
use super::seats::seats;
use crate::Parts;
use crate::asked::Booker;
use crate::check::{At, Checks, texts};
use crate::key::Asking;

/// Units that are wanted, and for whom.
struct Added {
    flight_id: DepartureId,
    class: Option<Class>,
    seats: Seats,
    /// On the booking already. Nobody here and no newcomers: all that need a unit.
    passengers: Vec<PassengerId>,
    newcomers: Vec<Person>,
}

/// `POST /bookings/{booking_id}/items`
pub async fn add(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId(booking_id): PathId<BookingId>,
    Body(body): Body<AddBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/bookings/{booking_id}/items"), &body);
    let added = added(body, asked.now.date_naive())?;
    let sheet = parts.own_sheet(&asked, booking_id).await?;
    let mut sealer = parts.vault.sealer(asked.caller.tenant);
    fit(&added, &sheet)?;
    let change = BookingChange::AddItems(Box::new(wanted(added, &sheet, &mut sealer)));
    parts.change_sealed(&asked, booking_id, change, &asking, &sealer).await
}

/// `DELETE /bookings/{booking_id}/items/{item_id}`
pub async fn cancel(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId((booking_id, item_id)): PathId<(BookingId, ItemId)>,
    OptionalBody(body): OptionalBody<CancelItemBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("DELETE", format!("/bookings/{booking_id}/items/{item_id}"), &body);
    let mut checks = Checks::default();
    let at = At::Body.field("cancellation_reason");
    let reason = checks.optional(at, body.cancellation_reason, texts::word);
    let reason = checks.finish(Some(reason))?.unwrap_or_else(|| usual_reason(&asked).to_owned());
    parts.change(&asked, booking_id, BookingChange::CancelItem { item_id, reason }, &asking).await
}

/// `POST /bookings/{booking_id}/items/{item_id}/move`
pub async fn move_item(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId((booking_id, item_id)): PathId<(BookingId, ItemId)>,
    Body(body): Body<MoveBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/bookings/{booking_id}/items/{item_id}/move"), &body);
    let target = target(body)?;
    let change = match target {
        Target::Swap(other) => BookingChange::SwapSeats { items: [item_id, other], fresh: Uuid::now_v7() },
        Target::Unit { flight_id, class, seats } => {
            let sheet = parts.own_sheet(&asked, booking_id).await?;
            let own = sheet.items.iter().find(|item| item.item_id == item_id).map(|item| item.flight_id);
            let absent = || Problem::not_found("ITEM_NOT_FOUND", "the booking has no such item");
            let to_flight = flight_id.or(own).ok_or_else(absent)?;
            let (items, fresh) = (Moved::One(item_id), Uuid::now_v7());
            BookingChange::MoveItems(Box::new(MoveItems { items, to_flight, class, seats, fresh }))
        }
    };
    parts.change(&asked, booking_id, change, &asking).await
}

/// `POST /bookings/{booking_id}/reschedule`
pub async fn reschedule(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId(booking_id): PathId<BookingId>,
    Body(body): Body<RescheduleBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", format!("/bookings/{booking_id}/reschedule"), &body);
    let moving = rescheduled(body)?;
    parts.change(&asked, booking_id, BookingChange::MoveItems(Box::new(moving)), &asking).await
}

fn added(body: AddBody, today: NaiveDate) -> Result<Added, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let flight_id = checks.required(at.field("flight_id"), body.flight_id, texts::id);
    let class = checks.optional(at.field("class"), body.class, texts::class);
    let seats = seats(&mut checks, at, body.seats, body.seat_preferences);
    let passengers = ids(&mut checks, at.field("passenger_ids"), body.passenger_ids.unwrap_or_default());
    let newcomers = newcomers(&mut checks, at.field("passengers"), body.passengers, today);
    let added = flight_id.zip(seats).zip(passengers).map(|((flight_id, seats), passengers)| Added {
        flight_id,
        class,
        seats,
        passengers,
        newcomers,
    });
    checks.finish(added)
}

/// New passengers take a unit each; whoever travels on a lap was on the booking from the start.
fn newcomers(
    checks: &mut Checks,
    at: At<'_>,
    list: Option<Vec<PassengerBody>>,
    today: NaiveDate,
) -> Vec<Person> {
    let Some(list) = list else { return vec![] };
    let mut roster = Roster::new(today);
    roster.list(checks, at, list);
    let mut persons = roster.finish();
    for (index, person) in persons.iter_mut().enumerate() {
        person.is_primary = false;
        if !person.kind.needs_seat() {
            checks.complain(
                at.index(index).field("kind"),
                "INVALID_VALUE",
                "only adults and children can be added",
            );
        }
    }
    persons
}

fn ids<T: From<Uuid>>(checks: &mut Checks, at: At<'_>, list: Vec<String>) -> Option<Vec<T>> {
    if PASSENGERS_MAX < list.len() {
        checks.complain(at, "TOO_MANY", format!("at most {PASSENGERS_MAX}"));
        return None;
    }
    let count = list.len();
    let read = |(index, text): (usize, String)| checks.read(at.index(index), texts::id(&text));
    let ids: Vec<T> = list.into_iter().enumerate().filter_map(read).collect();
    (ids.len() == count).then_some(ids)
}

/// Those named are on the booking, once each, and need a unit; with the new ones there are not too many.
fn fit(added: &Added, sheet: &Sheet) -> Result<(), Problem> {
    let (mut checks, at) = (Checks::default(), At::Body.field("passenger_ids"));
    for (index, id) in added.passengers.iter().enumerate() {
        if added.passengers[..index].contains(id) {
            checks.complain(at.index(index), "DUPLICATE_VALUE", "this passenger is named twice");
        }
        let on_it = sheet.passengers.iter().find(|one| one.passenger_id == *id);
        if on_it.is_some_and(|one| !one.kind.needs_seat()) {
            checks.complain(at.index(index), "INVALID_VALUE", "an infant travels on a lap");
        }
    }
    if PASSENGERS_MAX < sheet.passengers.len() + added.newcomers.len() {
        let detail = format!("a booking has at most {PASSENGERS_MAX} passengers");
        checks.complain(At::Body.field("passengers"), "TOO_MANY", detail);
    }
    checks.finish(Some(()))
}

fn wanted(added: Added, sheet: &Sheet, sealer: &mut Sealer<'_>) -> AddItems {
    let Added { flight_id, class, seats, mut passengers, newcomers } = added;
    if passengers.is_empty() && newcomers.is_empty() {
        let seated = sheet.passengers.iter().filter(|one| one.kind.needs_seat());
        passengers = seated.map(|one| one.passenger_id).collect();
    }
    let newcomers: Vec<_> = newcomers.iter().map(|person| passenger(person, sealer)).collect();
    passengers.extend(newcomers.iter().map(|one| one.id));
    let fresh = (0..IDS_PER_UNIT * passengers.len()).map(|_| Uuid::now_v7()).collect();
    AddItems { wanted: vec![Wanted { flight_id, class, seats, passengers }], newcomers, fresh }
}

enum Target {
    Unit { flight_id: Option<DepartureId>, class: Option<Class>, seats: Seats },
    Swap(ItemId),
}

fn target(body: MoveBody) -> Result<Target, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let flight_id = checks.optional(at.field("flight_id"), body.flight_id, texts::id);
    let class = checks.optional(at.field("class"), body.class, texts::class);
    let seat_number = checks.optional(at.field("seat_number"), body.seat_number, texts::seat_number);
    let swap_with = checks.optional(at.field("swap_with"), body.swap_with, texts::id);
    let elsewhere = flight_id.is_some() || class.is_some() || seat_number.is_some();
    let target = match swap_with {
        Some(_) if elsewhere => {
            let detail = "an exchange names nothing but the other item";
            checks.complain(at.field("swap_with"), "FIELDS_EXCLUDE_EACH_OTHER", detail);
            None
        }
        Some(other) => Some(Target::Swap(other)),
        None => {
            let seats = seat_number.map_or(Seats::Preferring(vec![]), |seat| Seats::Exactly(vec![seat]));
            Some(Target::Unit { flight_id, class, seats })
        }
    };
    if !elsewhere && swap_with.is_none() {
        let detail = "name seat_number, class, flight_id or swap_with";
        checks.complain(at, "MISSING_FIELD", detail);
    }
    checks.finish(target)
}

fn rescheduled(body: RescheduleBody) -> Result<MoveItems, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let flight_id = checks.required(at.field("flight_id"), body.flight_id, texts::id);
    let from = checks.optional(at.field("from_flight_id"), body.from_flight_id, texts::id);
    let class = checks.optional(at.field("class"), body.class, texts::class);
    let seats = seats(&mut checks, at, body.seats, body.seat_preferences);
    let moving = flight_id.zip(seats).map(|(to_flight, seats)| MoveItems {
        items: Moved::OfFlight(from),
        to_flight,
        class,
        seats,
        fresh: Uuid::now_v7(),
    });
    checks.finish(moving)
}
