//! `GET /audit/verify`: the hash chain computed anew over a stretch of the journal, and compared with what is stored.
//!
//! ```text
//!   row -- events --> row -- events --> row      each row's hash out of the one before it and its events
//!    ^ taken as it stands, at the begin of a stretch                            signed heads: signature, hash
//! ```
//! The whole chain from its first event, and all else that must be true of the journal, `booking verify` looks at.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use booking_http::{Caller, MinPosition, Permission, PositionToken, Problem, Query};
use booking_journal::{Breach, Chain, ChainCheck, ChainReport, Link, READ_EVENTS_MAX, check_heads};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::api::{Api, QueryFailure, invalid};
use crate::past::{Place, refused};

/// Most events that one answer looks at. It has 15 seconds; `booking verify`, which does more, takes some six for them.
pub const VERIFY_EVENTS_MAX: i64 = 100_000;
/// When to ask again while another is at it.
const RETRY_AFTER_S: u32 = 5;

/// A stretch of positions; all of the chain when nothing is said.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    /// The first event to be looked at.
    #[param(value_type = Option<String>)]
    from: Option<Place>,
    /// The last.
    #[param(value_type = Option<String>)]
    to: Option<Place>,
}

/// What was looked at, and what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verified {
    /// The journal's last event.
    head: String,
    /// How far the chain has come; the relay is a moment behind the journal.
    chained: String,
    /// Whole rows of the chain around what was asked for; null when nothing of it is chained yet.
    checked: Option<Checked>,
    /// Those whose signature stands; 0 where no public key is known.
    signed_heads: u64,
    is_whole: bool,
    /// The first hundred.
    breaches: Vec<Found>,
    more_breaches: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckedStretch)]
struct Checked {
    from: String,
    to: String,
    events: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Breach)]
struct Found {
    position: i64,
    what: String,
}

/// Ends of rows: `after < position <= until`.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    after: Link,
    until: i64,
}

pub async fn verify(
    State(api): State<Api>,
    caller: Caller,
    min: Option<MinPosition>,
    Query(asked): Query<Asked>,
) -> Result<(PositionToken, Json<Verified>), Problem> {
    caller.must(Permission::ReadAudit)?;
    let chain = api.reader().chain();
    let chained = chain.last().await.map_err(QueryFailure::from)?.position;
    let head = api.head(min).await?;
    let stretch = stretch(&chain, asked, head, chained).await?;
    let _alone = api.verifying().ok_or_else(busy)?;
    let (report, signed_heads) = match stretch {
        Some(stretch) => checked(&api, &chain, stretch).await?,
        None => (ChainReport { chained, breaches: vec![], more_breaches: 0 }, 0),
    };
    let token = |position| PositionToken { position, ..head }.to_string();
    let of = |Stretch { after, until }: Stretch| Checked {
        from: token(after.position + 1),
        to: token(until),
        events: until - after.position,
    };
    let found = |Breach { position, what }| Found { position, what };
    let verified = Verified {
        head: head.to_string(),
        chained: token(chained),
        checked: stretch.map(of),
        signed_heads,
        is_whole: report.breaches.is_empty(),
        breaches: report.breaches.into_iter().map(found).collect(),
        more_breaches: report.more_breaches,
    };
    Ok((head, Json(verified)))
}

/// The rows that hold what is asked for; nothing when none does.
async fn stretch(
    chain: &Chain,
    asked: Asked,
    head: PositionToken,
    chained: i64,
) -> Result<Option<Stretch>, Problem> {
    let from = asked.from.map_or(Ok(1), |place| position("from", place, head))?.max(1);
    let to = asked.to.map_or(Ok(chained), |place| position("to", place, head))?;
    if asked.to.is_some() && to < from {
        return Err(refused("to", "to lies before from"));
    }
    if chained < from {
        return Ok(None);
    }
    let after = chain.at(from - 1).await.map_err(QueryFailure::from)?;
    let last = chain.batch_of(to.min(chained)).await.map_err(QueryFailure::from)?;
    let until = last.map_or(chained, |row| row.until);
    bounded(Stretch { after, until }, chained).map(Some)
}

fn bounded(stretch: Stretch, chained: i64) -> Result<Stretch, Problem> {
    if stretch.until - stretch.after.position <= VERIFY_EVENTS_MAX {
        Ok(stretch)
    } else {
        Err(too_long(chained))
    }
}

fn position(name: &'static str, place: Place, head: PositionToken) -> Result<i64, Problem> {
    if place.epoch.is_some_and(|epoch| epoch != head.epoch) {
        return Err(invalid("from and to are positions of the present epoch"));
    }
    if head.position < place.position {
        return Err(invalid("from and to are positions that were given out"));
    }
    if place.position == 0 { Err(refused(name, "the first position is 1")) } else { Ok(place.position) }
}

fn too_long(chained: i64) -> Problem {
    let detail = format!("this is more than {VERIFY_EVENTS_MAX} events at once: give from and to");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "STRETCH_TOO_LONG", detail)
        .details(json!({"events_max": VERIFY_EVENTS_MAX, "chained": chained}))
}

fn busy() -> Problem {
    Problem::unavailable("VERIFY_UNDER_WAY", "this process verifies one stretch at a time", RETRY_AFTER_S)
}

/// What is wrong with a stretch, and how many of its heads are signed.
async fn checked(api: &Api, chain: &Chain, stretch: Stretch) -> Result<(ChainReport, u64), QueryFailure> {
    let Stretch { after, until } = stretch;
    // From the first event on, the chain's own first row is looked at, too.
    let (mut check, mut row) = match after.position {
        0 => (ChainCheck::default(), -1),
        position => (ChainCheck::after(after), position),
    };
    let mut at = after.position;
    while at < until {
        let mut events = api.reader().as_found(at, READ_EVENTS_MAX.min(until - at)).await?;
        events.retain(|event| event.position <= until);
        at = events.last().map_or(until, |event| event.position);
        let rows = chain.batches(row, at).await?;
        row = rows.last().map_or(row, |row| row.until);
        check.expect(rows);
        events.iter().for_each(|event| check.fold(event));
    }
    let mut report = check.finish();
    let (breaches, signed) = heads(api, chain, stretch).await?;
    report.breaches.extend(breaches);
    Ok((report, signed))
}

async fn heads(api: &Api, chain: &Chain, stretch: Stretch) -> Result<(Vec<Breach>, u64), QueryFailure> {
    let (mut breaches, mut signed, mut after) = (vec![], 0, stretch.after.position);
    loop {
        let mut heads = chain.heads(after).await?;
        heads.retain(|head| head.signed.head.link.position <= stretch.until);
        let Some(last) = heads.last() else { return Ok((breaches, signed)) };
        after = last.signed.head.link.position;
        let (found, count) = check_heads(&heads, api.chain_key());
        breaches.extend(found);
        signed += count;
    }
}

#[cfg(test)]
mod tests {
    use booking_journal::Hash;

    use super::*;

    #[test]
    fn a_stretch_is_bounded() {
        let stretch = |position, until| Stretch { after: Link { position, hash: Hash::of(b"") }, until };
        let code = |stretch| bounded(stretch, 9).map_err(|problem| problem.code().to_owned());
        assert!(code(stretch(7, 7 + VERIFY_EVENTS_MAX)).is_ok());
        assert_eq!(code(stretch(7, 8 + VERIFY_EVENTS_MAX)).unwrap_err(), "STRETCH_TOO_LONG");
    }

    #[test]
    fn positions_are_those_that_were_given_out() {
        let head = PositionToken { epoch: 1, position: 7 };
        let read = |epoch, at| {
            position("from", Place { epoch, position: at }, head).map_err(|problem| problem.code().to_owned())
        };
        assert_eq!((read(None, 7), read(Some(1), 1)), (Ok(7), Ok(1)));
        for (epoch, at, code) in
            [(None, 0, "INVALID_QUERY"), (None, 8, "INVALID_POSITION"), (Some(2), 1, "INVALID_POSITION")]
        {
            assert_eq!(read(epoch, at), Err(code.to_owned()));
        }
    }
}
