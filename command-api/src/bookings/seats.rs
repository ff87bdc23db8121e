//! Which seats are asked for.

use std::collections::BTreeSet;

use booking_domain::use_cases::Seats;
use booking_domain::values::SeatNumber;

use super::PASSENGERS_MAX;
use crate::check::{At, Checks, texts};

/// Exactly these, or these if they are free; not both.
pub fn seats(
    checks: &mut Checks,
    at: At<'_>,
    exactly: Option<Vec<String>>,
    preferring: Option<Vec<String>>,
) -> Option<Seats> {
    if exactly.is_some() && preferring.is_some() {
        let detail = "name seats or seat_preferences, not both";
        checks.complain(at.field("seat_preferences"), "FIELDS_EXCLUDE_EACH_OTHER", detail);
    }
    match exactly {
        Some(list) => {
            let seats = numbers(checks, at.field("seats"), list)?;
            distinct(checks, at.field("seats"), &seats);
            Some(Seats::Exactly(seats))
        }
        None => numbers(checks, at.field("seat_preferences"), preferring.unwrap_or_default())
            .map(Seats::Preferring),
    }
}

fn numbers(checks: &mut Checks, at: At<'_>, list: Vec<String>) -> Option<Vec<SeatNumber>> {
    if PASSENGERS_MAX < list.len() {
        checks.complain(at, "TOO_MANY", format!("at most {PASSENGERS_MAX} seats"));
        return None;
    }
    let count = list.len();
    let read = |(index, text): (usize, String)| checks.read(at.index(index), texts::seat_number(&text));
    let numbers: Vec<SeatNumber> = list.into_iter().enumerate().filter_map(read).collect();
    (numbers.len() == count).then_some(numbers)
}

fn distinct(checks: &mut Checks, at: At<'_>, seats: &[SeatNumber]) {
    let mut seen = BTreeSet::new();
    for (index, seat) in seats.iter().enumerate() {
        if !seen.insert(seat) {
            checks.complain(at.index(index), "DUPLICATE_VALUE", format!("seat {seat} is named twice"));
        }
    }
}
