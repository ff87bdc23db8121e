//! Guards taken out: what they are there for must then be found broken.

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use crate::LOSSES;
use crate::bookings::{Bookings, Scope};
use crate::guards::Guards;
use crate::promises::{ACCEPTED_ONCE, CONFIRMED_STAYS, ENOUGH_PLACES, FRESH_ANSWER, ONE_ANSWER, ONE_SEAT};
use crate::requests::{Ask, Buyer};

const FOR_SEAT: [Buyer; 2] = [Buyer::Both, Buyer::Seated];
const FOR_PLACE: [Buyer; 2] = [Buyer::Both, Buyer::Lounging];

#[test]
fn without_the_moved_check_an_answer_can_be_stale() {
    let guards = Guards { moved: false, ..Guards::up() };
    breaks(FRESH_ANSWER, &FOR_SEAT, LOSSES, guards);
}

/// The primary key stands behind the moved check, so a unit is sold twice only without both.
#[test]
fn without_the_moved_check_and_the_primary_key_a_unit_is_sold_twice() {
    let guards = || Guards { moved: false, primary_key: false, ..Guards::up() };
    breaks(ONE_SEAT, &FOR_SEAT, LOSSES, guards());
    breaks(ENOUGH_PLACES, &FOR_PLACE, LOSSES, guards());
}

#[test]
fn without_the_ledger_a_retry_gets_another_answer_or_books_again() {
    let guards = || Guards { ledger: false, ..Guards::up() };
    breaks(ONE_ANSWER, &FOR_SEAT, LOSSES, guards());
    breaks(ACCEPTED_ONCE, &FOR_SEAT, LOSSES, guards());
}

#[test]
fn refusals_told_before_they_land_are_taken_back() {
    let guards = Guards { refusals_land: false, ..Guards::up() };
    breaks(ONE_ANSWER, &FOR_SEAT, LOSSES, guards);
}

/// Here it is no guard that is taken out: the timer sends another command.
#[test]
fn a_timer_that_cancels_ends_a_confirmed_booking() {
    let scope = Scope { asks: &[Ask::Place, Ask::Confirm, Ask::CancelOnTime], ..LOSSES };
    breaks(CONFIRMED_STAYS, &FOR_SEAT, scope, Guards::up());
}

/// Says a way to the broken promise.
fn breaks(promise: &'static str, buyers: &[Buyer], scope: Scope, guards: Guards) {
    let found = HasDiscoveries::AllOf(BTreeSet::from([promise]));
    let checker = Bookings::of(buyers, scope, guards).checker().finish_when(found).spawn_bfs().join();
    let way = checker.discovery(promise).unwrap_or_else(|| panic!("not broken: {promise}"));
    println!("broken: {promise}");
    way.into_actions().iter().for_each(|step| println!("  {step:?}"));
}
