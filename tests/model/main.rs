//! Every order in which two writing processes can serve a few buyers, checked by a model checker.
//!
//! ```text
//!  buyer, payer, timer --deliver--> process --append--> journal (lock: ledger, moved, primary key)
//!   (again, and late)               decides   ^            |
//!          ^                        on what   |            v
//!          +------- answer <------- it knows <---- land -- reply
//!                                     |
//!                      crash: its world is lost, what it sent is stored later or never
//! ```
//! Decided is by the engine's own use cases on its own `World`; beside it stands the journal's protocol, as
//! `journal.append` and the writer have it. Within each [`Scope`] every order is looked at.
//!
//! Left out: names, sealing, expiry of the ledger's rows, several requests in one commit (the writer's groups),
//! and what the ledger tells a process that has lost its connection.
#![expect(clippy::print_stdout, reason = "a run of the model says how much it has looked at")]

#[path = "../journal/support/airline.rs"]
mod airline;
mod audit;
mod bookings;
mod controls;
mod decision;
mod flight;
mod guards;
mod journal;
#[path = "../journal/support/passenger.rs"]
mod passenger;
mod process;
mod promises;
mod requests;
mod rows;
mod story;

use std::env;
use std::time::Instant;

use stateright::{Checker, Model};

use bookings::{Bookings, Scope};
use guards::Guards;
use requests::Ask::{Cancel, Confirm, Expire, Place};
use requests::Buyer::{self, Both, Lounging, Seated};

/// Says how many bookings meet: 2, or 3 for the long form (which looks at two in a wider scope, too).
const BOOKINGS: &str = "BOOKING_MODEL_BOOKINGS";

/// Threads that look at states.
const THREADS: usize = 2;

/// Nothing is lost, and buyers may think better of it.
const SECOND_THOUGHTS: Scope =
    Scope { asks: &[Place, Confirm, Cancel, Expire], repeats_max: 0, crashes_max: 0, under_way_max: 1 };

/// One retry or late duplicate, which may be decided on hope.
const HOPES: Scope =
    Scope { asks: &[Place, Confirm, Expire], repeats_max: 1, crashes_max: 0, under_way_max: 2 };

/// One retry or late duplicate, and one process killed.
const LOSSES: Scope =
    Scope { asks: &[Place, Confirm, Expire], repeats_max: 1, crashes_max: 1, under_way_max: 1 };

#[test]
fn bookings_meet_in_every_order() {
    match env::var(BOOKINGS).as_deref() {
        Err(_) | Ok("2") => {
            for scope in [SECOND_THOUGHTS, HOPES, LOSSES] {
                promises_hold(&[Both, Seated], scope);
                promises_hold(&[Both, Lounging], scope);
            }
        }
        Ok("3") => {
            promises_hold(&[Both, Seated, Lounging], HOPES);
            promises_hold(&[Both, Seated, Lounging], LOSSES);
            promises_hold(&[Both, Seated], Scope { asks: SECOND_THOUGHTS.asks, ..LOSSES });
            promises_hold(&[Both, Lounging], Scope { under_way_max: 2, ..SECOND_THOUGHTS });
        }
        Ok(other) => panic!("{BOOKINGS} is 2 or 3, not {other}"),
    }
}

fn promises_hold(buyers: &[Buyer], scope: Scope) {
    let began = Instant::now();
    let checker = Bookings::of(buyers, scope, Guards::up()).checker().threads(THREADS).spawn_bfs().join();
    let (states, deep, took) = (checker.unique_state_count(), checker.max_depth(), began.elapsed());
    println!("{buyers:?}, {scope:?}: {states} states, {deep} steps deep, {took:.1?}");
    checker.assert_properties();
}
