use axum::extract::State;
use axum::response::Response;
use booking_domain::user::UserCommand;
use booking_domain::values::UserId;
use booking_http::{Body, PathId, Problem};

use super::body::RolesBody;
use super::check::grants;
use super::submit::must_be_another;
use crate::Parts;
use crate::asked::UserManager;
use crate::check::{At, Checks};
use crate::key::Asking;

/// `PUT /users/{user_id}/roles`: from now on exactly these.
pub async fn set(
    State(parts): State<Parts>,
    UserManager(asked): UserManager,
    PathId(user_id): PathId<UserId>,
    Body(body): Body<RolesBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("PUT", format!("/users/{user_id}/roles"), &body);
    let mut checks = Checks::default();
    let grants = grants(&mut checks, At::Body.field("roles"), body.roles);
    let grants = checks.finish(grants)?;
    parts.must_outrank(&asked.caller, user_id, &grants).await?;
    must_be_another(&asked.caller, user_id)?;
    let command = UserCommand::SetRoles { grants, now: asked.now };
    let receipt = parts.command_user(&asked, user_id, command, &asking).await?;
    parts.user_answer(&asked, user_id, &receipt).await
}
