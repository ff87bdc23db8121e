//! What a person may ask about all that is kept of them: to be forgotten, and to see it.
//!
//! ```text
//!   whom      oneself, or for owners any customer of the business
//!     theirs  which bookings they have: the read model names them, the journal decides on them
//!       erase the commit that says so destroys the keys; the account goes last
//!       export each booking with every event of it, opened
//! ```
//! What is sealed under a key that is gone stays where it is, in the journal, in backups and with subscribers, and can
//! be read by nobody.

mod body;
mod erase;
mod export;
mod theirs;
mod whom;

use axum::http::StatusCode;
use booking_http::Permission::OwnAccount;
use booking_http::contract::{Operation, Routes};

use crate::Parts;
use body::{ExportBody, PersonBody};
use erase::Erasure;
use export::Export;

pub use theirs::Theirs;

/// What can be asked about a person.
pub fn routes() -> Routes<Parts> {
    let erase =
        Operation::post("/api/v1/privacy/erasures", "Forgets a customer: oneself, or for owners anybody");
    let export = Operation::post(
        "/api/v1/privacy/exports",
        "All that is kept of a customer: oneself, or for owners anybody",
    );
    let erase = erase.by(OwnAccount).perhaps_taking::<PersonBody>().deed().failing(&[404]);
    let export = export.by(OwnAccount).perhaps_taking::<ExportBody>().deed().failing(&[404]);
    Routes::new()
        .on(erase.answering::<Erasure>(StatusCode::OK), erase::erase)
        .on(export.answering::<Export>(StatusCode::OK), export::export)
}
