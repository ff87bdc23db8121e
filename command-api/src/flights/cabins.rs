//! Cabins of a departure.

use booking_domain::values::{Cabin, CabinError, Cabins, Class, Places, Rows, Seating};
use serde_json::Value;

use super::body::CabinBody;
use super::rows::{letters, rows};
use crate::check::{At, Checks, money, texts};

/// Most cabins of one departure.
const CABINS_MAX: usize = 20;

/// Reads cabins, front to back.
pub fn cabins(checks: &mut Checks, at: At<'_>, list: Option<Vec<CabinBody>>) -> Option<Cabins> {
    let list = checks.present(at, list)?;
    if list.is_empty() || CABINS_MAX < list.len() {
        checks.complain(at, "INVALID_VALUE", format!("a departure has 1 to {CABINS_MAX} cabins"));
        return None;
    }
    let (mut cabins, count, mut row_before) = (vec![], list.len(), 0);
    for (index, body) in list.into_iter().enumerate() {
        let cabin = cabin(checks, at.index(index), body, row_before);
        row_before = cabin.as_ref().and_then(Cabin::rows).map_or(row_before, |rows| rows.last_row);
        cabins.extend(cabin);
    }
    if cabins.len() < count {
        return None;
    }
    let classes: Vec<Class> = cabins.iter().map(|cabin| cabin.class.clone()).collect();
    Cabins::new(cabins).map_err(|error| blame(checks, at, &classes, &error)).ok()
}

fn cabin(checks: &mut Checks, at: At<'_>, body: CabinBody, row_before: u16) -> Option<Cabin> {
    let class = checks.required(at.field("class"), body.class, texts::class);
    let price = checks.present(at.field("price"), body.price);
    let price = price.and_then(|price| money(checks, at.field("price"), price));
    let seating = match (body.count, body.rows, body.letters) {
        (Some(count), None, None) => counted(checks, at, count, body.overbooking_limit),
        (None, rows, letters) => numbered(checks, at, rows, letters, body.overbooking_limit, row_before),
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
            let detail = "a cabin has rows and letters, or a count";
            checks.complain(at.field("count"), "FIELDS_EXCLUDE_EACH_OTHER", detail);
            None
        }
    };
    Some(Cabin { class: class?, seating: seating?, price: price? })
}

fn counted(checks: &mut Checks, at: At<'_>, count: u32, overbooking: Option<u32>) -> Option<Seating> {
    let overbooking_limit = overbooking.unwrap_or_default();
    if count < overbooking_limit {
        let detail = "at most as many places as there are may be sold beyond them";
        checks.complain(at.field("overbooking_limit"), "INVALID_VALUE", detail);
    }
    if count == 0 {
        checks.complain(at.field("count"), "INVALID_VALUE", "at least one place");
    }
    Some(Seating::Counted(Places { count, overbooking_limit }))
}

fn numbered(
    checks: &mut Checks,
    at: At<'_>,
    rows_written: Option<Value>,
    letters_written: Option<Value>,
    overbooking: Option<u32>,
    row_before: u16,
) -> Option<Seating> {
    if overbooking.is_some_and(|limit| 0 < limit) {
        let detail = "numbered seats cannot be overbooked";
        checks.complain(at.field("overbooking_limit"), "INVALID_VALUE", detail);
    }
    let rows_written = checks.present(at.field("rows"), rows_written);
    let ends = rows_written.and_then(|written| checks.read(at.field("rows"), rows(&written, row_before)));
    let letters_written = checks.present(at.field("letters"), letters_written);
    let letters = letters_written.and_then(|written| checks.read(at.field("letters"), letters(&written)));
    let ((first_row, last_row), letters) = ends.zip(letters)?;
    Some(Seating::Numbered(Rows { first_row, last_row, letters }))
}

/// Says at the right cabin what is wrong with all of them together.
fn blame(checks: &mut Checks, at: At<'_>, classes: &[Class], error: &CabinError) {
    let last = |class: &Class| classes.iter().rposition(|other| other == class).unwrap_or_default();
    let (class, field) = match error {
        CabinError::Capacity => return checks.complain(at, "INVALID_VALUE", error.to_string()),
        CabinError::ClassTwice(class) => (class, "class"),
        CabinError::Rows(class) => (class, "rows"),
        CabinError::Letters(class) => (class, "letters"),
        CabinError::Price(class) => (class, "price"),
    };
    checks.complain(at.index(last(class)).field(field), "INVALID_VALUE", error.to_string());
}
