//! Holding units for a while.

use axum::extract::State;
use axum::response::Response;
use booking_domain::UseCase;
use booking_domain::use_cases::{BookingChange, HoldBooking, Seats, Wanted};
use booking_domain::values::{BookingId, CustomerId, Money, PassengerId};
use booking_http::{Body, OptionalBody, PathId, Problem};
use uuid::Uuid;

use super::change_body::{HoldBody, HoldItemBody};
use super::order::{ITEMS_MAX, exclude};
use super::passengers::PASSENGERS_MAX;
use super::place::customer;
use super::sealing::{IDS_PER_UNIT, REFERENCES_TRIED, reference};
use super::seats::seats;
use crate::Parts;
use crate::asked::{Asked, Booker};
use crate::body::EmptyBody;
use crate::check::{At, Checks, money, texts};
use crate::key::Asking;

/// What is to be held, every field of it sound.
#[derive(Debug, PartialEq, Eq)]
struct Hold {
    wanted: Vec<Wanted>,
    expected_total: Option<Money>,
    customer_id: Option<CustomerId>,
}

/// `POST /holds`
pub async fn hold(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    Body(body): Body<HoldBody>,
) -> Result<Response, Problem> {
    asked.must_be_named()?;
    let asking = Asking::new("POST", "/holds", &body);
    let hold = read(body)?;
    let customer_id = customer(hold.customer_id, &asked.caller)?;
    // Without a key each hold is for itself: seats are picked, let go, and picked again within seconds.
    let key = asking.key(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let case = UseCase::HoldBooking(Box::new(case(hold, &asked, customer_id)));
    let receipt = parts.submit(asked.request(case, key, vec![])).await?;
    let location = format!("/api/v1/holds/{}", receipt.subject);
    let answer = parts.answered(&asked, &receipt, &parts.vault.sealer(asked.caller.tenant)).await?;
    Ok(asked.created(location, answer))
}

/// `PATCH /holds/{booking_id}`: keeps it for longer.
pub async fn extend(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("PATCH", format!("/holds/{booking_id}"), &body);
    parts.change(&asked, booking_id, BookingChange::ExtendHold, &asking).await
}

/// `DELETE /holds/{booking_id}`: lets it go.
pub async fn release(
    State(parts): State<Parts>,
    Booker(asked): Booker,
    PathId(booking_id): PathId<BookingId>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("DELETE", format!("/holds/{booking_id}"), &body);
    parts.change(&asked, booking_id, BookingChange::ReleaseHold, &asking).await
}

fn case(hold: Hold, asked: &Asked, customer_id: CustomerId) -> HoldBooking {
    let units: usize = hold.wanted.iter().map(|wanted| wanted.passengers.len()).sum();
    let own = asked.caller.customer_id() == customer_id;
    HoldBooking {
        booking_id: Uuid::now_v7().into(),
        references: (0..REFERENCES_TRIED).map(|_| reference(asked)).collect(),
        user_id: own.then_some(asked.caller.user_id),
        customer_id,
        by: asked.actor(),
        wanted: hold.wanted,
        expected_total: hold.expected_total,
        fresh: (0..IDS_PER_UNIT * units).map(|_| Uuid::now_v7()).collect(),
        now: asked.now,
    }
}

fn read(mut body: HoldBody) -> Result<Hold, Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let top = body.top_level();
    let wanted = match body.items.take() {
        None => wanted(&mut checks, at, top).map(|wanted| vec![wanted]),
        Some(items) => {
            exclude(&mut checks, top.named(), "with items, this belongs into one of them");
            several(&mut checks, items)
        }
    };
    if let Some(wanted) = &wanted {
        placeable(&mut checks, wanted);
    }
    let total = at.field("expected_total");
    let expected_total = body.expected_total.and_then(|expected| money(&mut checks, total, expected));
    let customer_id = checks.optional(at.field("customer_id"), body.customer_id, texts::id);
    checks.finish(wanted.map(|wanted| Hold { wanted, expected_total, customer_id }))
}

/// Passengers are named for all departures at once when a hold is placed: as many for each, and not too many.
fn placeable(checks: &mut Checks, wanted: &[Wanted]) {
    let units = |flight_id| -> usize {
        let on_it = wanted.iter().filter(|one| one.flight_id == flight_id);
        on_it.map(|one| one.passengers.len()).sum()
    };
    let counts: Vec<usize> = wanted.iter().map(|one| units(one.flight_id)).collect();
    let at = At::Body.field("items");
    if counts.iter().any(|count| PASSENGERS_MAX < *count) {
        checks.complain(at, "TOO_MANY", format!("at most {PASSENGERS_MAX} units of one flight"));
    }
    if counts.windows(2).any(|pair| pair[0] != pair[1]) {
        checks.complain(at, "INVALID_VALUE", "as many units of each flight");
    }
}

fn several(checks: &mut Checks, items: Vec<HoldItemBody>) -> Option<Vec<Wanted>> {
    let (at, count) = (At::Body.field("items"), items.len());
    if !(1..=ITEMS_MAX).contains(&count) {
        checks.complain(at, "INVALID_VALUE", format!("a hold has 1 to {ITEMS_MAX} items"));
        return None;
    }
    let mut read = vec![];
    for (index, item) in items.into_iter().enumerate() {
        read.extend(wanted(checks, at.index(index), item));
    }
    (read.len() == count).then_some(read)
}

fn wanted(checks: &mut Checks, at: At<'_>, item: HoldItemBody) -> Option<Wanted> {
    let flight_id = checks.required(at.field("flight_id"), item.flight_id, texts::id);
    let class = checks.optional(at.field("class"), item.class, texts::class);
    let seats = seats(checks, at, item.seats, item.seat_preferences);
    let named = match seats.as_ref()? {
        Seats::Exactly(seats) | Seats::Preferring(seats) => seats.len(),
    };
    let count = item.passengers_count.unwrap_or(named.max(1));
    if !(1..=PASSENGERS_MAX).contains(&count) {
        let detail = format!("1 to {PASSENGERS_MAX} passengers");
        checks.complain(at.field("passengers_count"), "INVALID_VALUE", detail);
        return None;
    }
    // Nobody is named yet: only their number counts.
    let passengers = (0..count).map(|_| PassengerId::new(Uuid::nil())).collect();
    Some(Wanted { flight_id: flight_id?, class, seats: seats?, passengers })
}
