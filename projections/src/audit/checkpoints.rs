//! `GET /audit/checkpoints`: heads of the hash chain that were signed. Whoever keeps one elsewhere can show later that
//! history up to there is what it was.

use axum::Json;
use axum::extract::State;
use booking_http::{Caller, ListQuery, MinPosition, NoFilters, Permission, PositionToken, Problem};
use booking_journal::{ChainPublicKey, Head, StoredHead};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::trail::{Rest, only_by_cursor};
use crate::api::{Api, QueryFailure};
use crate::past::PositionCursor;

/// Signed heads, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checkpoints {
    data: Vec<Checkpoint>,
    /// In base64, of the key whose signatures this process checks; null when it was told none.
    public_key: Option<String>,
    pagination: Rest,
}

#[derive(Debug, Serialize, ToSchema)]
struct Checkpoint {
    /// Epoch and position, both of which are signed.
    position: String,
    /// After the event at that position, in hexadecimal.
    hash: String,
    /// By the signer's clock, to the microsecond.
    #[serde(serialize_with = "booking_domain::values::instant::utc")]
    signed_at: DateTime<Utc>,
    key_id: String,
    /// Ed25519, in base64.
    signature: String,
    /// Whether the chain leads to this hash today.
    is_on_chain: bool,
}

pub async fn checkpoints(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    ListQuery { paging, filters: NoFilters {} }: ListQuery<NoFilters>,
) -> Result<(PositionToken, Json<Checkpoints>), Problem> {
    caller.must(Permission::ReadAudit)?;
    only_by_cursor(&paging)?;
    let cursor = paging.cursor.as_deref().map(PositionCursor::read).transpose()?;
    let shown = api.head(min).await?;
    let before = cursor.map_or(i64::MAX, |PositionCursor(last)| last);
    let heads = api.reader().chain().heads_before(before, paging.limit.into()).await;
    let heads = heads.map_err(QueryFailure::from)?;
    let is_full = paging.limit as usize <= heads.len();
    let last = heads.last().filter(|_| is_full).map(|last| last.signed.head.link.position);
    let next_cursor = last.map(|last| PositionCursor(last).text());
    let public_key = api.chain_key().map(ChainPublicKey::base64);
    let data = heads.into_iter().map(Checkpoint::of).collect();
    Ok((shown, Json(Checkpoints { data, public_key, pagination: Rest { limit: paging.limit, next_cursor } })))
}

impl Checkpoint {
    fn of(StoredHead { signed, chained }: StoredHead) -> Self {
        let Head { epoch, link, signed_at } = signed.head;
        Self {
            position: PositionToken { epoch, position: link.position }.to_string(),
            hash: link.hash.hex(),
            signed_at,
            signature: signed.base64(),
            key_id: signed.key_id,
            is_on_chain: chained == Some(link.hash),
        }
    }
}
