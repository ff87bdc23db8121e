//! How those who come in are answered.

use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use booking_domain::user::UserSheet;
use booking_domain::values::{TenantId, UserId};
use booking_domain::{Event, StreamId};
use booking_http::Problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::session::Tokens;
use crate::Parts;

impl Parts {
    /// A user as the journal tells of it up to a position, personal texts opened.
    pub(crate) async fn user_document(
        &self,
        tenant: TenantId,
        user_id: UserId,
        until_position: i64,
    ) -> Result<Value, Problem> {
        let sheet = self.user_sheet(tenant, user_id, until_position).await?;
        let mut document = serde_json::to_value(&sheet).expect("a sheet can be written as JSON");
        let opened = self.vault.unseal(tenant, &mut document).await;
        opened.map_err(|failure| crate::refused::no_answer(&failure))?;
        Ok(document)
    }

    pub(crate) async fn user_sheet(
        &self,
        tenant: TenantId,
        user_id: UserId,
        until_position: i64,
    ) -> Result<UserSheet, Problem> {
        let events = self.history(tenant, &StreamId::User(tenant, user_id), until_position).await?;
        let sheet = events.iter().fold(None, |sheet, (sequence, event)| match event {
            Event::User(event) => UserSheet::after(sheet, event, *sequence),
            Event::Tenant(_)
            | Event::Departure(_)
            | Event::Seat(_)
            | Event::Pool(_)
            | Event::Booking(_)
            | Event::Customer(_) => sheet,
        });
        sheet.ok_or_else(|| Problem::not_found("USER_NOT_FOUND", "there is no such user"))
    }
}

/// A session's tokens and whose they are.
#[derive(Serialize, ToSchema)]
pub struct Session {
    access_token: String,
    refresh_token: String,
    #[schema(inline)]
    token_type: TokenType,
    /// Seconds for which the access token stands.
    expires_in: i64,
    #[schema(value_type = UserSheet)]
    user: Value,
}

#[derive(Serialize, ToSchema)]
enum TokenType {
    Bearer,
}

/// The answer to who comes in. Nobody on the way may keep it.
pub fn session(tokens: Tokens, user: Value) -> Response {
    let Tokens { access_token, refresh_token, expires_in_s } = tokens;
    let token_type = TokenType::Bearer;
    let session = Session { access_token, refresh_token, token_type, expires_in: expires_in_s, user };
    ([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(session)).into_response()
}
