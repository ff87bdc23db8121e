//! The users of a business: made, changed, given roles, deactivated.

mod body;
mod change;
mod check;
mod create;
mod deactivate;
mod make;
mod roles;
mod submit;

use axum::http::StatusCode;
use booking_domain::user::UserSheet;
use booking_http::Permission::{ManageUsers, OwnAccount};
use booking_http::contract::{Operation, Routes};

use crate::Parts;
use crate::body::EmptyBody;
use body::{ChangeBody, RolesBody, UserBody};

pub use make::{MadeUser, MakeUserFailure, WantedUser, make_user};

/// What can be asked of users.
pub fn routes() -> Routes<Parts> {
    let create = Operation::post("/api/v1/users", "Makes a user of the business").by(ManageUsers);
    let change = Operation::patch("/api/v1/users/{user_id}", "Changes particulars: the own, or a user's");
    let deactivate =
        Operation::delete("/api/v1/users/{user_id}", "Takes all roles away, and ends the sessions");
    let roles = Operation::put("/api/v1/users/{user_id}/roles", "Gives these roles and takes all others");
    let sheet = |operation: Operation| operation.earnest_command().answering::<UserSheet>(StatusCode::OK);
    Routes::new()
        .on(create.taking::<UserBody>().earnest_command().creating::<UserSheet>(), create::create)
        .on(sheet(change.by(OwnAccount).taking::<ChangeBody>()), change::change)
        .on(sheet(deactivate.by(ManageUsers).perhaps_taking::<EmptyBody>()), deactivate::deactivate)
        .on(sheet(roles.by(ManageUsers).taking::<RolesBody>()), roles::set)
}
