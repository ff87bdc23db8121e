//! `GET /dev/outbox`, in development only: what would be sent to people, as long as nothing sends mail.
//!
//! Nothing lies in it: each message is made from the row that it is about when it is asked for.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use booking_http::{Problem, Query};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{PLATFORM, check, reset_code};
use crate::{Parts, refused};

/// Most messages of an answer.
const MESSAGES_MAX: i64 = 100;

/// The page may be styled, and nothing else.
const PAGE_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OutboxQuery {
    /// An e-mail address.
    to: Option<String>,
}

/// What lies in it.
#[derive(Serialize, ToSchema)]
pub struct Outbox {
    data: Vec<Message>,
}

/// A message to one person.
#[derive(Serialize, ToSchema)]
struct Message {
    channel: &'static str,
    to: String,
    template: &'static str,
    locale: &'static str,
    subject: &'static str,
    text: String,
    booking_id: Option<uuid::Uuid>,
    created_at: DateTime<Utc>,
}

/// The newest first; with `to` those to one address.
pub async fn outbox(
    State(parts): State<Parts>,
    headers: HeaderMap,
    Query(query): Query<OutboxQuery>,
) -> Result<Response, Problem> {
    let to = query.to.map(|to| check::email(&to).map_or([0; 32], |email| email.hash(parts.vault.master())));
    let asked = parts.accounts.0.store.asked(to, MESSAGES_MAX, parts.clock.now()).await?;
    let mut messages = vec![];
    for asked in asked {
        let mut sealed = asked.sealed();
        let opened = parts.vault.unseal(PLATFORM, &mut sealed).await;
        opened.map_err(|failure| refused::no_answer(&failure))?;
        let code = reset_code::code(parts.vault.master(), asked.reset_id);
        messages.push(Message {
            channel: "email",
            to: sealed["email"].as_str().unwrap_or_default().to_owned(),
            template: "password_reset",
            locale: "en",
            subject: "Your code for a new password",
            text: format!(
                "Your code is {code}. It can be used for ten minutes. If you did not ask for it, do nothing."
            ),
            booking_id: None,
            created_at: asked.requested_at,
        });
    }
    let wants_page = headers.get(ACCEPT).and_then(|kinds| kinds.to_str().ok());
    if wants_page.is_some_and(|kinds| kinds.contains("text/html")) {
        return Ok(([(CONTENT_SECURITY_POLICY, PAGE_POLICY)], Html(page(&messages))).into_response());
    }
    Ok(Json(Outbox { data: messages }).into_response())
}

fn page(messages: &[Message]) -> String {
    let mut page = "<!doctype html><meta charset=utf-8><title>Outbox</title>\
                    <style>body{font:1rem sans-serif;margin:2rem}article{border-top:1px solid #ccc}</style>\
                    <h1>Outbox</h1>"
        .to_owned();
    for Message { to, subject, text, created_at, .. } in messages {
        let [to, subject, text] = [to, *subject, text].map(escaped);
        page += &format!("<article><h2>{subject}</h2><p>To {to}, {created_at}</p><p>{text}</p></article>");
    }
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_write_into_the_page() {
        let message = Message {
            channel: "email",
            to: "<script>@example.com".to_owned(),
            template: "password_reset",
            locale: "en",
            subject: "Your code",
            text: "1 & 2".to_owned(),
            booking_id: None,
            created_at: DateTime::UNIX_EPOCH,
        };
        let page = page(&[message]);
        assert!(page.contains("&lt;script&gt;@example.com") && page.contains("1 &amp; 2"), "{page}");
        assert!(!page.contains("<script>"));
    }
}
