use axum::extract::State;
use axum::http::StatusCode;
use booking_http::{By, Caller, OptionalBody, Problem};

use super::body::RefreshBody;
use super::store::EndCause;
use crate::Parts;
use crate::asked::Guest;

/// `POST /auth/logout`: ends the session of the refresh token in the body, else that of the access token. Its access
/// tokens stand until they expire, no longer.
pub async fn logout(
    State(parts): State<Parts>,
    guest: Guest,
    caller: Result<Caller, Problem>,
    OptionalBody(body): OptionalBody<RefreshBody>,
) -> Result<StatusCode, Problem> {
    let session_id = match body.refresh_token {
        Some(token) => Some(parts.genuine(&token).await?.0.session_id),
        None => match caller?.by {
            By::Session(session_id) => Some(session_id),
            By::Secret | By::Key(_) => None,
        },
    };
    if let Some(session_id) = session_id {
        parts.accounts.0.store.end(session_id, EndCause::LoggedOut, guest.now).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
