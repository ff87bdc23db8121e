use axum::extract::State;
use axum::response::Response;
use booking_domain::user::UserCommand;
use booking_domain::values::{CustomerId, UserId};
use booking_http::{Body, PathId, Permission, Problem};

use super::body::ChangeBody;
use crate::Parts;
use crate::asked::OneSelf;
use crate::check::{At, Checks, texts};
use crate::key::Asking;
use crate::refused;

/// `PATCH /users/{user_id}`: one's own particulars, or for those who manage users anybody's.
pub async fn change(
    State(parts): State<Parts>,
    OneSelf(asked): OneSelf,
    PathId(user_id): PathId<UserId>,
    Body(body): Body<ChangeBody>,
) -> Result<Response, Problem> {
    if asked.caller.user_id != user_id {
        asked.caller.must(Permission::ManageUsers)?;
    }
    let asking = Asking::new("PATCH", format!("/users/{user_id}"), &body);
    let (mut checks, at) = (Checks::default(), At::Body);
    let full_name = checks.optional(at.field("full_name"), body.full_name, texts::name);
    let phone_number = checks.optional(at.field("phone_number"), body.phone_number, texts::phone_number);
    let (full_name, phone_number) = checks.finish(Some((full_name, phone_number)))?;
    // Whoever is unknown here gets no key: its name would be sealed for nobody.
    parts.user_sheet(asked.caller.tenant, user_id, i64::MAX).await?;
    let subject = CustomerId::of_account(asked.caller.tenant, user_id).uuid();
    let mut sealer = parts.vault.sealer(asked.caller.tenant);
    sealer.fetch(subject).await.map_err(|failure| refused::not_sealed(&failure))?;
    let full_name = full_name.map(|text| sealer.seal(subject, "full_name", &text));
    let phone_number = phone_number.map(|text| sealer.seal(subject, "phone_number", &text));
    let command = UserCommand::ChangeProfile { full_name, phone_number, now: asked.now };
    let receipt = parts.command_user(&asked, user_id, command, &asking).await?;
    parts.user_answer(&asked, user_id, &receipt).await
}
