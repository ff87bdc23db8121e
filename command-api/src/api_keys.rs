//! Keys of programs are made and revoked.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use booking_http::Permission::ManageKeys;
use booking_http::contract::{Operation, Routes};
use booking_http::{ApiKey, ApiKeysFailure, Body, NewApiKey, PathId, Problem, Scope, Scopes, key_of};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::{Builder, Uuid};

use crate::Parts;
use crate::asked::KeyManager;
use crate::check::{At, Checks, texts};
use crate::key::Asking;

/// Before a caller tries again, in seconds.
const RETRY_AFTER_S: u32 = 1;

/// `POST /api-keys`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
}

/// A key that was made. Nothing but this answer says what it is.
#[derive(Serialize, ToSchema)]
struct MadeKey {
    #[serde(flatten)]
    made: ApiKey,
    key: String,
}

/// What can be asked of keys.
pub fn routes() -> Routes<Parts> {
    let make = Operation::post("/api/v1/api-keys", "Makes a key for a program").by(ManageKeys);
    let revoke = Operation::delete("/api/v1/api-keys/{api_key_id}", "Ends it").by(ManageKeys);
    Routes::new()
        .on(make.deed().taking::<KeyBody>().creating::<MadeKey>(), self::make)
        .on(revoke.deed().answering_nothing(StatusCode::NO_CONTENT), self::revoke)
}

/// The key stands in this answer and nowhere else. It follows from the Idempotency-Key, if there is one: the same
/// request again is the same key.
async fn make(
    State(parts): State<Parts>,
    KeyManager(asked): KeyManager,
    Body(body): Body<KeyBody>,
) -> Result<Response, Problem> {
    let asking = Asking::new("POST", "/api-keys", &body);
    let command = asking.key(parts.vault.master(), &asked.caller, asked.key.as_ref());
    let (name, scopes) = checked(body)?;
    let (api_key_id, secret) = match &asked.key {
        Some(_) => {
            let tenant = asked.caller.tenant.uuid().into_bytes();
            let of = [&tenant[..], command.caller.as_bytes(), command.key.as_bytes(), &command.fingerprint];
            let hash = |purpose| parts.vault.master().fingerprint(purpose, &of);
            let named = hash("api_key_id");
            let (id, _) = named.split_first_chunk().expect("a hash is longer than an id");
            (Builder::from_random_bytes(*id).into_uuid(), hash("api_key"))
        }
        None => (Uuid::new_v4(), rand::random()),
    };
    let key = key_of(secret);
    let new = NewApiKey {
        tenant: asked.caller.tenant,
        api_key_id,
        key: &key,
        name: &name,
        scopes,
        created_by: asked.caller.user_id,
        now: asked.now,
    };
    let made = parts.api_keys.make(new).await.map_err(|failure| unreachable(&failure))?;
    let made =
        made.ok_or_else(|| Problem::conflict("TOO_MANY_API_KEYS", "revoke one that is not used first"))?;
    let headers = [
        (LOCATION, HeaderValue::try_from(format!("/api/v1/api-keys/{api_key_id}")).expect("a plain path")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::CREATED, headers, Json(MadeKey { made, key })).into_response())
}

async fn revoke(
    State(parts): State<Parts>,
    KeyManager(asked): KeyManager,
    PathId(api_key_id): PathId<Uuid>,
) -> Result<StatusCode, Problem> {
    let (tenant, by) = (asked.caller.tenant, asked.caller.user_id);
    let found = parts.api_keys.revoke(tenant, api_key_id, by, asked.now).await;
    if !found.map_err(|failure| unreachable(&failure))? {
        return Err(Problem::not_found("API_KEY_NOT_FOUND", "there is no such API key"));
    }
    parts.callers.forget_keys();
    Ok(StatusCode::NO_CONTENT)
}

fn checked(body: KeyBody) -> Result<(String, Scopes), Problem> {
    let (mut checks, at) = (Checks::default(), At::Body);
    let name = checks.required(at.field("name"), body.name, texts::name);
    let at = at.field("scopes");
    let words = checks.present(at, body.scopes).unwrap_or_default();
    if words.is_empty() || Scope::ALL.len() < words.len() {
        checks.complain(at, "INVALID_VALUE", format!("name 1 to {} scopes", Scope::ALL.len()));
        return checks.finish(None);
    }
    let scopes: Scopes = words
        .iter()
        .enumerate()
        .filter_map(|(index, word)| {
            checks.read(at.index(index), word.parse::<Scope>().map_err(|unknown| unknown.to_string().into()))
        })
        .collect();
    checks.finish(name.map(|name| (name, scopes)))
}

fn unreachable(failure: &ApiKeysFailure) -> Problem {
    let detail = "the API keys cannot be reached now; repeat the request";
    Problem::unavailable("UNAVAILABLE", detail, RETRY_AFTER_S).caused_by(failure)
}
