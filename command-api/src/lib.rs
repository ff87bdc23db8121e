//! HTTP writes: a body becomes a command, and what the journal says to it an answer.
//!
//! ```text
//! Asked      who asks, for which tenant, under which key, in whose train, when
//!   check    body -> what is wanted; every wrong field is named, not the first only
//!     seal   personal texts sealed, fresh ids and references given
//!       door one request to the journal -> a receipt, or a problem
//!         answer, folded from the events of the receipt or of the journal
//! ```
//! Absent on purpose: SQL but for schema `identity` (`accounts/store/`) and one look at a customer's bookings
//! (`privacy/theirs.rs`), and every rule about bookings, flights and users: those are the domain's.

mod accounts;
mod api_keys;
mod asked;
mod body;
mod bookings;
mod check;
mod door;
mod flights;
mod import;
mod key;
mod openflights;
mod parts;
mod privacy;
mod refused;
mod tenants;
mod users;
mod withdraw;

use axum::Router;
use booking_http::contract::{Operation, Routes};

pub use accounts::{AccountSettings, Accounts, RehashFailure, rehash_accounts};
pub use bookings::{ITEMS_MAX, PASSENGERS_MAX};
pub use check::texts::departure_date;
pub use import::{IN_FLIGHT_MAX, Import, REFUSALS_SHOWN_MAX, RefusedDeparture, Report, import};
pub use openflights::{File, LeftOut, ReadFailure, Reason, Summary, TABLE_BYTES_MAX, Tables, Timetable};
pub use parts::Parts;
pub use privacy::Theirs;
pub use tenants::{FoundFailure, found};
pub use users::{MadeUser, MakeUserFailure, WantedUser, make_user};
pub use withdraw::{WithdrawFailure, Withdrawn, withdraw};

/// The routes of all writes, from `/api/v1` on. They still want [`booking_http::framed`] around them.
pub fn command_api(parts: Parts) -> Router {
    routes().router().with_state(parts)
}

/// The routes that only development has. They show to anyone what is meant for one.
pub fn development_api(parts: Parts) -> Router {
    accounts::development_routes().router().with_state(parts)
}

/// What the document says about all of them.
pub fn operations() -> Vec<Operation> {
    routes().and(accounts::development_routes()).operations()
}

fn routes() -> Routes<Parts> {
    bookings::routes()
        .and(flights::routes())
        .and(accounts::routes())
        .and(users::routes())
        .and(privacy::routes())
        .and(api_keys::routes())
}
