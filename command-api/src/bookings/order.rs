//! An order whose every field is sound.

use std::ops::Range;

use booking_domain::use_cases::Seats;
use booking_domain::values::{BookingId, Class, CustomerId, DepartureId, Money};
use booking_http::Problem;
use chrono::NaiveDate;

use super::body::{ItemBody, OrderBody, PassengerBody};
use super::passengers::{Person, Roster};
use super::seats::seats;
use crate::check::{At, Checks, money, texts};

/// Most items of one order.
pub const ITEMS_MAX: usize = 20;

/// What is ordered, for whom; personal texts are still in the clear.
#[derive(Debug, PartialEq, Eq)]
pub struct Order {
    pub legs: Vec<Leg>,
    pub persons: Vec<Person>,
    pub special_requests: Option<String>,
    pub notes: Option<String>,
    pub expected_total: Option<Money>,
    pub customer_id: Option<CustomerId>,
}

/// Seats on one departure.
#[derive(Debug, PartialEq, Eq)]
pub struct Leg {
    pub flight_id: DepartureId,
    pub class: Option<Class>,
    pub seats: Seats,
    /// Who travels, among the order's persons.
    pub travellers: Range<usize>,
}

/// What was held is to be placed.
#[derive(Debug, PartialEq, Eq)]
pub struct HeldOrder {
    pub hold_id: BookingId,
    pub persons: Vec<Person>,
    pub special_requests: Option<String>,
    pub notes: Option<String>,
    pub expected_total: Option<Money>,
}

/// What is said beside the units.
struct Remarks {
    special_requests: Option<String>,
    notes: Option<String>,
    expected_total: Option<Money>,
}

/// Reads an order for what a hold keeps.
///
/// # Errors
/// 422 with every field that is wrong.
pub fn held_order(mut body: OrderBody, today: NaiveDate) -> Result<HeldOrder, Problem> {
    let (mut checks, mut roster, at) = (Checks::default(), Roster::new(today), At::Body);
    let hold_id = checks.required(at.field("hold_id"), body.hold_id.take(), texts::id);
    only_without_hold(&mut checks, &body);
    let travellers = passengers(&mut checks, &mut roster, at, body.passengers.take());
    let Remarks { special_requests, notes, expected_total } = remarks(&mut checks, &mut body);
    let order = hold_id.zip(travellers).map(|(hold_id, _)| HeldOrder {
        hold_id,
        persons: roster.finish(),
        special_requests,
        notes,
        expected_total,
    });
    checks.finish(order)
}

/// Reads an order.
///
/// # Errors
/// 422 with every field that is wrong.
pub fn order(mut body: OrderBody, today: NaiveDate) -> Result<Order, Problem> {
    let (mut checks, mut roster, at) = (Checks::default(), Roster::new(today), At::Body);
    let legs = legs(&mut checks, &mut roster, &mut body);
    let Remarks { special_requests, notes, expected_total } = remarks(&mut checks, &mut body);
    let customer_id = checks.optional(at.field("customer_id"), body.customer_id, texts::id);
    let order = legs.map(|legs| Order {
        legs,
        persons: roster.finish(),
        special_requests,
        notes,
        expected_total,
        customer_id,
    });
    checks.finish(order)
}

fn remarks(checks: &mut Checks, body: &mut OrderBody) -> Remarks {
    let at = At::Body;
    let special = at.field("special_requests");
    let special_requests = checks.optional(special, body.special_requests.take(), texts::free_text).flatten();
    let notes = checks.optional(at.field("notes"), body.notes.take(), texts::free_text).flatten();
    let total = at.field("expected_total");
    let expected_total = body.expected_total.take().and_then(|expected| money(checks, total, expected));
    Remarks { special_requests, notes, expected_total }
}

fn legs(checks: &mut Checks, roster: &mut Roster, body: &mut OrderBody) -> Option<Vec<Leg>> {
    match body.items.take() {
        Some(items) => several(checks, roster, body, items),
        None => {
            let at = At::Body;
            let travellers = passengers(checks, roster, at, body.passengers.take());
            leg(checks, at, top_level(body), travellers).map(|leg| vec![leg])
        }
    }
}

fn several(
    checks: &mut Checks,
    roster: &mut Roster,
    body: &mut OrderBody,
    items: Vec<ItemBody>,
) -> Option<Vec<Leg>> {
    only_in_items(checks, body);
    let (at, count) = (At::Body.field("items"), items.len());
    if !(1..=ITEMS_MAX).contains(&count) {
        checks.complain(at, "INVALID_VALUE", format!("an order has 1 to {ITEMS_MAX} items"));
        return None;
    }
    let shared = shared(checks, roster, body.passengers.take(), &items);
    let mut legs = vec![];
    for (index, mut item) in items.into_iter().enumerate() {
        let at = at.index(index);
        let travellers = match item.passengers.take() {
            Some(list) => roster.list(checks, at.field("passengers"), list),
            None => shared.clone(),
        };
        legs.extend(leg(checks, at, item, travellers));
    }
    (legs.len() == count).then_some(legs)
}

/// The order's passengers: needed by items that bring none, and idle when there is no such item.
fn shared(
    checks: &mut Checks,
    roster: &mut Roster,
    list: Option<Vec<PassengerBody>>,
    items: &[ItemBody],
) -> Option<Range<usize>> {
    if items.iter().any(|item| item.passengers.is_none()) {
        return passengers(checks, roster, At::Body, list);
    }
    if list.is_some() {
        let detail = "every item has passengers of its own";
        checks.complain(At::Body.field("passengers"), "INVALID_VALUE", detail);
    }
    None
}

fn leg(checks: &mut Checks, at: At<'_>, item: ItemBody, travellers: Option<Range<usize>>) -> Option<Leg> {
    let flight_id = checks.required(at.field("flight_id"), item.flight_id, texts::id);
    let class = checks.optional(at.field("class"), item.class, texts::class);
    let seats = seats(checks, at, item.seats, item.seat_preferences);
    Some(Leg { flight_id: flight_id?, class, seats: seats?, travellers: travellers? })
}

fn passengers(
    checks: &mut Checks,
    roster: &mut Roster,
    at: At<'_>,
    list: Option<Vec<PassengerBody>>,
) -> Option<Range<usize>> {
    let at = at.field("passengers");
    let list = checks.present(at, list)?;
    roster.list(checks, at, list)
}

fn top_level(body: &mut OrderBody) -> ItemBody {
    ItemBody {
        flight_id: body.flight_id.take(),
        class: body.class.take(),
        seats: body.seats.take(),
        seat_preferences: body.seat_preferences.take(),
        passengers: None,
    }
}

fn only_in_items(checks: &mut Checks, body: &OrderBody) {
    exclude(checks, units_named(body), "with items, this belongs into one of them");
}

/// The hold says which units they are, and whose.
fn only_without_hold(checks: &mut Checks, body: &OrderBody) {
    let besides = [("items", body.items.is_some()), ("customer_id", body.customer_id.is_some())];
    exclude(checks, units_named(body).into_iter().chain(besides), "with hold_id, the hold says this");
}

/// The members at the top level that say which units, and whether each is there.
const fn units_named(body: &OrderBody) -> [(&'static str, bool); 4] {
    [
        ("flight_id", body.flight_id.is_some()),
        ("class", body.class.is_some()),
        ("seats", body.seats.is_some()),
        ("seat_preferences", body.seat_preferences.is_some()),
    ]
}

pub fn exclude(
    checks: &mut Checks,
    misplaced: impl IntoIterator<Item = (&'static str, bool)>,
    detail: &'static str,
) {
    for (name, _) in misplaced.into_iter().filter(|(_, present)| *present) {
        checks.complain(At::Body.field(name), "FIELDS_EXCLUDE_EACH_OTHER", detail);
    }
}
