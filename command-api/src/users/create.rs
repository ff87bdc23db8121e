use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use booking_domain::user::Grant;
use booking_http::{Body, Problem};

use super::body::UserBody;
use super::check::grants;
use super::submit::must_grant;
use crate::Parts;
use crate::accounts::{Entered, Joining, Newcomer, Particulars, email, email_taken, password};
use crate::asked::UserManager;
use crate::check::{At, Checks, texts};
use crate::key::Asking;

/// `POST /users`
pub async fn create(
    State(parts): State<Parts>,
    UserManager(asked): UserManager,
    Body(body): Body<UserBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", "/users", &body);
    let key = asking.key(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let (newcomer, grants) = newcomer(body)?;
    must_grant(&asked.caller, &grants)?;
    // A key stands for one caller's request; without one, no two requests are the same.
    let request = asked.key.as_ref().map(|_| {
        parts
            .vault
            .master()
            .fingerprint("user", &[key.caller.as_bytes(), key.key.as_bytes(), &key.fingerprint])
    });
    let user_id = match parts.enter(&newcomer, request, asked.now).await? {
        Entered::New(user_id) | Entered::Again(user_id) => user_id,
        Entered::Taken(_) => return Err(email_taken()),
    };
    let tenant = asked.caller.tenant;
    let by = asked.actor();
    let joining = Joining { tenant, user_id, grants, by, trace: &asked.trace, now: asked.now };
    let receipt = parts.join(joining, Particulars::of(&newcomer), key).await?;
    let location = format!("/api/v1/users/{user_id}");
    let answer = parts.user_answer(&asked, user_id, &receipt).await?;
    Ok((StatusCode::CREATED, [(LOCATION, location)], answer).into_response())
}

fn newcomer(body: UserBody) -> Result<(Newcomer, Vec<Grant>), Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let email = checks.required(at.field("email"), body.email, email);
    let password = checks.required(at.field("password"), body.password, password);
    let full_name = checks.required(at.field("full_name"), body.full_name, texts::name);
    let phone_number = checks.optional(at.field("phone_number"), body.phone_number, texts::phone_number);
    let grants = grants(&mut checks, at.field("roles"), body.roles);
    let sound = email.zip(password).zip(full_name).zip(grants);
    checks.finish(sound.map(|(((email, password), full_name), grants)| {
        (Newcomer { email, password, full_name, phone_number }, grants)
    }))
}
