//! A person is forgotten.

use super::holding::hold;
use super::*;
use crate::booking::samples::{DEPARTS, hour};
use crate::customer::CustomerRefusal;
use crate::user::{Profile, UserEvent};
use crate::values::Sealed;

/// A flight takes less.
const ARRIVED: i64 = DEPARTS + 24;

#[test]
fn who_travels_no_more_is_forgotten_with_all_who_travelled_along() {
    let travelled = selling().after(&place(1, &[exactly(100, &["2A", "2B"])]));
    let erased = travelled.when(&erase(1, &[1], ARRIVED));
    erased.then(&[placed(1, forgotten(1, &[1, 2], ARRIVED))]).touching(&[
        Touch::Stream(StreamId::Booking(id(1))),
        Touch::Stream(StreamId::Customer(tenant(1), customer_of(1))),
        Touch::Stream(StreamId::User(tenant(1), id(1))),
    ]);
    let erased = travelled.after(&erase(1, &[1], ARRIVED));
    erased.when(&erase(1, &[1], ARRIVED)).then_nothing();
    erased.when(&erase(1, &[], ARRIVED)).then_nothing();
}

#[test]
fn who_is_still_to_travel_is_not_forgotten() {
    let one = CustomerRefusal::StillTravels { open: 1 };
    let placed = selling().after(&place(1, &[exactly(100, &["2A"])]));
    placed.when(&erase(1, &[1], 0)).then_refused(&one.clone().into());
    placed.when(&erase(1, &[1], DEPARTS)).then_refused(&one.clone().into());
    let held = selling().after(&hold(1, &[exactly(100, &["2A"])]));
    held.when(&erase(1, &[1], ARRIVED)).then_refused(&one.clone().into());
    held.when(&erase(1, &[], ARRIVED)).then_refused(&one.into());
}

#[test]
fn what_was_cancelled_stands_in_nobodys_way() {
    let placed = selling().after(&place(1, &[exactly(100, &["2A"])]));
    let reason = "user_requested".to_owned();
    let cancel = CancelBooking { booking_id: id(1), by: customer(1), reason, comments: None, now: NOW };
    let cancelled = placed.after(&UseCase::CancelBooking(cancel));
    cancelled.when(&erase(1, &[1], 0)).then_events(&["customer.erased"]);
}

#[test]
fn the_account_is_deactivated_with_it_and_a_customer_without_one_has_none() {
    let known = selling().and(tenant(1), &[account(1)]);
    known.when(&erase(1, &[], 0)).then_events(&["customer.erased", "user.deactivated"]);
    selling().when(&erase(1, &[], 0)).then_events(&["customer.erased"]);
    let without = EraseCustomer { user_id: None, ..erasing(1, &[], 0) };
    known.when(&UseCase::EraseCustomer(Box::new(without))).then_events(&["customer.erased"]);
    known.after(&erase(1, &[], 0)).when(&erase(1, &[], 0)).then_nothing();
}

#[test]
fn passengers_of_another_customer_are_not_forgotten() {
    let others = selling().after(&place(2, &[exactly(100, &["2A"])]));
    others.when(&erase(1, &[2, 9], ARRIVED)).then(&[placed(1, forgotten(1, &[], ARRIVED))]);
}

#[test]
fn who_was_forgotten_holds_nothing_more() {
    let erased = selling().after(&erase(1, &[], 0));
    erased.when(&hold(1, &[exactly(100, &["2A"])])).then_refused(&CustomerRefusal::Erased.into());
}

fn erase(n: u128, bookings: &[u128], at: i64) -> UseCase {
    UseCase::EraseCustomer(Box::new(erasing(n, bookings, at)))
}

/// The customer that account `n` is.
fn erasing(n: u128, bookings: &[u128], at: i64) -> EraseCustomer {
    let bookings = bookings.iter().map(|n| id(*n)).collect();
    EraseCustomer { customer_id: customer_of(n), user_id: Some(id(n)), bookings, now: hour(at) }
}

fn forgotten(n: u128, passengers: &[u128], at: i64) -> Event {
    let passenger_ids = passengers.iter().map(|n| id(*n)).collect();
    Event::Customer(CustomerEvent::Erased { customer_id: customer_of(n), passenger_ids, erased_at: hour(at) })
}

fn account(n: u128) -> Event {
    let sealed = |text: &str| Sealed::try_from(format!("sealed:1:{text}")).unwrap();
    let (user_id, customer_id) = (id(n), customer_of(n));
    let (email, full_name) = (sealed("email"), sealed("name"));
    let profile = Profile { user_id, customer_id, email, full_name, phone_number: None };
    Event::User(UserEvent::Registered { profile, roles: vec![], registered_at: NOW })
}
