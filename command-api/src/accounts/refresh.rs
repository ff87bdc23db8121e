use axum::extract::State;
use axum::response::Response;
use booking_domain::user::User;
use booking_http::{Body, Problem};

use super::body::RefreshBody;
use super::refresh_token::Shown;
use super::store::{EndCause, Rotated, Session};
use super::{answer, problems};
use crate::Parts;
use crate::asked::Guest;
use crate::check::{At, Checks};

/// `POST /auth/refresh`
pub async fn refresh(
    State(parts): State<Parts>,
    guest: Guest,
    Body(body): Body<RefreshBody>,
) -> Result<Response, Problem> {
    let mut checks = Checks::default();
    let token = checks.present(At::Body.field("refresh_token"), body.refresh_token);
    let (shown, _) = parts.genuine(&checks.finish(token)?).await?;
    let (accounts, now) = (&parts.accounts.0, guest.now);
    let rotated =
        accounts.store.rotate(shown.session_id, shown.generation, accounts.refresh_life, now).await?;
    let session = match rotated {
        Rotated::On(session) => session,
        Rotated::Reused => return Err(problems::token_reused()),
        Rotated::Ended => return Err(problems::no_session()),
    };
    let (tenant, user_id) = (session.tenant(), session.user_id());
    match parts.user(tenant, user_id).await? {
        user @ User::Active { .. } => {
            let document = parts.user_document(tenant, user_id, i64::MAX).await?;
            Ok(answer::session(parts.tokens_of(&session, user.grants()), document))
        }
        User::Absent | User::Deactivated => {
            accounts.store.end(session.session_id, EndCause::UserDeactivated, now).await?;
            Err(problems::no_session())
        }
    }
}

impl Parts {
    /// What a refresh token says, and its session, if we made it.
    ///
    /// # Errors
    /// 401 otherwise. Nothing has changed.
    pub(super) async fn genuine(&self, token: &str) -> Result<(Shown, Session), Problem> {
        let shown = Shown::read(token).ok_or_else(problems::no_session)?;
        let session = self.accounts.0.store.session(shown.session_id).await?;
        let session = session.ok_or_else(problems::no_session)?;
        if !shown.is_genuine(self.vault.master(), &session.salt) {
            return Err(problems::no_session());
        }
        Ok((shown, session))
    }
}
