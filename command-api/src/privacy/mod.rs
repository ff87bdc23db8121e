//! What a person may ask about all that is kept of them: to be forgotten.
//!
//! ```text
//!   whom      oneself, or for owners any customer of the business
//!     theirs  which bookings they have: the read model names them, the journal decides on them
//!       erase the commit that says so destroys the keys; the account goes last
//! ```
//! What is sealed under a key that is gone stays where it is, in the journal, in backups and with subscribers, and can
//! be read by nobody.

mod body;
mod erase;
mod theirs;
mod whom;

use axum::http::StatusCode;
use booking_http::Permission::OwnAccount;
use booking_http::contract::{Operation, Routes};

use crate::Parts;
use body::PersonBody;
use erase::Erasure;

pub use theirs::Theirs;

/// What can be asked about a person.
pub fn routes() -> Routes<Parts> {
    let erase =
        Operation::post("/api/v1/privacy/erasures", "Forgets a customer: oneself, or for owners anybody");
    let erase = erase.by(OwnAccount).perhaps_taking::<PersonBody>().deed().failing(&[404]);
    Routes::new().on(erase.answering::<Erasure>(StatusCode::OK), erase::erase)
}
