use axum::extract::State;
use axum::response::Response;
use booking_domain::user::UserCommand;
use booking_domain::values::UserId;
use booking_http::{OptionalBody, PathId, Problem};

use super::submit::must_be_another;
use crate::Parts;
use crate::asked::UserManager;
use crate::body::EmptyBody;
use crate::key::Asking;

/// `DELETE /users/{user_id}`: it may do nothing more within the business. Its bookings stay.
pub async fn deactivate(
    State(parts): State<Parts>,
    UserManager(asked): UserManager,
    PathId(user_id): PathId<UserId>,
    OptionalBody(body): OptionalBody<EmptyBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("DELETE", format!("/users/{user_id}"), &body);
    parts.must_outrank(&asked.caller, user_id, &[]).await?;
    must_be_another(&asked.caller, user_id)?;
    let command = UserCommand::Deactivate { now: asked.now };
    let receipt = parts.command_user(&asked, user_id, command, &asking).await?;
    // The journal has it: a crash before this leaves sessions that no refresh prolongs.
    parts.end_sessions_here(asked.caller.tenant, user_id, asked.now).await?;
    parts.user_answer(&asked, user_id, &receipt).await
}
